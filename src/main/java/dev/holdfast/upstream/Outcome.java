package dev.holdfast.upstream;

/**
 * How a try or a request ended, as far as the backend is to blame.
 */
public enum Outcome {

	/** An answer below 500 arrived whole. */
	SUCCESS("with an answer"),

	/** The backend answered with a status of 500 or above, or one of gRPC's like it. */
	SERVER_ERROR("with a server error"),

	/** No connection could be made. */
	CONNECT_FAILURE("without a connection"),

	/** The connection broke, or what arrived was no HTTP. */
	BROKEN("by a broken connection or an unreadable answer"),

	/** The answer did not come in time. */
	TIMEOUT("without an answer in time"),

	/** The client went away, or its request was at fault: says nothing of the backend. */
	CANCELLED("by its client");

	private final String description;

	Outcome(String description) {
		this.description = description;
	}

	/**
	 * Tells how it ended, as the end of a sentence.
	 * @return such as "with a server error"
	 */
	public String description() {
		return this.description;
	}

}
