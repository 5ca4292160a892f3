package dev.holdfast.route;

import java.time.Duration;

/**
 * How long the parts of a route's requests may take. Zero stands for no limit where it is
 * allowed.
 *
 * @param request how long a request may go without progress until its answer begins:
 * counted from the last byte of the request, over all tries
 * @param perTry how long one try may take until its answer begins, counted like
 * {@code request}; zero for as long as the request may
 * @param total how long a request may take from its head to the end of its answer,
 * whatever progress it makes; zero for any time
 * @param body how long a client may be silent in the middle of its request
 * @param streamIdle how long an answer that has begun may go without a byte in either
 * direction; zero for any time
 */
public record RouteTimes(Duration request, Duration perTry, Duration total, Duration body, Duration streamIdle) {

	/** Thirty seconds to the answer and in the request, five minutes in the answer. */
	public static final RouteTimes DEFAULTS = new RouteTimes(Duration.ofSeconds(30), Duration.ZERO, Duration.ZERO,
			Duration.ofSeconds(30), Duration.ofMinutes(5));

	/**
	 * Checks the durations.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public RouteTimes {
		TimeLimits.check("request-timeout", request);
		checkUnlessZero("try-timeout", perTry);
		checkUnlessZero("total-timeout", total);
		TimeLimits.check("body-timeout", body);
		checkUnlessZero("stream-idle-timeout", streamIdle);
	}

	private static void checkUnlessZero(String name, Duration value) {
		if (!value.isZero()) {
			TimeLimits.check(name, value);
		}
	}

}
