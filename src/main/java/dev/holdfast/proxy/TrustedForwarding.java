package dev.holdfast.proxy;

import java.util.Locale;
import java.util.StringTokenizer;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/**
 * What a trusted proxy tells of the way that a request took to it. There are two families
 * of fields for it, X-Forwarded-* and Forwarded (RFC 7239): one is believed, and the
 * other is written from it, so that an instance reads the same in either.
 *
 * <p>
 * When both come, X-Forwarded-* are believed: most proxies write those alone, and pass on
 * a Forwarded that their client made up.
 */
final class TrustedForwarding {

	private static final CharSequence FORWARDED = AsciiString.cached("forwarded");

	private static final CharSequence X_FORWARDED_FOR = AsciiString.cached("x-forwarded-for");

	private static final CharSequence X_FORWARDED_PROTO = AsciiString.cached("x-forwarded-proto");

	private static final CharSequence X_FORWARDED_HOST = AsciiString.cached("x-forwarded-host");

	private static final CharSequence X_FORWARDED_PORT = AsciiString.cached("x-forwarded-port");

	private @Nullable String forwarded;

	private @Nullable String addresses;

	private @Nullable String protocol;

	private @Nullable String host;

	private @Nullable String port;

	/**
	 * Takes one of the proxy's fields.
	 * @param kind the field, of either family
	 */
	void take(HeaderKind kind, String value) {
		switch (kind) {
			case FORWARDED -> this.forwarded = appended(this.forwarded, value);
			case X_FORWARDED_FOR -> this.addresses = appended(this.addresses, value);
			case X_FORWARDED_PROTO -> this.protocol = appended(this.protocol, value);
			case X_FORWARDED_HOST -> this.host = appended(this.host, value);
			case X_FORWARDED_PORT -> this.port = appended(this.port, value);
			default -> throw new IllegalArgumentException("forwarding: %s (expected: a field of it)".formatted(kind));
		}
	}

	private static @Nullable String appended(@Nullable String before, String value) {
		if (value.isBlank()) {
			return before;
		}
		return (before != null) ? before + ", " + value : value;
	}

	/**
	 * Writes both families, with the proxy itself as the last on the way.
	 * @param proxy the connection to the proxy, which tells what the proxy does not
	 */
	void write(ClientConnection proxy, MultiMap out) {
		boolean wordless = this.addresses == null && this.protocol == null && this.host == null;
		ForwardedField field = (wordless && this.forwarded != null) ? ForwardedField.parse(this.forwarded) : null;
		if (field == null) {
			String told = (this.addresses != null) ? this.addresses : "";
			write(proxy, out, new Way(told, first(this.protocol), first(this.host), first(this.port)), "");
		}
		else {
			Way told = new Way(String.join(", ", field.addresses()), field.protocol(), field.host(), "");
			write(proxy, out, told, field.beginsWithClient() ? field.text() : "");
		}
	}

	/**
	 * Writes both families.
	 * @param told what the proxy told
	 * @param kept the Forwarded field that goes on, empty when it begins anew
	 */
	private static void write(ClientConnection proxy, MultiMap out, Way told, String kept) {
		String protocol = isProtocol(told.protocol) ? told.protocol.toLowerCase(Locale.ROOT) : proxy.protocol();
		String host = (HostPort.parse(told.host) != null) ? told.host : proxy.hostField();
		HostPort parsed = HostPort.parse(host);
		String port = HostPort.isPort(told.port) ? told.port : port(parsed, protocol);
		String hostPart = hostParameter(parsed, port, protocol);
		String protocolPart = ";proto=" + protocol;
		if (kept.isEmpty()) {
			out.add(FORWARDED, elements(told.addresses, proxy, hostPart + protocolPart));
		}
		else {
			out.add(FORWARDED, kept + ", for=" + proxy.node() + (told.host.isEmpty() ? hostPart : "")
					+ (told.protocol.isEmpty() ? protocolPart : ""));
		}
		write(out, told.addresses.isEmpty() ? proxy.address() : told.addresses + ", " + proxy.address(), protocol, host,
				port);
	}

	private static String hostParameter(@Nullable HostPort host, String port, String protocol) {
		if (host == null) {
			return "";
		}
		boolean usual = port.equals(port(null, protocol));
		return ";host=\"" + host.name() + (usual ? "" : ":" + port) + '"';
	}

	/**
	 * Writes an element for each address. The first has all the rest, and it alone:
	 * readers differ in whether they take the first or the last.
	 */
	private static String elements(String addresses, ClientConnection proxy, String rest) {
		StringBuilder elements = new StringBuilder();
		StringTokenizer told = new StringTokenizer(addresses, ", \t\"");
		String next = rest;
		while (told.hasMoreTokens()) {
			ForwardedNode node = ForwardedNode.parse(told.nextToken());
			elements.append("for=")
				.append(((node != null) ? node : ForwardedNode.UNKNOWN).toParameter())
				.append(next)
				.append(", ");
			next = "";
		}
		return elements.append("for=").append(proxy.node()).append(next).toString();
	}

	private static void write(MultiMap out, String addresses, String protocol, String host, String port) {
		out.add(X_FORWARDED_FOR, addresses);
		out.add(X_FORWARDED_PROTO, protocol);
		out.add(X_FORWARDED_PORT, port);
		if (!host.isEmpty()) {
			out.add(X_FORWARDED_HOST, host);
		}
	}

	/**
	 * Writes both families for a client of which nothing is believed, or that says
	 * nothing.
	 */
	static void begin(ClientConnection client, MultiMap out) {
		out.add(FORWARDED, client.forwarded());
		write(out, client.address(), client.protocol(), client.hostField(), client.port());
	}

	/**
	 * Return the first value of a list: what the client itself used.
	 */
	private static String first(@Nullable String list) {
		StringTokenizer values = new StringTokenizer((list != null) ? list : "", ",");
		String value = "";
		while (value.isEmpty() && values.hasMoreTokens()) {
			value = values.nextToken().strip();
		}
		return value;
	}

	private static String port(@Nullable HostPort host, String protocol) {
		if (host != null && !host.port().isEmpty()) {
			return host.port();
		}
		return (protocol.equals("https") || protocol.equals("wss")) ? "443" : "80";
	}

	/**
	 * Whether a text can be a protocol (RFC 3986, section 3.1).
	 */
	static boolean isProtocol(String text) {
		for (int i = 0; i < text.length(); i++) {
			char c = text.charAt(i);
			boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
			if (!letter && (i == 0 || ((c < '0' || c > '9') && "+-.".indexOf(c) < 0))) {
				return false;
			}
		}
		return !text.isEmpty();
	}

	/**
	 * What a proxy told, each empty when it did not.
	 *
	 * @param addresses who sent the request on, separated by commas, the client first
	 * @param protocol what the client used
	 * @param host the Host field that the client sent
	 * @param port the port that the client reached, when the host does not have it
	 */
	private record Way(String addresses, String protocol, String host, String port) {
	}

}
