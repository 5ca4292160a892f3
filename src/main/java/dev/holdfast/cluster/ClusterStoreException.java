package dev.holdfast.cluster;

/**
 * The store could not be asked, or refused. The message says what, where and why.
 */
public class ClusterStoreException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final boolean denied;

	/**
	 * Creates the exception.
	 * @param message what failed, where, and why
	 * @param denied whether the store denies the permission, which only an operator can
	 * change
	 */
	public ClusterStoreException(String message, boolean denied) {
		super(message);
		this.denied = denied;
	}

	/**
	 * Whether the store denies the permission.
	 * @return whether it does
	 */
	public boolean isDenied() {
		return this.denied;
	}

}
