package dev.holdfast.route;

import org.jspecify.annotations.Nullable;

/**
 * What the value of a field, a query parameter or a cookie must be.
 */
public sealed interface ValueMatch {

	/**
	 * Return whether a value is what is asked for.
	 * @param value the value, {@code null} when the request has none
	 * @return whether it is
	 */
	boolean matches(@Nullable String value);

	/**
	 * One value.
	 *
	 * @param value the value
	 */
	record Exact(String value) implements ValueMatch {

		@Override
		public boolean matches(@Nullable String other) {
			return this.value.equals(other);
		}

	}

	/**
	 * Any value that a regular expression matches as a whole.
	 *
	 * @param regex the expression
	 */
	record Regular(Regex regex) implements ValueMatch {

		@Override
		public boolean matches(@Nullable String value) {
			return value != null && this.regex.matches(value);
		}

	}

	/**
	 * Any value at all.
	 */
	record Present() implements ValueMatch {

		@Override
		public boolean matches(@Nullable String value) {
			return value != null;
		}

	}

}
