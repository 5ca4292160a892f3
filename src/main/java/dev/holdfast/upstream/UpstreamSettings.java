package dev.holdfast.upstream;

import java.time.Duration;

/**
 * How instances are chosen and when they are left alone.
 *
 * @param balancer how an instance is chosen
 * @param ejectionTime how long an instance that refused a connection gets no requests
 * while another can take them; doubled by each refusal that follows
 * @param maxEjectionTime where the doubling ends
 * @param maxRequests how many requests an instance gets at a time, 0 for any number
 * @param maxQueued how many requests may wait until an instance of their service can take
 * one more
 */
public record UpstreamSettings(Balancer balancer, Duration ejectionTime, Duration maxEjectionTime, int maxRequests,
		int maxQueued) {

	private static final Duration LONGEST = Duration.ofDays(1);

	/**
	 * Least request; one second, doubled up to thirty; a thousand, and a hundred more.
	 */
	public static final UpstreamSettings DEFAULTS = new UpstreamSettings(Balancer.LEAST_REQUEST, Duration.ofSeconds(1),
			Duration.ofSeconds(30), 1000, 100);

	/**
	 * Checks the durations and numbers.
	 * @throws IllegalArgumentException if a duration is not positive, longer than a day,
	 * or the maximum is the smaller one, or if a number is negative
	 */
	public UpstreamSettings {
		if (maxRequests < 0) {
			throw new IllegalArgumentException("max-requests: %d (expected: >= 0)".formatted(maxRequests));
		}
		if (maxQueued < 0) {
			throw new IllegalArgumentException("max-queued: %d (expected: >= 0)".formatted(maxQueued));
		}
		if (!ejectionTime.isPositive() || ejectionTime.compareTo(maxEjectionTime) > 0) {
			throw new IllegalArgumentException("ejection-time: %s (expected: positive and at most max-ejection-time %s)"
				.formatted(ejectionTime, maxEjectionTime));
		}
		if (maxEjectionTime.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException(
					"max-ejection-time: %s (expected: at most %s)".formatted(maxEjectionTime, LONGEST));
		}
	}

}
