package dev.holdfast.admin;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * A request that nobody has sent.
 *
 * @param method its method, in its case
 * @param hostField its Host field as a client would write it, empty when it is left open
 * @param path its path as a client would write it
 * @param query its query with the question mark, empty for none
 * @param headers its header fields by their names in lower case
 */
record ImaginedRequest(String method, String hostField, String path, String query, Map<String, String> headers) {

	private static final Pattern TOKEN = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");

	private static final Pattern PORT = Pattern.compile(":[0-9]*$");

	private static final int MAX_LENGTH = 8192;

	/**
	 * Reads the parameters that describe it.
	 * @throws ProblemException if one of them cannot be part of a request
	 */
	static ImaginedRequest of(@Nullable String method, @Nullable String host, @Nullable String path,
			List<String> headers) {
		String target = (path != null) ? path : "";
		if (!target.startsWith("/") || target.length() > MAX_LENGTH) {
			throw ProblemException.badParameter("path", shortened(target), "a path such as /orders/1");
		}
		int query = target.indexOf('?');
		String verb = (method != null && !method.isEmpty()) ? method : "GET";
		if (!TOKEN.matcher(verb).matches()) {
			throw ProblemException.badParameter("method", shortened(verb), "a method such as GET");
		}
		return new ImaginedRequest(verb, (host != null) ? host : "", (query < 0) ? target : target.substring(0, query),
				(query < 0) ? "" : target.substring(query), fields(headers));
	}

	/**
	 * Its host in lower case without port, empty for none.
	 */
	String host() {
		return PORT.matcher(this.hostField).replaceFirst("").toLowerCase(Locale.ROOT);
	}

	private static Map<String, String> fields(List<String> headers) {
		Map<String, String> fields = new HashMap<>();
		for (String header : headers) {
			int colon = header.indexOf(':');
			if (colon < 0 || !TOKEN.matcher(header.substring(0, colon)).matches()) {
				throw ProblemException.badParameter("header", shortened(header), "Name:value");
			}
			fields.putIfAbsent(header.substring(0, colon).toLowerCase(Locale.ROOT),
					header.substring(colon + 1).strip());
		}
		return fields;
	}

	private static String shortened(String text) {
		return (text.length() > 100) ? text.substring(0, 100) + "…" : text;
	}

}
