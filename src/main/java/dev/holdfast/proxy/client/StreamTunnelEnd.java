package dev.holdfast.proxy.client;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.http2.Http2Stream;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * A client's end of a tunnel that is a stream of HTTP/2 (RFC 8441): an end of a direction
 * is END_STREAM, and what breaks is reset.
 */
final class StreamTunnelEnd implements TunnelEnd, Http2Stream.Listener {

	/** Tells a client that nothing more of it is wanted. */
	private static final long NO_ERROR = 0x0;

	/** What the reset of a connection is by HTTP/2 (RFC 8441, section 4). */
	private static final long CANCEL = 0x8;

	/** How long a client may take to end its direction. */
	private static final long LINGER_NANOS = 1_000_000_000;

	private final TrafficLoop loop;

	private final Http2Stream stream;

	private final Runnable whenClosed;

	private @Nullable Listener listener;

	private boolean inputEnded;

	private boolean outputEnded;

	/** Whether what the client still sends is of no interest. */
	private boolean closing;

	private boolean closed;

	/**
	 * Take over a stream.
	 * @param stream the stream, which is paused
	 * @param inputEnded whether the client's head was all that it sends
	 * @param whenClosed run when it has closed
	 */
	StreamTunnelEnd(TrafficLoop loop, Http2Stream stream, boolean inputEnded, Runnable whenClosed) {
		this.loop = loop;
		this.stream = stream;
		this.inputEnded = inputEnded;
		this.whenClosed = whenClosed;
	}

	@Override
	public void begin(Listener listener) {
		this.listener = listener;
		this.stream.resume();
		if (this.closed) {
			this.loop.defer(listener::onClosed);
		}
		else if (this.inputEnded) {
			this.loop.defer(listener::onInputEnd);
		}
	}

	@Override
	public void pause() {
		if (!this.closing) {
			this.stream.pause();
		}
	}

	@Override
	public void resume() {
		this.stream.resume();
	}

	@Override
	public void onHead(ResponseHead head) {
		// Clients send none.
	}

	@Override
	public void onData(ByteBuf data) {
		if (this.closing || this.listener == null) {
			data.release();
		}
		else {
			this.listener.onData(data);
		}
	}

	@Override
	public void onEnd(HeaderFields trailers) {
		this.inputEnded = true;
		if (!this.closing && this.listener != null) {
			this.listener.onInputEnd();
		}
		closeWhenBothEnded();
	}

	@Override
	public void onReset(long code, boolean byPeer) {
		if (!this.closing && this.listener != null) {
			this.listener.onBroken();
		}
		onClosed();
	}

	@Override
	public void onRefused() {
		onClosed();
	}

	@Override
	public void onConnectionLost(@Nullable Throwable cause) {
		if (cause != null && !this.closing && this.listener != null) {
			this.listener.onBroken();
		}
		onClosed();
	}

	@Override
	public void onWritable() {
		if (!this.closed && this.listener != null) {
			this.listener.onWritable();
		}
	}

	@Override
	public void write(ByteBuf data) {
		if (this.outputEnded || !data.isReadable()) {
			data.release();
		}
		else {
			this.stream.writeData(data, false);
		}
	}

	@Override
	public boolean isWritable() {
		// What is dropped fills nothing.
		return this.outputEnded || this.stream.isWritable();
	}

	@Override
	public void endOutput() {
		if (!this.outputEnded) {
			this.outputEnded = true;
			this.stream.writeData(Unpooled.EMPTY_BUFFER, true);
			closeWhenBothEnded();
		}
	}

	@Override
	public void close() {
		if (this.closed || this.closing) {
			return;
		}
		this.closing = true;
		endOutput();
		if (!this.inputEnded) {
			this.stream.resume();
			this.loop.after(LINGER_NANOS, this::stopInput);
		}
	}

	private void stopInput() {
		if (this.closed) {
			return;
		}
		if (this.stream.isOutputEnded()) {
			this.stream.reset(NO_ERROR);
			onClosed();
		}
		else {
			this.loop.after(LINGER_NANOS, this::stopInput);
		}
	}

	@Override
	public void reset() {
		if (!this.closed) {
			this.closing = true;
			this.outputEnded = true;
			this.stream.reset(CANCEL);
			this.loop.defer(this::onClosed);
		}
	}

	private void closeWhenBothEnded() {
		if (this.inputEnded && this.outputEnded) {
			this.loop.defer(this::onClosed);
		}
	}

	private void onClosed() {
		if (!this.closed) {
			this.closed = true;
			this.inputEnded = true;
			this.outputEnded = true;
			this.whenClosed.run();
			if (this.listener != null) {
				this.listener.onClosed();
			}
		}
	}

	@Override
	public boolean isOpen() {
		return !this.closed;
	}

}
