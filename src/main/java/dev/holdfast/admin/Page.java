package dev.holdfast.admin;

import java.util.List;
import java.util.function.Function;

/**
 * A part of a list.
 *
 * @param items the part
 * @param page its number, from 0
 * @param size the most items that a page has
 * @param total how many items the whole list has
 */
record Page<T>(List<T> items, int page, int size, int total) {

	static <T> Page<T> of(List<T> all, PageRequest request) {
		return of(all, request, (item) -> item);
	}

	/**
	 * Takes a part of a list and makes views of that part alone.
	 */
	static <S, T> Page<T> of(List<S> all, PageRequest request, Function<S, T> view) {
		int from = (int) Math.min((long) request.page() * request.size(), all.size());
		int to = Math.min(from + request.size(), all.size());
		return new Page<>(all.subList(from, to).stream().map(view).toList(), request.page(), request.size(), all.size());
	}

}
