package dev.holdfast.override;

/**
 * Overrides cannot be handed to the other gateways. The message says why.
 */
public class SharedOverridesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message why
	 */
	public SharedOverridesException(String message) {
		super(message);
	}

}
