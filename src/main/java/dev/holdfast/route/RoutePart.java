package dev.holdfast.route;

/**
 * How a part of a route that cannot be used is told of.
 */
final class RoutePart {

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
