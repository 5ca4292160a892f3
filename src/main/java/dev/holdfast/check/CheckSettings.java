package dev.holdfast.check;

import java.time.Duration;
import java.util.Optional;

/**
 * How instances are checked.
 *
 * @param check what they are asked, empty when they are not checked
 * @param interval the time from one check of an instance to the next, give or take a
 * fifth
 * @param timeout how long a check may take
 * @param fall how many checks in a row an instance must fail to be avoided
 * @param rise how many it must then pass in a row to be chosen again
 */
public record CheckSettings(Optional<Check> check, Duration interval, Duration timeout, int fall, int rise) {

	private static final Duration SHORTEST = Duration.ofMillis(100);

	private static final Duration LONGEST = Duration.ofHours(1);

	private static final int MOST_IN_A_ROW = 100;

	/** No checks. */
	public static final CheckSettings DEFAULTS = new CheckSettings(Optional.empty(), Duration.ofSeconds(5),
			Duration.ofSeconds(2), 3, 2);

	/**
	 * Checks the numbers.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public CheckSettings {
		if (interval.compareTo(SHORTEST) < 0 || interval.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("interval: %s (expected: 100ms to 1h)".formatted(interval));
		}
		if (!timeout.isPositive() || timeout.compareTo(interval) > 0) {
			throw new IllegalArgumentException(
					"timeout: %s (expected: more than 0, and no more than the interval)".formatted(timeout));
		}
		checkInARow("fall", fall);
		checkInARow("rise", rise);
	}

	private static void checkInARow(String name, int value) {
		if (value < 1 || value > MOST_IN_A_ROW) {
			throw new IllegalArgumentException("%s: %d (expected: 1 to %d)".formatted(name, value, MOST_IN_A_ROW));
		}
	}

	/**
	 * Return the same with another check.
	 * @param other what instances are asked, empty when they are not checked
	 * @return the other settings
	 */
	public CheckSettings with(Optional<Check> other) {
		return new CheckSettings(other, this.interval, this.timeout, this.fall, this.rise);
	}

}
