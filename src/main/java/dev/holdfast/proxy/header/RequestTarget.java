package dev.holdfast.proxy.header;

import dev.holdfast.service.CanonicalPath;
import org.jspecify.annotations.Nullable;

/**
 * What a request line asks for, in the one spelling that decides the route and goes to
 * the backend.
 *
 * @param authority the authority of an absolute-form target, empty for the usual
 * origin-form
 * @param path the path as {@link CanonicalPath} has it
 * @param query the query with its question mark, empty when there is none
 */
public record RequestTarget(String authority, String path, String query) {

	/**
	 * Read a request target (RFC 9112, section 3.2) in origin-form or absolute-form.
	 * @param uri the target, empty when the request has none: CONNECT by HTTP/2 (RFC
	 * 9113, section 8.5)
	 * @return the target, {@code null} when two readers could disagree about it
	 */
	public static @Nullable RequestTarget parse(String uri) {
		if (uri.isEmpty()) {
			return null;
		}
		if (uri.charAt(0) == '/') {
			return parse("", uri, 0);
		}
		int authority = skipScheme(uri);
		if (authority < 0) {
			return null;
		}
		int end = authority;
		while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
			end++;
		}
		return (end > authority) ? parse(uri.substring(authority, end), uri, end) : null;
	}

	private static @Nullable RequestTarget parse(String authority, String uri, int start) {
		int mark = uri.indexOf('?', start);
		int end = (mark < 0) ? uri.length() : mark;
		for (int i = end; i < uri.length(); i++) {
			char c = uri.charAt(i);
			if (c <= ' ' || c >= 0x7f || c == '#') {
				return null;
			}
		}
		String path = (start == end && !authority.isEmpty()) ? "/" : CanonicalPath.of(uri.substring(start, end));
		return (path != null) ? new RequestTarget(authority, path, uri.substring(end)) : null;
	}

	private static int skipScheme(String uri) {
		if (uri.regionMatches(true, 0, "http://", 0, 7)) {
			return 7;
		}
		return uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
	}

}
