package dev.holdfast.proxy;

import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;

/**
 * Hears of every request and every try. Called on event loops: it must neither block nor
 * throw.
 */
public interface ExchangeListener {

	/**
	 * A request's head has arrived. Followed by one {@link #onEnd}.
	 */
	default void onStart() {
	}

	/**
	 * A request has ended.
	 * @param record what there is to tell; valid only during this call
	 */
	default void onEnd(ExchangeRecord record) {
	}

	/**
	 * A try has ended.
	 * @param service the service whose instance was tried
	 * @param outcome how it ended
	 * @param nanos how long it took, nanoseconds
	 */
	default void onTry(ServiceName service, Outcome outcome, long nanos) {
	}

	/**
	 * A connection to an instance could not be made.
	 * @param service the instance's service
	 * @param reason one of a few words, fit for a label
	 */
	default void onConnectFailure(ServiceName service, String reason) {
	}

	/**
	 * A request is about to be tried again.
	 * @param service the service it is for
	 */
	default void onRetry(ServiceName service) {
	}

	/**
	 * A request is not tried again, because as many as may be are on a further try.
	 * @param service the service it is for
	 */
	default void onRetryRefused(ServiceName service) {
	}

	/**
	 * A client was turned away before there was a request.
	 * @param address the client's IP address
	 * @param reason one of a few words, fit for a label
	 * @param error what it was told
	 */
	default void onTurnedAway(String address, String reason, GatewayError error) {
	}

	/**
	 * A request was turned away before it was routed.
	 * @param reason one of a few words, fit for a label
	 */
	default void onRejected(String reason) {
	}

}
