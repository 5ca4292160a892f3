package dev.holdfast.registry;

import java.time.Duration;

/**
 * How long to wait between attempts to reach the registry: growing, capped and jittered,
 * and never an end.
 */
public interface Backoff {

	/**
	 * Gives the wait before the next attempt.
	 * @return the wait
	 */
	Duration next();

	/**
	 * Starts again from the shortest wait.
	 */
	void reset();

}
