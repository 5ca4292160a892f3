package dev.holdfast.registry;

/**
 * Why a generation of client, list and watch ended.
 */
public enum EndCause {

	/**
	 * The newest revision could not be read.
	 */
	READ_FAILED,

	/**
	 * Listing failed.
	 */
	LIST_FAILED,

	/**
	 * A list did not come in time.
	 */
	LIST_TIMEOUT,

	/**
	 * A lease could not be read.
	 */
	LEASE_FAILED,

	/**
	 * A watch failed.
	 */
	WATCH_ERROR,

	/**
	 * A watch was completed.
	 */
	WATCH_ENDED,

	/**
	 * Delivery on a watch was not proven in time.
	 */
	SILENT_WATCH,

	/**
	 * The cluster was wiped or restored.
	 */
	HISTORY_CHANGED,

	/**
	 * The material that secures connections changed.
	 */
	TLS_CHANGED,

	/**
	 * An operator wanted a new connection.
	 */
	OPERATOR,

	/**
	 * The client failed in itself.
	 */
	INTERNAL_ERROR

}
