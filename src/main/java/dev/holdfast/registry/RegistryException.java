package dev.holdfast.registry;

/**
 * The registry could not be asked, or did not answer as it must.
 */
public class RegistryException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	/**
	 * Creates the exception.
	 * @param message what failed, where, and why
	 */
	public RegistryException(String message) {
		super(message);
	}

	/**
	 * Creates the exception.
	 * @param message what failed, where, and why
	 * @param cause the client's own exception
	 */
	public RegistryException(String message, Throwable cause) {
		super(message, cause);
	}

}
