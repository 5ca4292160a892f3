package dev.holdfast.upstream;

import java.time.Duration;

/**
 * Which instances are ejected because they fail more requests than the others of their
 * service.
 *
 * @param deviations by how many standard deviations the part of its requests that
 * succeeds must be below the mean, 0 to compare none
 * @param minInstances how many instances there must be to compare
 * @param minRequests how many requests of each must have ended within the interval
 * @param interval how often they are compared
 */
public record OutlierSettings(double deviations, int minInstances, int minRequests, Duration interval) {

	/**
	 * 1.9 deviations among five instances with a hundred requests each in ten seconds.
	 */
	public static final OutlierSettings DEFAULTS = new OutlierSettings(1.9, 5, 100, Duration.ofSeconds(10));

	/** Compares none. */
	public static final OutlierSettings OFF = new OutlierSettings(0, 5, 100, Duration.ofSeconds(10));

	private static final int FEWEST = 3;

	/**
	 * Checks the numbers.
	 * @throws IllegalArgumentException if one is negative, or too small to compare by
	 */
	public OutlierSettings {
		if (!(deviations >= 0)) {
			throw new IllegalArgumentException("deviations: %s (expected: >= 0)".formatted(deviations));
		}
		if (minInstances < FEWEST) {
			throw new IllegalArgumentException("min-instances: %d (expected: >= %d)".formatted(minInstances, FEWEST));
		}
		if (minRequests < 1) {
			throw new IllegalArgumentException("min-requests: %d (expected: >= 1)".formatted(minRequests));
		}
		if (!interval.isPositive()) {
			throw new IllegalArgumentException("interval: %s (expected: positive)".formatted(interval));
		}
	}

	/**
	 * Whether instances are compared.
	 * @return whether an outlier is ejected
	 */
	public boolean enabled() {
		return this.deviations > 0;
	}

}
