package dev.holdfast.admin;

import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is asked for.
 *
 * @param page its number, from 0
 * @param size the most items that it may have
 */
record PageRequest(int page, int size) {

	private static final int DEFAULT_SIZE = 100;

	private static final int MAX_SIZE = 1000;

	static PageRequest of(@Nullable String page, @Nullable String size) {
		return new PageRequest(number("page", page, 0, 0, Integer.MAX_VALUE),
				number("size", size, DEFAULT_SIZE, 1, MAX_SIZE));
	}

	private static int number(String name, @Nullable String text, int defaultValue, int min, int max) {
		if (text == null) {
			return defaultValue;
		}
		try {
			int value = Integer.parseInt(text);
			if (value >= min && value <= max) {
				return value;
			}
		}
		catch (NumberFormatException ex) {
			throw outOfRange(name, text, min, max);
		}
		throw outOfRange(name, text, min, max);
	}

	private static ProblemException outOfRange(String name, String text, int min, int max) {
		return ProblemException.badParameter(name, text, "a whole number from %d to %d".formatted(min, max));
	}

}
