package dev.holdfast.proxy.exchange;

import dev.holdfast.upstream.Outcome;

/**
 * What a whole response says.
 *
 * @param responded what the instance has responded
 * @param blamed what that says of the instance and its service: {@link Outcome#CANCELLED}
 * for nothing
 */
record ResponseVerdict(Outcome responded, Outcome blamed) {

	private static final ResponseVerdict SUCCESS = new ResponseVerdict(Outcome.SUCCESS, Outcome.SUCCESS);

	private static final ResponseVerdict FAILURE = new ResponseVerdict(Outcome.SERVER_ERROR, Outcome.SERVER_ERROR);

	/** A failure that any client can ask for. */
	private static final ResponseVerdict CLIENTS_DOING = new ResponseVerdict(Outcome.SERVER_ERROR, Outcome.CANCELLED);

	/**
	 * Judge a response. 501 and 505 are of the request's method and version,
	 * UNIMPLEMENTED of its path, and DEADLINE_EXCEEDED of the client's own deadline.
	 * Which of gRPC's statuses are failures is the mapping of Envoy and of gRPC's own
	 * gateway.
	 * @param status the HTTP status
	 * @param grpcStatus the status of a gRPC call, empty for none
	 */
	static ResponseVerdict of(int status, String grpcStatus) {
		if (status >= 500) {
			return (status == 501 || status == 505) ? CLIENTS_DOING : FAILURE;
		}
		return switch (grpcStatus) {
			// UNKNOWN, INTERNAL, UNAVAILABLE, DATA_LOSS
			case "2", "13", "14", "15" -> FAILURE;
			// DEADLINE_EXCEEDED, UNIMPLEMENTED
			case "4", "12" -> CLIENTS_DOING;
			default -> SUCCESS;
		};
	}

}
