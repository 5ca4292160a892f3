package dev.holdfast.cluster;

/**
 * A value is not what its key promises. The message says what was found and what was
 * expected.
 */
class UnreadableValueException extends Exception {

	private static final long serialVersionUID = 1L;

	UnreadableValueException(String message) {
		super(message);
	}

}
