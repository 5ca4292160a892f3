package dev.holdfast.proxy;

import java.util.Locale;
import java.util.Map;
import java.util.Set;

import io.vertx.core.MultiMap;

/**
 * Trailer fields.
 */
final class Trailers {

	/**
	 * What must not come after the body (RFC 9110, section 6.5.1) besides what the
	 * gateway treats as its own: who merges trailers into the head would be told
	 * something else by them.
	 */
	private static final Set<String> FORBIDDEN = Set.of("age", "authorization", "cache-control", "content-encoding",
			"content-location", "content-range", "content-type", "cookie", "date", "expires", "holdfast-error",
			"http2-settings", "if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since",
			"location", "max-forwards", "pragma", "range", "retry-after", "set-cookie", "trailer", "vary", "warning",
			"www-authenticate");

	private Trailers() {
	}

	/**
	 * Whether a field may come after a body: none that frames or routes the message, says
	 * who asks, or tells how to read what has come before.
	 */
	static boolean isAllowed(String name) {
		return HeaderKind.of(name) == HeaderKind.ORDINARY && !FORBIDDEN.contains(name.toLowerCase(Locale.ROOT));
	}

	/**
	 * Passes on what may be.
	 */
	static void copy(Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> from, MultiMap to) {
		for (Map.Entry<? extends CharSequence, ? extends CharSequence> field : from) {
			String name = field.getKey().toString();
			if (isAllowed(name)) {
				to.add(name, field.getValue().toString());
			}
		}
	}

}
