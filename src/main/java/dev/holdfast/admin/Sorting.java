package dev.holdfast.admin;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

/**
 * The orders that a list can be in.
 *
 * @param orders the orders by their names
 * @param usual the name of the one that it is in when none is asked for, with a minus
 * before it for the reverse
 */
record Sorting<T>(Map<String, Comparator<T>> orders, String usual) {

	private static final String REVERSED = "-";

	/**
	 * Copies the orders.
	 */
	Sorting {
		orders = Map.copyOf(orders);
	}

	/**
	 * Finds an order.
	 * @param sort the parameter's value, {@code null} when it is absent; a minus before
	 * the name turns the order round
	 * @throws ProblemException if there is none of that name
	 */
	Comparator<T> by(@Nullable String sort) {
		String wanted = (sort != null) ? sort : this.usual;
		boolean reversed = wanted.startsWith(REVERSED);
		Comparator<T> order = this.orders.get(reversed ? wanted.substring(REVERSED.length()) : wanted);
		if (order == null) {
			throw ProblemException.badParameter("sort", wanted, "one of %s, with a minus before it for the reverse"
				.formatted(String.join(", ", new TreeSet<>(this.orders.keySet()))));
		}
		return reversed ? order.reversed() : order;
	}

}
