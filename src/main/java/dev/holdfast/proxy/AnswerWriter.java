package dev.holdfast.proxy;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer to where the client waits for it, and ends or breaks off what that is.
 */
sealed interface AnswerWriter permits Http1AnswerWriter, Http2AnswerWriter {

	/**
	 * What the client has not taken: a number that changes when it takes some.
	 */
	long untaken();

	/**
	 * Sends more of the answer.
	 * @return completed when it has been sent
	 */
	Future<Void> write(Buffer chunk);

	/**
	 * Sends the end of the answer.
	 * @param rest what of it is still to be sent
	 * @param body what the client may have yet to send: a little is read, and a client
	 * with more than that is stopped
	 */
	void finish(Buffer rest, @Nullable RequestBody body);

	/**
	 * Frames the answer in a way that has trailers.
	 * @param hasLength whether the answer's fields tell its length
	 * @return whether that is possible
	 */
	boolean prepareTrailers(boolean hasLength);

	/**
	 * Has the connection end behind the answer, if it is the answer's alone.
	 */
	void closeAfterwards();

	/**
	 * Ends the connection behind an answer that has been sent, if nothing that comes on
	 * it can be understood any more.
	 */
	void hangUp();

	/**
	 * Breaks the answer off, so that the client cannot take it for whole.
	 */
	void abort();

}
