package dev.holdfast.proxy;

import java.util.Locale;
import java.util.Set;

/**
 * Which fields may come after a body (RFC 9110, section 6.5.1): none that frames or
 * routes the message, says who asks, or tells how to read what has come before.
 */
final class TrailerFields {

	private static final Set<String> FORBIDDEN = Set.of("age", "authorization", "cache-control", "content-encoding",
			"content-location", "content-range", "content-type", "cookie", "date", "expires", "http2-settings",
			"if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since", "location",
			"max-forwards", "pragma", "range", "retry-after", "set-cookie", "trailer", "vary", "www-authenticate");

	private TrailerFields() {
	}

	static boolean isAllowed(String name) {
		return HeaderKind.of(name) == HeaderKind.ORDINARY && !FORBIDDEN.contains(name.toLowerCase(Locale.ROOT));
	}

}
