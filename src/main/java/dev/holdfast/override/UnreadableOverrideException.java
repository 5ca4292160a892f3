package dev.holdfast.override;

/**
 * A text is not an override. The message says where, and what was expected.
 */
public class UnreadableOverrideException extends Exception {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what was found, and what was expected
	 */
	public UnreadableOverrideException(String message) {
		super(message);
	}

}
