package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The protocols that a client offers to switch its connection to (RFC 9110, section 7.8),
 * such as WebSocket.
 */
final class ProtocolOffer {

	private final List<String> protocols;

	private ProtocolOffer(List<String> protocols) {
		this.protocols = protocols;
	}

	/**
	 * Reads an offer.
	 * @param connection the request's Connection field, {@code null} when there is none
	 * @param upgrade the request's Upgrade field
	 * @return the offer, {@code null} when there is none that the gateway passes on
	 */
	static @Nullable ProtocolOffer parse(@Nullable String connection, String upgrade) {
		if (connection == null || !ConnectionOptions.contains(connection, "upgrade")
				|| ConnectionOptions.contains(connection, "close")) {
			return null;
		}
		List<String> protocols = new ArrayList<>();
		StringTokenizer names = new StringTokenizer(upgrade, ",");
		while (names.hasMoreTokens()) {
			String name = names.nextToken().strip();
			if (!name.isEmpty() && !carriesHttp(name)) {
				protocols.add(name);
			}
		}
		return protocols.isEmpty() ? null : new ProtocolOffer(List.copyOf(protocols));
	}

	/**
	 * Whether what goes through the tunnel would be further requests, which the gateway
	 * could neither route nor judge.
	 */
	private static boolean carriesHttp(String protocol) {
		String name = protocol.toLowerCase(Locale.ROOT);
		return name.equals("h2c") || name.equals("h2") || name.startsWith("http/") || name.startsWith("tls/");
	}

	/**
	 * Whether a backend may switch to what it says that it switches to.
	 * @param upgrade the Upgrade field of its answer, {@code null} when there is none
	 */
	boolean contains(@Nullable String upgrade) {
		if (upgrade == null) {
			return false;
		}
		StringTokenizer names = new StringTokenizer(upgrade, ",");
		boolean any = false;
		while (names.hasMoreTokens()) {
			String name = names.nextToken().strip();
			if (this.protocols.stream().noneMatch(name::equalsIgnoreCase)) {
				return false;
			}
			any = true;
		}
		return any;
	}

	/**
	 * Writes the offer into a request.
	 * @param fields the request's header fields
	 */
	void write(MultiMap fields) {
		fields.set(HttpHeaders.CONNECTION, HttpHeaders.UPGRADE);
		fields.set(HttpHeaders.UPGRADE, String.join(", ", this.protocols));
	}

}
