package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * This side's direction of a stream: what has been sent, what waits for a window or its
 * turn, and the end.
 */
final class StreamOutput {

	private final StreamState stream;

	private final int id;

	private final StreamLinks links;

	/** {@code null} until something has to wait. */
	private @Nullable OutputQueue queue;

	private int window;

	/** Whether it is among those that wait for their turn to send. */
	private boolean ready;

	private boolean endWritten;

	private @Nullable HeaderFields trailers;

	/** Whether the end has been sent, and not only written. */
	private boolean endSent;

	/** Whether both directions have ended, or the stream was reset. */
	private boolean closed;

	/**
	 * Begin a direction.
	 * @param stream hears of its end, and of room
	 */
	StreamOutput(StreamState stream, int id, StreamLinks links) {
		this.stream = stream;
		this.id = id;
		this.links = links;
		this.window = links.flow().initialSendWindow();
	}

	/**
	 * A request's head has been sent.
	 * @param end whether nothing follows it
	 */
	void begin(boolean end) {
		this.endWritten = end;
		this.endSent = end;
	}

	void write(ResponseHead head, boolean end) {
		if (!this.closed && !this.endWritten) {
			this.links.writer().head(this.id, head, end);
			if (end) {
				onEndSent();
			}
		}
	}

	void write(ByteBuf data, boolean end) {
		if (this.closed || this.endWritten) {
			data.release();
			return;
		}
		this.endWritten = end;
		if (!data.isReadable()) {
			data.release();
			if (end && !isWaiting()) {
				this.links.writer().end(this.id);
				onEndSent();
			}
			return;
		}
		if (!isWaiting()) {
			this.window -= this.links.flow().send(this.id, data, this.window, end);
		}
		if (data.isReadable()) {
			queue().add(data);
			waitForTurn();
			return;
		}
		data.release();
		if (end) {
			onEndSent();
		}
	}

	void write(HeaderFields trailers) {
		if (this.closed || this.endWritten) {
			return;
		}
		this.endWritten = true;
		if (isWaiting()) {
			this.trailers = InputBuffer.copy(trailers);
			return;
		}
		this.links.writer().trailers(this.id, trailers);
		onEndSent();
	}

	private boolean isWaiting() {
		return this.queue != null && !this.queue.isEmpty();
	}

	private OutputQueue queue() {
		OutputQueue queue = this.queue;
		if (queue == null) {
			queue = new OutputQueue();
			this.queue = queue;
		}
		return queue;
	}

	private void waitForTurn() {
		if (!this.ready && this.window > 0 && isWaiting()) {
			this.ready = true;
			this.links.flow().add(this);
		}
	}

	/**
	 * Send a frame, because it is this stream's turn.
	 */
	void sendNext() {
		this.ready = false;
		OutputQueue queue = queue();
		HeaderFields trailers = this.trailers;
		this.window -= this.links.flow().send(this.id, queue, this.window, this.endWritten && trailers == null);
		if (!queue.isEmpty()) {
			waitForTurn();
		}
		else if (this.endWritten) {
			if (trailers != null) {
				this.links.writer().trailers(this.id, trailers);
			}
			onEndSent();
		}
		if (queue.hasDrained() && !this.endWritten && !this.closed) {
			this.stream.onWritable();
		}
	}

	private void onEndSent() {
		this.endWritten = true;
		this.endSent = true;
		this.stream.closeIfEnded();
	}

	/**
	 * Whether the end has been sent, and not only written.
	 */
	boolean isEnded() {
		return this.endSent;
	}

	boolean isWritable() {
		return this.queue == null || !this.queue.isFull();
	}

	/**
	 * Let more be sent.
	 * @return whether it was not too much
	 */
	boolean allow(int bytes) {
		long window = (long) this.window + bytes;
		if (window > Integer.MAX_VALUE) {
			return false;
		}
		this.window = (int) window;
		waitForTurn();
		return true;
	}

	/**
	 * Send nothing more, and throw away what waits.
	 */
	void close() {
		this.closed = true;
		if (this.queue != null) {
			this.queue.clear();
		}
		if (this.ready) {
			this.ready = false;
			this.links.flow().remove(this);
		}
	}

}
