package dev.holdfast.upstream;

import java.time.Duration;

/**
 * When an instance is left alone while another can take its requests.
 *
 * @param refusalTime how long one that refused a connection is ejected; doubled by each
 * refusal that follows
 * @param maxRefusalTime where the doubling ends
 * @param consecutiveFailures how many requests in a row an instance must fail to be
 * ejected, 0 for never
 * @param time how long one that failed so many is ejected; as long again for each time
 * that it was before
 * @param maxTime where that ends
 * @param maxEjected the share of a service's instances that may be ejected because they
 * fail requests, 0 to 1; one always may
 * @param outliers which instances are ejected because they fail more requests than the
 * others
 */
public record EjectionSettings(Duration refusalTime, Duration maxRefusalTime, int consecutiveFailures, Duration time,
		Duration maxTime, double maxEjected, OutlierSettings outliers) {

	private static final Duration LONGEST = Duration.ofDays(1);

	/**
	 * One second, doubled up to thirty; five failures or a low success rate, thirty
	 * seconds up to five minutes, half of a service.
	 */
	public static final EjectionSettings DEFAULTS = new EjectionSettings(Duration.ofSeconds(1), Duration.ofSeconds(30),
			5, Duration.ofSeconds(30), Duration.ofMinutes(5), 0.5, OutlierSettings.DEFAULTS);

	/**
	 * Checks the durations and numbers.
	 * @throws IllegalArgumentException if a duration is not positive, longer than a day,
	 * or the maximum is the smaller one, if the number is negative, or if the share is
	 * none
	 */
	public EjectionSettings {
		check("refusal-time", refusalTime, maxRefusalTime);
		check("time", time, maxTime);
		if (consecutiveFailures < 0) {
			throw new IllegalArgumentException(
					"consecutive-failures: %d (expected: >= 0)".formatted(consecutiveFailures));
		}
		if (!(maxEjected >= 0 && maxEjected <= 1)) {
			throw new IllegalArgumentException("max-ejected: %s (expected: 0 to 1)".formatted(maxEjected));
		}
	}

	/**
	 * The same, but instances are not compared with each other.
	 * @param refusalTime how long one that refused a connection is ejected
	 * @param maxRefusalTime where the doubling ends
	 * @param consecutiveFailures how many requests in a row an instance must fail
	 * @param time how long one that failed so many is ejected
	 * @param maxTime where that ends
	 * @param maxEjected the share that may be ejected because they fail requests
	 */
	public EjectionSettings(Duration refusalTime, Duration maxRefusalTime, int consecutiveFailures, Duration time,
			Duration maxTime, double maxEjected) {
		this(refusalTime, maxRefusalTime, consecutiveFailures, time, maxTime, maxEjected, OutlierSettings.OFF);
	}

	private static void check(String name, Duration time, Duration longest) {
		if (!time.isPositive() || time.compareTo(longest) > 0) {
			throw new IllegalArgumentException(
					"%s: %s (expected: positive and at most max-%s %s)".formatted(name, time, name, longest));
		}
		if (longest.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("max-%s: %s (expected: at most %s)".formatted(name, longest, LONGEST));
		}
	}

	/**
	 * How many of a service's instances may be ejected at a time because they fail
	 * requests.
	 */
	int mostEjected(int instances) {
		return Math.max(1, (int) (instances * this.maxEjected));
	}

	/**
	 * Whether instances are ejected because they fail requests in a row.
	 */
	boolean countsFailures() {
		return this.consecutiveFailures > 0;
	}

	/**
	 * Whether instances are ejected because they fail requests.
	 */
	boolean ejectsForFailures() {
		return countsFailures() || this.outliers.enabled();
	}

}
