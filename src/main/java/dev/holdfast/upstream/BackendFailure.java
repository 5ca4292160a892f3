package dev.holdfast.upstream;

/**
 * Tells a circuit breaker how a request failed. Without a stack: failures come in
 * thousands, and all from the same place.
 */
final class BackendFailure extends RuntimeException {

	private static final long serialVersionUID = 1L;

	BackendFailure(Outcome outcome) {
		super("The request ended as " + outcome, null, false, false);
	}

}
