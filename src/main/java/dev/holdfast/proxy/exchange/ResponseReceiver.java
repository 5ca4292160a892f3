package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Takes what an instance sends for a client.
 */
interface ResponseReceiver {

	/**
	 * An interim response has come.
	 * @param head its head, valid during this call
	 */
	void onInterim(ResponseHead head);

	/**
	 * The head of the response that the client gets has come.
	 * @param head the head, valid until the response has ended
	 * @param stream brings the body
	 */
	void onResponse(ResponseHead head, BackendStream stream);

	/**
	 * More of the response's body has come.
	 * @param data the bytes, for the receiver to release
	 */
	void onResponseBody(ByteBuf data);

	/**
	 * The instance leaves HTTP for a protocol that the client offered.
	 * @param head the head that says so, valid during this call
	 * @param stream the instance's end of the tunnel, which the receiver takes
	 */
	void onSwitched(ResponseHead head, BackendStream stream);

	/**
	 * There is room again for the request's body.
	 */
	void onRequestWritable();

}
