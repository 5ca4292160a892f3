package dev.holdfast.service;

import java.util.regex.Pattern;

/**
 * Where an instance listens, and what is its own there. Two that differ in the path alone
 * are two instances, to which connections may be shared.
 *
 * @param scheme the protocol spoken there
 * @param host a DNS name, an IPv4 address, or an IPv6 address without brackets
 * @param port 1 to 65535
 * @param path what the paths of all its requests begin with: a canonical path without a
 * slash at its end, empty for none
 */
public record Endpoint(Scheme scheme, String host, int port, String path) {

	private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]{1,253}");

	private static final int MAX_PATH_LENGTH = 1024;

	/**
	 * Checks host, port and path.
	 * @throws IllegalArgumentException if they cannot be connected to, or no request can
	 * have such a path
	 */
	public Endpoint {
		if (!HOST.matcher(host).matches()) {
			throw new IllegalArgumentException("host: \"%s\" (expected: a name or an IP address)".formatted(host));
		}
		if (port < 1 || port > 65_535) {
			throw new IllegalArgumentException("port: %d (expected: 1 to 65535)".formatted(port));
		}
		if (!path.isEmpty()
				&& (path.length() > MAX_PATH_LENGTH || path.endsWith("/") || !path.equals(CanonicalPath.of(path)))) {
			throw new IllegalArgumentException(
					"path: \"%s\" (expected: a canonical path of at most %d characters without a slash at its end)"
						.formatted(path, MAX_PATH_LENGTH));
		}
	}

	/**
	 * Gives a place whose requests have the paths that clients ask for.
	 * @param scheme the protocol spoken there
	 * @param host a DNS name, an IPv4 address, or an IPv6 address without brackets
	 * @param port 1 to 65535
	 * @throws IllegalArgumentException if they cannot be connected to
	 */
	public Endpoint(Scheme scheme, String host, int port) {
		this(scheme, host, port, "");
	}

	/**
	 * Reads {@code host:port}, {@code [v6]:port} or {@code scheme://host[:port][/path]}.
	 * Slashes at the end of the path do not count.
	 * @param text the text
	 * @param defaultScheme what a text without a scheme means
	 * @return the endpoint
	 * @throws IllegalArgumentException if the text is none of these
	 */
	public static Endpoint parse(String text, Scheme defaultScheme) {
		Scheme scheme = defaultScheme;
		String authority = text;
		String path = "";
		int separator = text.indexOf("://");
		if (separator >= 0) {
			String name = text.substring(0, separator);
			scheme = Scheme.parse(name)
				.orElseThrow(() -> new IllegalArgumentException(
						"scheme: \"%s\" (expected: http, https, grpc or grpcs)".formatted(name)));
			int slash = text.indexOf('/', separator + 3);
			authority = text.substring(separator + 3, (slash < 0) ? text.length() : slash);
			path = path(text.substring(separator + 3 + authority.length()), text);
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
			return new Endpoint(scheme, host, scheme.defaultPort(), path);
		}
		return new Endpoint(scheme, host, port(rest, text), path);
	}

	private static String path(String written, String text) {
		int end = written.length();
		while (end > 0 && written.charAt(end - 1) == '/') {
			end--;
		}
		String path = (end > 0) ? CanonicalPath.of(written.substring(0, end)) : "";
		if (path == null) {
			throw new IllegalArgumentException(
					"address: \"%s\" (expected: nothing behind the path, and no dot segment in it)".formatted(text));
		}
		return path;
	}

	private static int port(String rest, String text) {
		if (rest.length() > 1 && rest.length() <= 6 && rest.charAt(0) == ':'
				&& rest.chars().skip(1).allMatch((c) -> c >= '0' && c <= '9')) {
			return Integer.parseInt(rest.substring(1));
		}
		throw new IllegalArgumentException("address: \"%s\" (expected: host:port)".formatted(text));
	}

	/**
	 * Gives what connections to it are made by.
	 * @return the same without a path
	 */
	public Endpoint origin() {
		return this.path.isEmpty() ? this : new Endpoint(this.scheme, this.host, this.port);
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
		return this.scheme + "://" + authority() + this.path;
	}

}
