package dev.holdfast.route;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.holdfast.service.Likeness;

/**
 * The methods of HTTP. Every token may be one (RFC 9110, section 9.1), so only what looks
 * like a slip of one that is used everywhere is taken for one.
 */
public final class HttpMethods {

	/** RFC 9110, section 9.3, and RFC 5789. */
	private static final List<String> COMMON = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS",
			"TRACE", "PATCH");

	/** Methods of servers by Microsoft that look like a slip of those above. */
	private static final Set<String> ALIKE = Set.of("BDELETE", "TRACK");

	private HttpMethods() {
	}

	/**
	 * Return the method that was meant by one that is not known but looks much like it:
	 * one letter too many, too few or wrong, or two neighbours in the other order.
	 * @param method the method
	 * @return the other method, empty when this one may be meant
	 */
	public static Optional<String> meantBy(String method) {
		if (COMMON.contains(method) || ALIKE.contains(method)) {
			return Optional.empty();
		}
		return Likeness.nearest(method, COMMON, 1)
			.or(() -> COMMON.stream().filter((common) -> hasNeighboursSwapped(common, method)).findFirst());
	}

	private static boolean hasNeighboursSwapped(String common, String method) {
		int first = Arrays.mismatch(common.toCharArray(), method.toCharArray());
		if (common.length() != method.length() || first + 1 >= common.length()) {
			return false;
		}
		return method.charAt(first) == common.charAt(first + 1) && method.charAt(first + 1) == common.charAt(first)
				&& method.substring(first + 2).equals(common.substring(first + 2));
	}

}
