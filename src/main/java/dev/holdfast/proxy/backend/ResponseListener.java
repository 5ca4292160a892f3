package dev.holdfast.proxy.backend;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;

/**
 * Hears what comes of a request to an instance. Called on its event loop until
 * {@link #onEnd} or {@link #onFailed}, or until the stream is given up.
 */
public interface ResponseListener {

	/**
	 * An interim response has come: 100 or 103, others are passed over.
	 * @param head its head, valid during this call
	 */
	void onInterim(ResponseHead head);

	/**
	 * The head of the response has come, also a 101. If it has no body, {@link #onEnd}
	 * follows in the same turn.
	 * @param head its head, valid until the response has ended
	 */
	void onHead(ResponseHead head);

	/**
	 * More of the response's body has come. Not called while it is paused, nor for what
	 * an instance sends against the rules behind HEAD, 204 or 304.
	 * @param data the bytes, for the listener to release
	 */
	void onBody(ByteBuf data);

	/**
	 * The response has come whole. The connection takes itself back for other requests if
	 * the request has been sent whole as well, else the listener gives the stream up.
	 * @param trailers its trailers; valid during this call
	 */
	void onEnd(HeaderFields trailers);

	/**
	 * The response will not come, or not come to its end. The stream has ended.
	 * @param failure why
	 */
	void onFailed(BackendFailure failure);

	/**
	 * There is room again for the request's body. Called only after
	 * {@link BackendStream#isWritable} was {@code false}.
	 */
	void onWritable();

}
