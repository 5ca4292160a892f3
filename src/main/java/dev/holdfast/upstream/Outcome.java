package dev.holdfast.upstream;

/**
 * How a try or a request ended, as far as the backend is to blame.
 */
public enum Outcome {

	/** An answer below 500 arrived whole. */
	SUCCESS,

	/** The backend answered with a status of 500 or above. */
	SERVER_ERROR,

	/** No connection could be made. */
	CONNECT_FAILURE,

	/** The connection broke, or what arrived was no HTTP. */
	BROKEN,

	/** The answer did not come in time. */
	TIMEOUT,

	/** The client went away, or its request was at fault: says nothing of the backend. */
	CANCELLED

}
