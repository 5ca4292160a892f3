package dev.holdfast.route.document;

import java.util.List;
import java.util.regex.Pattern;

import dev.holdfast.route.HttpMethods;

/**
 * Checks the methods of routes. Every token may be one (RFC 9110, section 9.1).
 */
final class Methods {

	private static final Pattern METHOD = Pattern.compile("[A-Z][A-Z0-9_-]{0,63}");

	/** What no request is forwarded with. */
	private static final List<String> NOT_FORWARDED = List.of("CONNECT", "TRACE");

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
		HttpMethods.meantBy(method).ifPresent((meant) -> {
			throw invalid(method, meant);
		});
		return method;
	}

	private static IllegalArgumentException invalid(String method, String expected) {
		return new IllegalArgumentException("\"%s\" (expected: %s)".formatted(method, expected));
	}

}
