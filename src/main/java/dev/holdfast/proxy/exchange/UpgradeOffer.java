package dev.holdfast.proxy.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringTokenizer;

import dev.holdfast.proxy.header.ConnectionOptions;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.ResponseHead;
import org.jspecify.annotations.Nullable;

/**
 * The protocols that a client offers to switch its connection to (RFC 9110, section 7.8),
 * such as WebSocket.
 */
final class UpgradeOffer implements ProtocolOffer {

	private final List<String> protocols;

	private UpgradeOffer(List<String> protocols) {
		this.protocols = protocols;
	}

	/**
	 * Read an offer.
	 * @param connection the request's Connection field, {@code null} when there is none
	 * @param upgrade the request's Upgrade field
	 * @return the offer, {@code null} when there is none that the gateway passes on
	 */
	static @Nullable UpgradeOffer parse(@Nullable String connection, String upgrade) {
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
		return protocols.isEmpty() ? null : new UpgradeOffer(List.copyOf(protocols));
	}

	/**
	 * Whether what goes through the tunnel would be further requests, which the gateway
	 * could neither route nor judge.
	 */
	private static boolean carriesHttp(String protocol) {
		String name = protocol.toLowerCase(Locale.ROOT);
		return name.equals("h2c") || name.equals("h2") || name.startsWith("http/") || name.startsWith("tls/");
	}

	@Override
	public void write(HeaderFields fields) {
		fields.add(HeaderKind.CONNECTION, "Connection", "Upgrade");
		fields.add(HeaderKind.UPGRADE, "Upgrade", String.join(", ", this.protocols));
	}

	@Override
	public boolean isTakenBy(ResponseHead head) {
		int index = head.fields().indexOf(HeaderKind.UPGRADE);
		return index >= 0 && contains(head.fields().value(index));
	}

	private boolean contains(String upgrade) {
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

	@Override
	public boolean isRequired() {
		return false;
	}

}
