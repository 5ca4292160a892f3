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
		return new PageRequest((int) Parameters.number("page", page, 0, 0, Integer.MAX_VALUE),
				(int) Parameters.number("size", size, DEFAULT_SIZE, 1, MAX_SIZE));
	}

}
