package dev.holdfast.tls;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Names that clients may ask for in a TLS handshake (RFC 6066, section 3): one, or all
 * with one label before a suffix.
 *
 * @param pattern a DNS name in lower case, or {@code *.} and the suffix
 */
public record ServerName(String pattern) {

	private static final Pattern NAME = Pattern.compile(
			"(\\*\\.)?[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*(?<!\\.[0-9]{1,3})");

	private static final String ANY_LABEL = "*.";

	/**
	 * Brings the name to lower case and checks it.
	 * @throws IllegalArgumentException if no client could ask for it
	 */
	public ServerName {
		pattern = pattern.toLowerCase(Locale.ROOT);
		if (pattern.length() > 253 || !NAME.matcher(pattern).matches()) {
			throw new IllegalArgumentException(
					"server name: \"%s\" (expected: a DNS name such as api.example.org, or *.example.org)"
						.formatted(pattern));
		}
	}

	boolean isWildcard() {
		return this.pattern.startsWith(ANY_LABEL);
	}

	/**
	 * The wildcard that would match a name.
	 * @param name a name in lower case
	 */
	static String wildcardOf(String name) {
		return "*" + name.substring(Math.max(0, name.indexOf('.')));
	}

	@Override
	public String toString() {
		return this.pattern;
	}

}
