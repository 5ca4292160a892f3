package dev.holdfast.route;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Origins (RFC 6454) that may read what a route answers.
 *
 * @param scheme {@code http} or {@code https}, empty for any origin
 * @param host the host; {@code *} for any, {@code *.suffix} for all with one label or
 * more before the suffix
 * @param port the port
 */
public record OriginPattern(String scheme, String host, int port) {

	/** Any origin, also an opaque one. */
	public static final OriginPattern ANY = new OriginPattern("", "*", 0);

	private static final int HTTP_PORT = 80;

	private static final int HTTPS_PORT = 443;

	private static final int HIGHEST_PORT = 65_535;

	/**
	 * Of a scheme, a host name and a port: what clients send may be as long as a head.
	 */
	private static final int LONGEST = "https://".length() + RoutePart.LONGEST_HOST + ":65535".length();

	/** Possessive, since a matcher that can go back takes stack for each label. */
	private static final Pattern PATTERN = Pattern
		.compile("(https?)://(\\*|(?:\\*\\.)?[a-z0-9_-]++(?:\\.[a-z0-9_-]++)*+|\\[[0-9a-f:.]++])(?::([0-9]{1,5}))?");

	/**
	 * Read a pattern.
	 * @param text {@code *}, or {@code scheme://host} with a port where it is not the
	 * scheme's usual one, and perhaps with an asterisk in the place of the host or of its
	 * first labels
	 * @return the pattern
	 * @throws IllegalArgumentException if it is none
	 */
	public static OriginPattern parse(String text) {
		if (text.equals("*")) {
			return ANY;
		}
		OriginPattern pattern = parseOrNull(text);
		if (pattern == null) {
			throw RoutePart.invalid("allowed origin", text,
					"* or an origin such as https://app.example.org or https://*.example.org:8443");
		}
		return pattern;
	}

	/**
	 * Read a pattern.
	 * @return the pattern, {@code null} when the text is none, or says any origin
	 */
	static @Nullable OriginPattern parseOrNull(String text) {
		if (text.length() > LONGEST) {
			return null;
		}
		Matcher matcher = PATTERN.matcher(text.toLowerCase(Locale.ROOT));
		if (!matcher.matches()) {
			return null;
		}
		String scheme = matcher.group(1);
		String written = matcher.group(3);
		int usual = scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
		int port = (written != null) ? Integer.parseInt(written) : usual;
		return (port >= 1 && port <= HIGHEST_PORT) ? new OriginPattern(scheme, matcher.group(2), port) : null;
	}

	/**
	 * Whether it is for any origin.
	 * @return whether it matches all
	 */
	public boolean isAny() {
		return this.scheme.isEmpty();
	}

	/**
	 * Whether it is for an origin.
	 * @param asked the origin, {@code null} for one without scheme and host
	 */
	boolean matches(@Nullable OriginPattern asked) {
		return isAny() || isFor(asked);
	}

	private boolean isFor(@Nullable OriginPattern asked) {
		return asked != null && !asked.host.startsWith("*") && this.scheme.equals(asked.scheme)
				&& this.port == asked.port && matchesHost(asked.host);
	}

	private boolean matchesHost(String asked) {
		if (this.host.equals("*")) {
			return true;
		}
		return this.host.startsWith("*")
				? asked.length() >= this.host.length() && asked.endsWith(this.host.substring(1))
				: this.host.equals(asked);
	}

	@Override
	public String toString() {
		if (isAny()) {
			return "*";
		}
		int usual = this.scheme.equals("https") ? HTTPS_PORT : HTTP_PORT;
		return this.scheme + "://" + this.host + ((this.port == usual) ? "" : ":" + this.port);
	}

}
