package dev.holdfast.route;

import java.util.Locale;
import java.util.regex.Pattern;

import dev.holdfast.service.Redaction;

/**
 * What a header field, a query parameter or a cookie must be.
 *
 * @param name its name
 * @param value what its value must be
 */
public record FieldMatch(String name, ValueMatch value) {

	private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");

	private static final Pattern HEADER_VALUE = Pattern.compile("[!-~]([ -~]*[!-~])?");

	private static final Pattern COOKIE_VALUE = Pattern.compile("[!-~&&[^,;\\\\]]*");

	/**
	 * Return what a header field must be.
	 * @param name its name, in any case
	 * @param value what its value must be
	 * @return the condition
	 * @throws IllegalArgumentException if no request could have such a field
	 */
	public static FieldMatch header(String name, ValueMatch value) {
		if (!TOKEN.matcher(name).matches()) {
			throw RoutePart.invalid("header", name, "an HTTP field name");
		}
		check("header value", name, value, HEADER_VALUE, "printable ASCII without white space at its ends");
		return new FieldMatch(name.toLowerCase(Locale.ROOT), value);
	}

	/**
	 * Return what a query parameter must be: the first of its name, decoded.
	 * @param name its name
	 * @param value what its value must be
	 * @return the condition
	 * @throws IllegalArgumentException if the name is empty
	 */
	public static FieldMatch queryParameter(String name, ValueMatch value) {
		if (name.isEmpty()) {
			throw RoutePart.invalid("query parameter", name, "a name");
		}
		return new FieldMatch(name, value);
	}

	/**
	 * Return what a cookie must be: the first of its name, as it is.
	 * @param name its name
	 * @param value what its value must be
	 * @return the condition
	 * @throws IllegalArgumentException if no request could have such a cookie
	 */
	public static FieldMatch cookie(String name, ValueMatch value) {
		if (!TOKEN.matcher(name).matches()) {
			throw RoutePart.invalid("cookie", name, "a name of a cookie");
		}
		check("cookie value", name, value, COOKIE_VALUE,
				"printable ASCII without white space, comma, semicolon or backslash");
		return new FieldMatch(name, value);
	}

	private static void check(String part, String name, ValueMatch value, Pattern allowed, String expected) {
		if (value instanceof ValueMatch.Exact exact && !allowed.matcher(exact.value()).matches()) {
			throw RoutePart.invalid(part, Redaction.value(name, exact.value()), expected);
		}
	}

}
