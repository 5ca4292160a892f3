package dev.holdfast.proxy.header;

import java.util.List;

import dev.holdfast.route.Cors;
import org.jspecify.annotations.Nullable;

/**
 * The fields of the CORS protocol (Fetch standard, section 3.3), as a route's
 * {@link Cors} has them.
 */
public final class CorsFields {

	private static final String ORIGIN = "origin";

	private static final String REQUEST_METHOD = "access-control-request-method";

	private static final String REQUEST_HEADERS = "access-control-request-headers";

	private static final String ALLOW_ORIGIN = "access-control-allow-origin";

	private static final String ALLOW_CREDENTIALS = "access-control-allow-credentials";

	private static final String ALLOW_METHODS = "access-control-allow-methods";

	private static final String ALLOW_HEADERS = "access-control-allow-headers";

	private static final String EXPOSE_HEADERS = "access-control-expose-headers";

	private static final String MAX_AGE = "access-control-max-age";

	private static final String ANY = "*";

	private CorsFields() {
	}

	/**
	 * Return the method that a browser asks leave for.
	 * @param head the head of a request
	 * @return the method, {@code null} when the request is no preflight
	 */
	public static @Nullable String preflightedMethod(RequestHead head) {
		return (head.method().equals("OPTIONS") && head.fields().get(ORIGIN) != null)
				? head.fields().get(REQUEST_METHOD) : null;
	}

	/**
	 * Write the fields of the response to a preflight. What the route sets of them does
	 * not count.
	 * @param cors what is allowed
	 * @param asked the fields of the preflight
	 * @param out the fields of the response
	 */
	public static void writePreflight(Cors cors, HeaderFields asked, HeaderFields out) {
		removeAll(out, ALLOW_ORIGIN, ALLOW_CREDENTIALS, ALLOW_METHODS, ALLOW_HEADERS, MAX_AGE);
		if (!writeOrigin(cors, asked, out)) {
			return;
		}
		writeAllowed(ALLOW_METHODS, cors.allowMethods(), cors, asked.get(REQUEST_METHOD), out);
		writeAllowed(ALLOW_HEADERS, cors.allowHeaders(), cors, asked.get(REQUEST_HEADERS), out);
		out.add(MAX_AGE, Long.toString(cors.maxAge().toSeconds()));
	}

	/**
	 * Write the fields of any other response. What an instance says of CORS itself does
	 * not count.
	 * @param cors what is allowed
	 * @param asked the fields of the request
	 * @param out the fields of the response
	 */
	public static void write(Cors cors, HeaderFields asked, HeaderFields out) {
		removeAll(out, ALLOW_ORIGIN, ALLOW_CREDENTIALS, EXPOSE_HEADERS);
		if (writeOrigin(cors, asked, out) && !cors.exposeHeaders().isEmpty()) {
			out.add(EXPOSE_HEADERS, String.join(", ", cors.exposeHeaders()));
		}
	}

	private static void removeAll(HeaderFields fields, String... names) {
		for (String name : names) {
			fields.remove(name);
		}
	}

	private static boolean writeOrigin(Cors cors, HeaderFields asked, HeaderFields out) {
		if (!cors.isSameForAll()) {
			// Also where there is no origin: a cache must not keep that for all.
			out.add("vary", "Origin");
		}
		String origin = asked.get(ORIGIN);
		if (origin == null || !cors.allows(origin)) {
			return false;
		}
		out.add(ALLOW_ORIGIN, cors.isSameForAll() ? ANY : origin);
		if (cors.allowCredentials()) {
			out.add(ALLOW_CREDENTIALS, "true");
		}
		return true;
	}

	/**
	 * Write what is allowed. With credentials, browsers do not take an asterisk for all,
	 * so that they are told what they ask for.
	 */
	private static void writeAllowed(String name, List<String> allowed, Cors cors, @Nullable String asked,
			HeaderFields out) {
		if (!allowed.isEmpty() && !(cors.allowCredentials() && allowed.contains(ANY))) {
			out.add(name, String.join(", ", allowed));
		}
		else if (!allowed.isEmpty() && asked != null) {
			out.add(name, asked);
		}
	}

}
