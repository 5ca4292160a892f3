package dev.holdfast.registry;

/**
 * How a full list ended.
 */
public enum RelistOutcome {

	/**
	 * It came.
	 */
	SUCCESS,

	/**
	 * It did not come.
	 */
	FAILURE

}
