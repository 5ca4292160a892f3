package dev.holdfast.route;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * When a route's requests are tried again, always on another instance. How long one try
 * may take is {@link RouteTimes#perTry}.
 *
 * @param attempts how many more tries a request may have, 0 to 2
 * @param statuses the statuses with which an instance's answer is given up for another
 * one's, if the request may be done twice
 * @param backoff how long to wait at least before the next try, twice as long before the
 * one after it, and up to once more at random; zero for the first at once. When nothing
 * was sent to an instance there is no wait
 */
public record RetryPolicy(int attempts, Set<Integer> statuses, Duration backoff) {

	/** The most that a request may be tried again. */
	public static final int MOST_ATTEMPTS = 2;

	/** Two more tries, when an instance says that it cannot serve, the first at once. */
	public static final RetryPolicy DEFAULTS = new RetryPolicy(MOST_ATTEMPTS, Set.of(502, 503, 504), Duration.ZERO);

	private static final int FIRST_ERROR = 400;

	private static final int LAST_ERROR = 599;

	/**
	 * Copies the statuses and checks all parts.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public RetryPolicy {
		if (attempts < 0 || attempts > MOST_ATTEMPTS) {
			throw new IllegalArgumentException(
					"retry attempts: %d (expected: 0 to %d)".formatted(attempts, MOST_ATTEMPTS));
		}
		for (int status : new TreeSet<>(statuses)) {
			if (status < FIRST_ERROR || status > LAST_ERROR) {
				throw new IllegalArgumentException(
						"status to retry on: %d (expected: %d to %d)".formatted(status, FIRST_ERROR, LAST_ERROR));
			}
		}
		statuses = Set.copyOf(statuses);
		if (!backoff.isZero()) {
			TimeLimits.check("retry backoff", backoff);
		}
	}

	/**
	 * Whether an answer with a status is given up for another instance's.
	 * @param status the status
	 * @return whether it is one of those
	 */
	public boolean isRetried(int status) {
		return status >= FIRST_ERROR && this.statuses.contains(status);
	}

}
