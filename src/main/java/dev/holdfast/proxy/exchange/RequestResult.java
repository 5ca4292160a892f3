package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.HeaderFields;

/**
 * What all attempts of a request came to.
 */
sealed interface RequestResult {

	/**
	 * The response has come whole.
	 *
	 * @param trailers its trailers, valid during the call that brings the result
	 */
	record Responded(HeaderFields trailers) implements RequestResult {
	}

	/**
	 * No response has come, or not a whole one.
	 *
	 * @param error why
	 */
	record Failed(GatewayError error) implements RequestResult {
	}

}
