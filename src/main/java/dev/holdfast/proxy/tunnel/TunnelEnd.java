package dev.holdfast.proxy.tunnel;

import dev.holdfast.proxy.transport.BodySource;
import io.netty.buffer.ByteBuf;

/**
 * One end of a {@link Tunnel}: a connection that has left HTTP, or a stream of HTTP/2.
 * Begins paused; what it received before it was begun is handed on first.
 */
public interface TunnelEnd extends BodySource {

	/**
	 * Begin to hand on what is received.
	 * @param listener hears of it
	 */
	void begin(Listener listener);

	/**
	 * Send bytes. They leave at the end of the event loop's turn.
	 * @param data the bytes, which are released here
	 */
	void write(ByteBuf data);

	/**
	 * Whether the peer takes what is written.
	 */
	boolean isWritable();

	/**
	 * Tell the peer that nothing more comes, behind what was written.
	 */
	void endOutput();

	/**
	 * End it in order once the peer has been sent everything, whatever it still sends.
	 */
	void close();

	/**
	 * End it at once, so that the peer learns that the order was broken.
	 */
	void reset();

	/**
	 * Whether it has not closed.
	 */
	boolean isOpen();

	/**
	 * Hears of one end.
	 */
	interface Listener {

		/**
		 * Bytes have come.
		 * @param data the bytes, for the listener to release
		 */
		void onData(ByteBuf data);

		/**
		 * The peer sends nothing more, but may receive.
		 */
		void onInputEnd();

		/**
		 * The peer has taken some of what was written, so that the tunnel is not idle.
		 * Optional for an end that tells {@link #onWritable}, but then a peer that takes
		 * little at a time passes for one that takes nothing.
		 */
		void onTaken();

		/**
		 * There is room again. Called only after {@link TunnelEnd#isWritable} was
		 * {@code false}.
		 */
		void onWritable();

		/**
		 * It broke; {@link #onClosed} follows.
		 */
		void onBroken();

		/**
		 * It has closed. Called once.
		 */
		void onClosed();

	}

}
