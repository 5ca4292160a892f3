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
	 * What must not come after the body (RFC 9110, section 6.5.1), or is the gateway's
	 * own to say: who merges trailers into the head would be told something else by them.
	 */
	private static final Set<String> FORBIDDEN = Set.of("age", "authorization", "cache-control", "connection",
			"content-encoding", "content-length", "content-range", "content-type", "cookie", "date", "expect",
			"expires", "forwarded", "holdfast-error", "host", "http2-settings", "if-match", "if-modified-since",
			"if-none-match", "if-range", "if-unmodified-since", "keep-alive", "location", "max-forwards", "pragma",
			"proxy-authenticate", "proxy-authorization", "proxy-connection", "range", "retry-after", "set-cookie", "te",
			"trailer", "transfer-encoding", "upgrade", "vary", "via", "warning", "www-authenticate", "x-forwarded-for",
			"x-forwarded-host", "x-forwarded-port", "x-forwarded-prefix", "x-forwarded-proto", "x-request-id");

	private Trailers() {
	}

	/**
	 * Passes on what may be.
	 */
	static void copy(Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> from, MultiMap to) {
		for (Map.Entry<? extends CharSequence, ? extends CharSequence> field : from) {
			String name = field.getKey().toString();
			if (!FORBIDDEN.contains(name.toLowerCase(Locale.ROOT))) {
				to.add(name, field.getValue().toString());
			}
		}
	}

}
