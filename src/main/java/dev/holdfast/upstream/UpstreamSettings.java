package dev.holdfast.upstream;

/**
 * How instances are chosen and when they are left alone.
 *
 * @param balancer how an instance is chosen
 * @param ejection when an instance gets no requests while another can take them
 * @param maxRequests how many requests an instance gets at a time, 0 for any number
 * @param maxQueued how many requests may wait until an instance of their service can take
 * one more
 */
public record UpstreamSettings(Balancer balancer, EjectionSettings ejection, int maxRequests, int maxQueued) {

	/**
	 * Least request; a thousand requests on an instance, and a hundred more.
	 */
	public static final UpstreamSettings DEFAULTS = new UpstreamSettings(Balancer.LEAST_REQUEST,
			EjectionSettings.DEFAULTS, 1000, 100);

	/**
	 * Checks the numbers.
	 * @throws IllegalArgumentException if one is negative
	 */
	public UpstreamSettings {
		if (maxRequests < 0) {
			throw new IllegalArgumentException("max-requests: %d (expected: >= 0)".formatted(maxRequests));
		}
		if (maxQueued < 0) {
			throw new IllegalArgumentException("max-queued: %d (expected: >= 0)".formatted(maxQueued));
		}
	}

}
