package dev.holdfast.admin;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Reads what a request's parameters have in common.
 */
final class Parameters {

	private Parameters() {
	}

	/**
	 * Reads a whole number.
	 * @param name the parameter's name
	 * @param text its value, {@code null} when it is absent
	 * @param absent what it is then
	 * @param min the smallest that it may be
	 * @param max the largest that it may be, {@link Long#MAX_VALUE} for any
	 * @throws ProblemException if it is none of these
	 */
	static long number(String name, @Nullable String text, long absent, long min, long max) {
		if (text == null) {
			return absent;
		}
		try {
			long number = Long.parseLong(text);
			if (number >= min && number <= max) {
				return number;
			}
		}
		catch (NumberFormatException ex) {
			throw outOfRange(name, text, min, max);
		}
		throw outOfRange(name, text, min, max);
	}

	private static ProblemException outOfRange(String name, String text, long min, long max) {
		return ProblemException.badParameter(name, text, (max == Long.MAX_VALUE)
				? "a whole number from %d".formatted(min) : "a whole number from %d to %d".formatted(min, max));
	}

	/**
	 * Reads in which order of time a list is asked for.
	 * @param sort the parameter's value, {@code null} when it is absent
	 * @return whether the newest comes first, as it does when the parameter is absent
	 * @throws ProblemException if it is neither order
	 */
	static boolean isNewestFirst(@Nullable String sort) {
		if (sort == null || sort.equals("-time")) {
			return true;
		}
		if (sort.equals("time")) {
			return false;
		}
		throw ProblemException.badParameter("sort", sort, "time or -time");
	}

	/**
	 * Reads constants in any case, separated by commas.
	 * @param name the parameter's name
	 * @param text its value, {@code null} when it is absent
	 * @param type the constants' type
	 * @return those that are named, all when the parameter is absent
	 * @throws ProblemException if one of them is none of the type
	 */
	static <E extends Enum<E>> Set<E> constants(String name, @Nullable String text, Class<E> type) {
		if (text == null) {
			return EnumSet.allOf(type);
		}
		Set<E> constants = EnumSet.noneOf(type);
		for (String one : text.split(",", -1)) {
			constants.add(named(one.strip(), type).orElseThrow(() -> ProblemException.badParameter(name, text,
					names(type, ", ") + ", or several separated by commas")));
		}
		return constants;
	}

	/**
	 * Reads a constant in any case.
	 * @param name the parameter's name
	 * @param text its value, {@code null} when it is absent
	 * @param type the constant's type
	 * @param absent what it is then
	 * @throws ProblemException if it is none of the type
	 */
	static <E extends Enum<E>> E constant(String name, @Nullable String text, Class<E> type, E absent) {
		return (text == null) ? absent
				: named(text, type).orElseThrow(() -> ProblemException.badParameter(name, text, names(type, " or ")));
	}

	private static <E extends Enum<E>> Optional<E> named(String text, Class<E> type) {
		return EnumSet.allOf(type).stream().filter((constant) -> constant.name().equalsIgnoreCase(text)).findFirst();
	}

	private static <E extends Enum<E>> String names(Class<E> type, String between) {
		return EnumSet.allOf(type).stream().map(Enum::name).collect(Collectors.joining(between));
	}

}
