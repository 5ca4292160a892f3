package dev.holdfast.override;

/**
 * A value is not what its place promises. The message says what was found, and what was
 * expected.
 */
public class UnreadableValueException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was found, and what was expected
	 */
	public UnreadableValueException(String message) {
		super(message);
	}

}
