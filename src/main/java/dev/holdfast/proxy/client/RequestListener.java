package dev.holdfast.proxy.client;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import io.netty.buffer.ByteBuf;

/**
 * Hears how a request goes on behind its head. Called on its event loop, until the
 * response has been ended or broken off; of these events, {@link #onGone} is the last.
 */
public interface RequestListener {

	/**
	 * More of the body has come. Not called while it is paused.
	 * @param data the bytes, for the listener to release
	 */
	void onBody(ByteBuf data);

	/**
	 * The request has come whole. Not called for a request whose head says that no body
	 * follows, and not while it is paused.
	 * @param trailers its trailers, those that may be passed on alone (RFC 9110, section
	 * 6.5.1); valid during this call
	 */
	void onEnd(HeaderFields trailers);

	/**
	 * The body turned out to be malformed: no instance may take what it got for whole.
	 * Nothing more of it comes. Told also behind the response's end, for as long as the
	 * body is being read.
	 * @param rejection why
	 */
	void onMalformed(Rejection rejection);

	/**
	 * The client has gone, or has given the request up, before it had the whole response.
	 */
	void onGone();

	/**
	 * The client has taken so much of the response that there is room again. Called only
	 * after {@link ClientStream#isWritable} was {@code false}.
	 */
	void onWritable();

}
