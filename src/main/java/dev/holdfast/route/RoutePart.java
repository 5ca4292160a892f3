package dev.holdfast.route;

/**
 * How a part of a route that cannot be used is told of.
 */
final class RoutePart {

	/** The longest name of a host (RFC 1035, section 2.3.4), in characters. */
	static final int LONGEST_HOST = 253;

	private RoutePart() {
	}

	/**
	 * Return what to throw for a part that cannot be used.
	 * @param part what the part is called
	 * @param value its value
	 * @param expected what was expected instead
	 * @return the exception
	 */
	static IllegalArgumentException invalid(String part, String value, String expected) {
		return new IllegalArgumentException("%s: \"%s\" (expected: %s)".formatted(part, value, expected));
	}

}
