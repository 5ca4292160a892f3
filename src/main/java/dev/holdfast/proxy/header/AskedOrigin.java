package dev.holdfast.proxy.header;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * What a client asked, as far as it stands before the path of a URL.
 *
 * @param scheme the scheme, {@code http} or {@code https}
 * @param host the host without port, empty when the client named none
 * @param port the port
 */
public record AskedOrigin(String scheme, String host, String port) {

	/**
	 * Return what a client asked: what an instance would be told of it by X-Forwarded-*,
	 * so that a trusted proxy is believed here as well.
	 * @param received the request
	 * @param peer who sent it
	 * @param host the host that it is for
	 * @return the origin
	 */
	public static AskedOrigin of(RequestHead received, ClientPeer peer, RequestHost host) {
		HeaderFields told = new HeaderFields();
		RequestFields.addForwarding(received.fields(), peer, host, told);
		boolean secure = switch (text(told.get("x-forwarded-proto"))) {
			case "https", "wss" -> true;
			default -> false;
		};
		HostPort parsed = HostPort.parse(text(told.get("x-forwarded-host")));
		return new AskedOrigin(secure ? "https" : "http", (parsed != null) ? parsed.name() : "",
				text(told.get("x-forwarded-port")));
	}

	private static String text(@Nullable String value) {
		return Objects.requireNonNullElse(value, "");
	}

}
