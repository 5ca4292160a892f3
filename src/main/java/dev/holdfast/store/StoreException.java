package dev.holdfast.store;

/**
 * The store could not be asked, or refused. The message says what, where and why.
 */
public class StoreException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final boolean denied;

	private final boolean refused;

	private final boolean compacted;

	/**
	 * Creates the exception.
	 * @param message what failed, where, and why
	 * @param denied whether the store denies the permission, which only an operator can
	 * change
	 */
	public StoreException(String message, boolean denied) {
		this(message, denied, denied);
	}

	/**
	 * Creates the exception.
	 * @param message what failed, where, and why
	 * @param denied whether the store denies the permission, which only an operator can
	 * change
	 * @param refused whether it is certain that nothing was done
	 */
	public StoreException(String message, boolean denied, boolean refused) {
		this(message, denied, refused, false);
	}

	private StoreException(String message, boolean denied, boolean refused, boolean compacted) {
		super(message);
		this.denied = denied;
		this.refused = refused;
		this.compacted = compacted;
	}

	/**
	 * Return the exception for changes that the store has forgotten.
	 * @param message what failed, where, and why
	 * @return the exception
	 */
	public static StoreException compacted(String message) {
		return new StoreException(message, false, true, true);
	}

	/**
	 * Whether the store denies the permission.
	 * @return whether it does
	 */
	public boolean isDenied() {
		return this.denied;
	}

	/**
	 * Whether the store has forgotten the changes that were asked for.
	 * @return whether it has
	 */
	public boolean isCompacted() {
		return this.compacted;
	}

	/**
	 * Whether the store has refused. Otherwise it may have done what was asked although
	 * its answer did not arrive.
	 * @return whether it is certain that nothing was done
	 */
	public boolean isRefused() {
		return this.refused;
	}

}
