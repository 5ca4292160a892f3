package dev.holdfast.route.document;

import java.util.List;
import java.util.regex.Pattern;

import dev.holdfast.service.Likeness;

/**
 * Checks the methods of routes. Every token may be one (RFC 9110, section 9.1).
 */
final class Methods {

	private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]{0,63}");

	/** What no request is forwarded with. */
	private static final List<String> NOT_FORWARDED = List.of("CONNECT", "TRACE");

	/** RFC 9110, section 9.3, and RFC 5789. */
	private static final List<String> COMMON = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH");

	/** A method of servers by Microsoft that looks like a slip of one of those. */
	private static final String ALIKE = "BDELETE";

	private Methods() {
	}

	/**
	 * Return a method.
	 * @throws IllegalArgumentException if no request could have it, or it looks like a
	 * slip of a common one
	 */
	static String checked(String method) {
		if (!METHOD.matcher(method).matches()) {
			throw invalid(method, "an HTTP method in upper case");
		}
		if (NOT_FORWARDED.contains(method)) {
			throw invalid(method, "a method that the gateway forwards");
		}
		if (!COMMON.contains(method) && !method.equals(ALIKE)) {
			Likeness.nearest(method, COMMON, 1).ifPresent((meant) -> {
				throw invalid(method, meant);
			});
		}
		return method;
	}

	private static IllegalArgumentException invalid(String method, String expected) {
		return new IllegalArgumentException("\"%s\" (expected: %s)".formatted(method, expected));
	}

}
