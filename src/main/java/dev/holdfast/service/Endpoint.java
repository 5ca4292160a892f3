package dev.holdfast.service;

import java.util.regex.Pattern;

/**
 * Where an instance listens.
 *
 * @param scheme the protocol spoken there
 * @param host a DNS name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 */
public record Endpoint(Scheme scheme, String host, int port) {

	private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,253}");

	/**
	 * Checks host and port.
	 * @throws IllegalArgumentException if one of them cannot be connected to
	 */
	public Endpoint {
		if (!HOST.matcher(host).matches()) {
			throw new IllegalArgumentException("host: \"%s\" (expected: a name or an IP address)".formatted(host));
		}
		if (port < 1 || port > 65_535) {
			throw new IllegalArgumentException("port: %d (expected: 1 to 65535)".formatted(port));
		}
	}

	/**
	 * Reads {@code host:port}, {@code [v6]:port} or {@code scheme://host[:port]}; a path
	 * behind a URL's authority is ignored.
	 * @param text the text
	 * @param defaultScheme what a text without a scheme means
	 * @return the endpoint
	 * @throws IllegalArgumentException if the text is none of these
	 */
	public static Endpoint parse(String text, Scheme defaultScheme) {
		Scheme scheme = defaultScheme;
		String authority = text;
		int separator = text.indexOf("://");
		if (separator >= 0) {
			String name = text.substring(0, separator);
			scheme = Scheme.parse(name)
				.orElseThrow(() -> new IllegalArgumentException(
						"scheme: \"%s\" (expected: http, https, grpc or grpcs)".formatted(name)));
			authority = upTo(text.substring(separator + 3), "/?#");
		}
		int colon = authority.lastIndexOf(':');
		boolean bracketed = authority.startsWith("[");
		int hostEnd = bracketed ? authority.indexOf(']') : (colon < 0 ? authority.length() : colon);
		if (hostEnd < 0 || (!bracketed && authority.indexOf(':') != colon)) {
			throw new IllegalArgumentException("address: \"%s\" (expected: host:port)".formatted(text));
		}
		String host = authority.substring(bracketed ? 1 : 0, hostEnd);
		String rest = authority.substring(bracketed ? hostEnd + 1 : hostEnd);
		if (rest.isEmpty() && separator >= 0) {
			return new Endpoint(scheme, host, scheme.defaultPort());
		}
		return new Endpoint(scheme, host, port(rest, text));
	}

	private static int port(String rest, String text) {
		if (rest.length() > 1 && rest.length() <= 6 && rest.charAt(0) == ':'
				&& rest.chars().skip(1).allMatch((c) -> c >= '0' && c <= '9')) {
			return Integer.parseInt(rest.substring(1));
		}
		throw new IllegalArgumentException("address: \"%s\" (expected: host:port)".formatted(text));
	}

	private static String upTo(String text, String delimiters) {
		for (int i = 0; i < text.length(); i++) {
			if (delimiters.indexOf(text.charAt(i)) >= 0) {
				return text.substring(0, i);
			}
		}
		return text;
	}

	/**
	 * Gives host and port as a URL's authority has them.
	 * @return {@code host:port}, an IPv6 address in brackets
	 */
	public String authority() {
		return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
	}

	@Override
	public String toString() {
		return this.scheme + "://" + authority();
	}

}
