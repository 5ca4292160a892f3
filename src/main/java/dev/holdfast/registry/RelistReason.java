package dev.holdfast.registry;

/**
 * Why everything is listed.
 */
public enum RelistReason {

	/**
	 * A generation begins.
	 */
	START,

	/**
	 * The time for one has come.
	 */
	PERIODIC,

	/**
	 * An operator wants it.
	 */
	REFRESH,

	/**
	 * Delivery cannot be proven otherwise.
	 */
	BARRIER,

	/**
	 * It is compared, and not applied.
	 */
	DIFF

}
