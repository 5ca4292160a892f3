package dev.holdfast.proxy.header;

import java.util.Locale;
import java.util.StringTokenizer;

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

	private static final int KINDS = HeaderKind.mask(HeaderKind.FORWARDED, HeaderKind.X_FORWARDED_FOR,
			HeaderKind.X_FORWARDED_PROTO, HeaderKind.X_FORWARDED_HOST, HeaderKind.X_FORWARDED_PORT);

	private @Nullable String forwarded;

	private @Nullable String addresses;

	private @Nullable String protocol;

	private @Nullable String host;

	private @Nullable String port;

	private TrustedForwarding() {
	}

	/**
	 * Read what a proxy tells.
	 * @param fields the request's fields
	 * @return what it tells, {@code null} when that is nothing
	 */
	static @Nullable TrustedForwarding of(HeaderFields fields) {
		if (!fields.mayHave(KINDS)) {
			return null;
		}
		TrustedForwarding told = new TrustedForwarding();
		for (int i = 0; i < fields.size(); i++) {
			told.take(fields.kind(i), fields, i);
		}
		return told;
	}

	private void take(HeaderKind kind, HeaderFields fields, int index) {
		switch (kind) {
			case FORWARDED -> this.forwarded = appended(this.forwarded, fields.value(index));
			case X_FORWARDED_FOR -> this.addresses = appended(this.addresses, fields.value(index));
			case X_FORWARDED_PROTO -> this.protocol = appended(this.protocol, fields.value(index));
			case X_FORWARDED_HOST -> this.host = appended(this.host, fields.value(index));
			case X_FORWARDED_PORT -> this.port = appended(this.port, fields.value(index));
			default -> {
				// Tells nothing of the way.
			}
		}
	}

	private static @Nullable String appended(@Nullable String before, String value) {
		if (value.isBlank()) {
			return before;
		}
		return (before != null) ? before + ", " + value : value;
	}

	/**
	 * Write both families, with the proxy itself as the last on the way.
	 * @param proxy the proxy, whose connection tells what it does not
	 * @param hostField the host that its request is for
	 * @param out where the fields go
	 */
	void write(ClientPeer proxy, String hostField, HeaderFields out) {
		boolean wordless = this.addresses == null && this.protocol == null && this.host == null;
		ForwardedField field = (wordless && this.forwarded != null) ? ForwardedField.parse(this.forwarded) : null;
		if (field == null) {
			String told = (this.addresses != null) ? this.addresses : "";
			write(proxy, hostField, out, new Way(told, first(this.protocol), first(this.host), first(this.port)), "");
		}
		else {
			Way told = new Way(String.join(", ", field.addresses()), field.protocol(), field.host(), "");
			write(proxy, hostField, out, told, field.beginsWithClient() ? field.text() : "");
		}
	}

	/**
	 * Write both families.
	 * @param told what the proxy told
	 * @param kept the Forwarded field that goes on, empty when it begins anew
	 */
	private static void write(ClientPeer proxy, String hostField, HeaderFields out, Way told, String kept) {
		String protocol = isProtocol(told.protocol) ? told.protocol.toLowerCase(Locale.ROOT) : proxy.protocol();
		String host = (HostPort.parse(told.host) != null) ? told.host : hostField;
		HostPort parsed = HostPort.parse(host);
		String port = HostPort.isPort(told.port) ? told.port : port(parsed, protocol);
		String hostPart = hostParameter(parsed, port, protocol);
		String protocolPart = ";proto=" + protocol;
		if (kept.isEmpty()) {
			out.add(HeaderKind.FORWARDED, "forwarded", elements(told.addresses, proxy, hostPart + protocolPart));
		}
		else {
			out.add(HeaderKind.FORWARDED, "forwarded", kept + ", for=" + proxy.node()
					+ (told.host.isEmpty() ? hostPart : "") + (told.protocol.isEmpty() ? protocolPart : ""));
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
	 * Write an element for each address. The first has all the rest, and it alone:
	 * readers differ in whether they take the first or the last.
	 */
	private static String elements(String addresses, ClientPeer proxy, String rest) {
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

	private static void write(HeaderFields out, String addresses, String protocol, String host, String port) {
		out.add(HeaderKind.X_FORWARDED_FOR, "x-forwarded-for", addresses);
		out.add(HeaderKind.X_FORWARDED_PROTO, "x-forwarded-proto", protocol);
		out.add(HeaderKind.X_FORWARDED_PORT, "x-forwarded-port", port);
		if (!host.isEmpty()) {
			out.add(HeaderKind.X_FORWARDED_HOST, "x-forwarded-host", host);
		}
	}

	/**
	 * Write both families for a client of which nothing is believed, or that says
	 * nothing.
	 * @param client the client
	 * @param host the host that it names
	 * @param out where the fields go
	 */
	static void begin(ClientPeer client, RequestHost host, HeaderFields out) {
		out.add(HeaderKind.FORWARDED, "forwarded", host.forwarded());
		write(out, client.address(), client.protocol(), host.field(), host.port());
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
