package dev.holdfast.route;

import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What the gateway answers itself in the place of a service.
 */
public sealed interface DirectResponse {

	/** The service answers. */
	DirectResponse NONE = new None();

	/**
	 * The service answers.
	 */
	record None() implements DirectResponse {
	}

	/**
	 * Sends the client elsewhere. The path is the one that the route's other actions make
	 * of the request's, and the query stays.
	 *
	 * @param status 301, 302, 303, 307 or 308
	 * @param scheme {@code http} or {@code https}, empty for the one that was used
	 * @param host the host without port, empty for the one that was asked
	 * @param port the port; 0 for the usual one of the scheme if that is given, else for
	 * the one that was asked
	 */
	record Redirect(int status, String scheme, String host, int port) implements DirectResponse {

		private static final Set<Integer> STATUSES = Set.of(301, 302, 303, 307, 308);

		private static final int HIGHEST_PORT = 65_535;

		private static final Pattern HOST = Pattern.compile("[a-z0-9_-]++(\\.[a-z0-9_-]++)*+|\\[[0-9a-f:.]++\\]");

		/**
		 * Brings scheme and host to lower case and checks all parts.
		 * @throws IllegalArgumentException if one of them cannot be used
		 */
		public Redirect {
			scheme = scheme.toLowerCase(Locale.ROOT);
			host = host.toLowerCase(Locale.ROOT);
			if (!STATUSES.contains(status)) {
				throw new IllegalArgumentException(
						"status of the redirect: %d (expected: one of %s)".formatted(status, new TreeSet<>(STATUSES)));
			}
			if (!scheme.isEmpty() && !scheme.equals("http") && !scheme.equals("https")) {
				throw RoutePart.invalid("scheme of the redirect", scheme, "http, https, or nothing");
			}
			if (!host.isEmpty() && !HOST.matcher(host).matches()) {
				throw RoutePart.invalid("host of the redirect", host, "a host name without port, or nothing");
			}
			if (port < 0 || port > HIGHEST_PORT) {
				throw new IllegalArgumentException(
						"port of the redirect: %d (expected: 1 to 65535, or 0 for none)".formatted(port));
			}
		}

		/**
		 * Whether it says where to, apart from the path.
		 * @return whether scheme, host or port are given
		 */
		public boolean leadsElsewhere() {
			return !this.scheme.isEmpty() || !this.host.isEmpty() || this.port != 0;
		}

		/**
		 * Return where a client is sent (Location, RFC 9110, section 10.2.2).
		 * @param askedScheme the scheme that it used
		 * @param askedHost the host that it asked, without port; empty for none
		 * @param askedPort the port that it asked
		 * @param path the path
		 * @param query the query with its question mark, empty for none
		 * @return a URL, a path alone if nobody says of which host
		 */
		public String location(String askedScheme, String askedHost, String askedPort, String path, String query) {
			String to = this.scheme.isEmpty() ? askedScheme : this.scheme;
			String at = this.host.isEmpty() ? askedHost : this.host;
			if (at.isEmpty()) {
				// Two slashes would begin another host.
				return (path.startsWith("//") ? "/." : "") + path + query;
			}
			String through = (this.port > 0) ? Integer.toString(this.port)
					: this.scheme.isEmpty() ? askedPort : usualPort(to);
			return to + "://" + at + (through.equals(usualPort(to)) ? "" : ":" + through) + path + query;
		}

		private static String usualPort(String scheme) {
			return scheme.equals("https") ? "443" : "80";
		}

	}

	/**
	 * Answers every request alike.
	 *
	 * @param status 200 to 599
	 * @param contentType the type of the body, empty when there is none
	 * @param body the body, empty for none
	 */
	record Fixed(int status, String contentType, String body) implements DirectResponse {

		private static final int LARGEST_BODY = 64 * 1024;

		private static final Pattern TYPE = Pattern.compile("[!#-~]+/[ -~]*[!-~]");

		/**
		 * Checks all parts.
		 * @throws IllegalArgumentException if one of them cannot be used
		 */
		public Fixed {
			if (status < 200 || status > 599) {
				throw new IllegalArgumentException("status of the answer: %d (expected: 200 to 599)".formatted(status));
			}
			if (body.length() > LARGEST_BODY) {
				throw new IllegalArgumentException("body of the answer: %d characters (expected: at most %d)"
					.formatted(body.length(), LARGEST_BODY));
			}
			if (!body.isEmpty() && (status == 204 || status == 205 || status == 304)) {
				throw new IllegalArgumentException("body of the answer: %d characters (expected: none with status %d)"
					.formatted(body.length(), status));
			}
			contentType = (contentType.isEmpty() && !body.isEmpty()) ? "text/plain; charset=utf-8" : contentType;
			if (!contentType.isEmpty() && (body.isEmpty() || !TYPE.matcher(contentType).matches())) {
				throw RoutePart.invalid("type of the answer", contentType,
						body.isEmpty() ? "none without a body" : "a media type such as application/json");
			}
		}

	}

}
