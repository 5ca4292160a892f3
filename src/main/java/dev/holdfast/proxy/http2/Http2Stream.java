package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.BodySource;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A stream of HTTP/2. A paused one gathers what comes, which its window bounds, and gives
 * the window back as what it brought is handed on. What is written and has no window yet
 * waits here; all that one turn of the event loop wrote on a connection leaves in one
 * write. Heads never wait for a window.
 */
public abstract class Http2Stream implements BodySource {

	/**
	 * Return the stream's identifier.
	 */
	public abstract int id();

	/**
	 * Set who hears how it goes on.
	 * @param listener the listener
	 */
	public abstract void listen(Listener listener);

	/**
	 * Send a response's head, or an interim one (1xx), which never ends the stream.
	 * @param head the head, read during this call
	 * @param end whether the stream ends with it
	 */
	public abstract void writeHead(ResponseHead head, boolean end);

	/**
	 * Send some of a body.
	 * @param data the bytes, which are released here
	 * @param end whether the stream ends with it
	 */
	public abstract void writeData(ByteBuf data, boolean end);

	/**
	 * End the stream with trailers, behind what waits for a window.
	 * @param trailers the trailers, read during this call
	 */
	public abstract void writeTrailers(HeaderFields trailers);

	/**
	 * End the stream at once, in both directions. Its listener hears nothing more. Does
	 * nothing when it has ended.
	 * @param code HTTP/2's error code
	 */
	public abstract void reset(long code);

	/**
	 * Whether less than 48 KiB that were written wait for a window or for the socket.
	 */
	public abstract boolean isWritable();

	/**
	 * Whether this side's direction has ended, and nothing of it waits for a window.
	 */
	public abstract boolean isOutputEnded();

	/**
	 * Whether the peer has ended its direction.
	 */
	public abstract boolean isInputEnded();

	/**
	 * Hears of a stream. Called until the stream has ended in both directions or was
	 * reset.
	 */
	public interface Listener {

		/**
		 * A response's head has come, or an interim one (1xx).
		 * @param head the head, valid until the stream has ended; an interim one during
		 * this call
		 */
		void onHead(ResponseHead head);

		/**
		 * Some of the body has come. Not called while it is paused.
		 * @param data the bytes, for the listener to release
		 */
		void onData(ByteBuf data);

		/**
		 * The peer's direction has ended. Not called while it is paused. Also called,
		 * behind the head, when the head ended it.
		 * @param trailers its trailers as they came, valid during this call
		 */
		void onEnd(HeaderFields trailers);

		/**
		 * The stream has been reset: by the peer, or because what it sent broke the
		 * rules.
		 * @param code HTTP/2's error code
		 * @param byPeer whether it was the peer that did it
		 */
		void onReset(long code, boolean byPeer);

		/**
		 * The peer said that it has not looked at the stream and will not.
		 */
		void onRefused();

		/**
		 * The connection has closed or broken.
		 * @param cause what broke it, {@code null} for an end in order
		 */
		void onConnectionLost(@Nullable Throwable cause);

		/**
		 * There is room again. Called only after {@link Http2Stream#isWritable} was
		 * {@code false}.
		 */
		void onWritable();

	}

}
