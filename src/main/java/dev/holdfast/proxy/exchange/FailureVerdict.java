package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.upstream.Outcome;

/**
 * What a failure behind a request that was sent says.
 *
 * @param blamed how the attempt ended as far as the instance is to blame
 * @param error what the client is told
 */
record FailureVerdict(Outcome blamed, GatewayError error) {

	/**
	 * Judge a failure. An instance is not to blame for what its client's deadline has
	 * ended, and once for a connection that broke with many requests on it.
	 * @param failure the failure
	 * @param overdue whether the client does not wait any more
	 */
	static FailureVerdict of(BackendFailure failure, boolean overdue) {
		boolean first = switch (failure) {
			case BackendFailure.ConnectionBroken broken -> broken.first();
			case BackendFailure.Malformed malformed -> malformed.first();
			case BackendFailure.StreamReset reset -> true;
			case BackendFailure.Refused refused -> true;
			case BackendFailure.HandshakeRefused refused -> true;
		};
		GatewayError error = (failure instanceof BackendFailure.Malformed) ? GatewayError.BAD_ANSWER
				: GatewayError.BACKEND_RESET;
		return new FailureVerdict((first && !overdue) ? Outcome.BROKEN : Outcome.CANCELLED, error);
	}

}
