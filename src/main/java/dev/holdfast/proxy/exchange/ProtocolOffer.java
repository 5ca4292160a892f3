package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;

/**
 * What a client offers to speak instead of HTTP.
 */
sealed interface ProtocolOffer permits UpgradeOffer, WebSocketOffer {

	/**
	 * Write the offer into a request to an instance, by HTTP/1.1.
	 * @param fields the request's fields
	 */
	void write(HeaderFields fields);

	/**
	 * Whether an instance switches to what was offered.
	 * @param head the head of its 101
	 */
	boolean isTakenBy(ResponseHead head);

	/**
	 * Whether the request is nothing without it: no instance that speaks HTTP/2 can serve
	 * it, and no response below 300 but a switch would be understood.
	 */
	boolean isRequired();

}
