package dev.holdfast.upstream;

import java.time.Duration;

/**
 * How an instance takes part in the choice for a request.
 */
public sealed interface InstanceState {

	/**
	 * It gets requests as any other does.
	 */
	record Routable() implements InstanceState {
	}

	/**
	 * It fails, but gets requests, because as many of its service are ejected as may be.
	 *
	 * @param failures how many requests in a row it has failed
	 */
	record Failing(int failures) implements InstanceState {
	}

	/**
	 * It gets requests only when there is no other.
	 *
	 * @param cause how the request ended for which it was ejected
	 * @param failures how many requests in a row it had failed
	 * @param time for how long
	 */
	record Ejected(Outcome cause, int failures, Duration time) implements InstanceState {
	}

	/**
	 * Its ejection is over, and it gets one request at a time until one succeeds.
	 *
	 * @param cause how the request ended for which it was ejected
	 * @param failures how many requests in a row it had failed
	 */
	record Returning(Outcome cause, int failures) implements InstanceState {
	}

	/** It gets no requests at an operator's word, not even when there is no other. */
	record Draining() implements InstanceState {
	}

}
