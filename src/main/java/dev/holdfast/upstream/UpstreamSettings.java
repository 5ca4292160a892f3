package dev.holdfast.upstream;

import java.time.Duration;

/**
 * How instances are chosen and when they are left alone.
 *
 * @param balancer how an instance is chosen
 * @param ejection when an instance gets no requests while another can take them
 * @param maxRequests how many requests an instance gets at a time, 0 for any number
 * @param maxQueued how many requests may wait until an instance of their service, or of
 * their part of it, can take one more
 * @param slowStart for how long a new or recovered instance gets less than its share, 0
 * for not at all
 * @param zone the gateway's own zone, whose instances are preferred, empty for none
 * @param hashOn what requests are told by whose balancer is {@link Balancer#HASH}
 */
public record UpstreamSettings(Balancer balancer, EjectionSettings ejection, int maxRequests, int maxQueued,
		Duration slowStart, String zone, HashOn hashOn) {

	/**
	 * Least request; a thousand requests on an instance, and a hundred more.
	 */
	public static final UpstreamSettings DEFAULTS = new UpstreamSettings(Balancer.LEAST_REQUEST,
			EjectionSettings.DEFAULTS, 1000, 100);

	/**
	 * The same without slow start and zones.
	 * @param balancer how an instance is chosen
	 * @param ejection when an instance gets no requests while another can take them
	 * @param maxRequests how many requests an instance gets at a time
	 * @param maxQueued how many requests may wait
	 */
	public UpstreamSettings(Balancer balancer, EjectionSettings ejection, int maxRequests, int maxQueued) {
		this(balancer, ejection, maxRequests, maxQueued, Duration.ZERO, "", new HashOn.ClientAddress());
	}

	/**
	 * Checks the numbers.
	 * @throws IllegalArgumentException if one is negative
	 */
	public UpstreamSettings {
		if (maxRequests < 0) {
			throw new IllegalArgumentException("max-requests: %d (expected: >= 0)".formatted(maxRequests));
		}
		if (slowStart.isNegative()) {
			throw new IllegalArgumentException("slow-start: %s (expected: >= 0)".formatted(slowStart));
		}
		if (maxQueued < 0) {
			throw new IllegalArgumentException("max-queued: %d (expected: >= 0)".formatted(maxQueued));
		}
	}

}
