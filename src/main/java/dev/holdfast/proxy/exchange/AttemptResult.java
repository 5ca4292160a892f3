package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.ConnectFailure;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.upstream.Outcome;

/**
 * What an attempt on one instance came to.
 */
sealed interface AttemptResult {

	/**
	 * The response has come whole.
	 *
	 * @param outcome what it says of the service
	 * @param trailers its trailers, valid during the call that brings the result
	 */
	record Responded(Outcome outcome, HeaderFields trailers) implements AttemptResult {
	}

	/**
	 * A response has come that the client does not get, because another instance may have
	 * a better one.
	 */
	record Discarded() implements AttemptResult {
	}

	/**
	 * No connection could be made.
	 *
	 * @param reason why
	 */
	record ConnectFailed(ConnectFailure reason) implements AttemptResult {
	}

	/**
	 * It is certain that the instance did nothing for the request (RFC 9113, section
	 * 8.7).
	 */
	record Refused() implements AttemptResult {
	}

	/**
	 * It broke before the response's head.
	 *
	 * @param error what the client is told if there is no other attempt
	 * @param reused whether its connection had carried a request before
	 */
	record Broken(GatewayError error, boolean reused) implements AttemptResult {
	}

	/**
	 * It broke behind the response's head.
	 *
	 * @param error why
	 */
	record BrokenOff(GatewayError error) implements AttemptResult {
	}

	/**
	 * The instance cannot do what is asked, and no other could.
	 *
	 * @param error what the client is told
	 */
	record Unsupported(GatewayError error) implements AttemptResult {
	}

}
