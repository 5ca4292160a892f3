package dev.holdfast.upstream;

import java.time.Duration;

/**
 * How instances are chosen and when they are left alone.
 *
 * @param balancer how an instance is chosen
 * @param ejectionTime how long an instance that refused a connection gets no requests
 * while another can take them; doubled by each refusal that follows
 * @param maxEjectionTime where the doubling ends
 */
public record UpstreamSettings(Balancer balancer, Duration ejectionTime, Duration maxEjectionTime) {

	private static final Duration LONGEST = Duration.ofDays(1);

	/** Least request; one second, doubled up to thirty. */
	public static final UpstreamSettings DEFAULTS = new UpstreamSettings(Balancer.LEAST_REQUEST, Duration.ofSeconds(1),
			Duration.ofSeconds(30));

	/**
	 * Checks the durations.
	 * @throws IllegalArgumentException if one is not positive, longer than a day, or the
	 * maximum is the smaller one
	 */
	public UpstreamSettings {
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
