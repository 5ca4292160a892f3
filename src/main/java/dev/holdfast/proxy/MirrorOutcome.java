package dev.holdfast.proxy;

/**
 * What became of a copy of a request.
 */
public enum MirrorOutcome {

	/** It was answered, with a status below 500. */
	SUCCESS,

	/** It was answered with a status of 500 or more. */
	SERVER_ERROR,

	/** No connection could be made, or the answer broke off or did not come in time. */
	FAILURE,

	/**
	 * It was not sent: its body is too large to be kept, there is no instance that takes
	 * it, or too many copies are on their way.
	 */
	NOT_SENT

}
