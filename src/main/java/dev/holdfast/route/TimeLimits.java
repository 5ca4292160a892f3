package dev.holdfast.route;

import java.time.Duration;

/**
 * How long something on the traffic port may be allowed to take.
 */
public final class TimeLimits {

	/** As many whole days as an {@code int} can hold in milliseconds. */
	public static final Duration LONGEST = Duration.ofDays(24);

	private static final Duration SHORTEST = Duration.ofMillis(1);

	private TimeLimits() {
	}

	/**
	 * Checks a limit.
	 * @param name what the limit is called where it is set
	 * @param value the limit
	 * @throws IllegalArgumentException if it cannot be kept
	 */
	public static void check(String name, Duration value) {
		if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("%s: %s (expected: 1ms to 24d)".formatted(name, value));
		}
	}

}
