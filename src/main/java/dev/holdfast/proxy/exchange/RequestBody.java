package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.backend.BackendStream;
import dev.holdfast.proxy.client.ClientStream;
import dev.holdfast.proxy.header.HeaderFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import org.jspecify.annotations.Nullable;

/**
 * Streams a request's body to the instance of the current attempt, no faster than the
 * instance takes it. While there is no instance, the client is not read.
 */
final class RequestBody {

	/** How much of a request's body is kept for another attempt, bytes. */
	static final int MOST_KEPT = 64 * 1024;

	private static final byte[] NOTHING = {};

	private final ClientStream client;

	private final long contentLength;

	private final long mostSize;

	private @Nullable BackendStream backend;

	/** What was received so far, {@code null} for nothing, or when it is not kept. */
	private @Nullable ByteBuf kept;

	private boolean keeping;

	private HeaderFields trailers = HeaderFields.NONE;

	private long received;

	/** Whether the instance does not take what the client would send. */
	private boolean blocked;

	private boolean ended;

	/**
	 * Take hold of a body, which is paused.
	 * @param client brings it
	 * @param mostSize how large it may be, bytes; 0 for any size
	 */
	RequestBody(ClientStream client, long mostSize) {
		this.client = client;
		this.contentLength = client.head().contentLength();
		this.mostSize = mostSize;
		this.keeping = this.contentLength <= MOST_KEPT;
	}

	/**
	 * Return the body's length, -1 when only its end will tell.
	 */
	long contentLength() {
		return this.contentLength;
	}

	/**
	 * Send what was received, and then what is, to an instance that has the head.
	 * @param stream the way to the instance
	 */
	void sendTo(BackendStream stream) {
		this.backend = stream;
		this.blocked = false;
		if (this.kept != null) {
			// A copy: what is kept may still grow.
			stream.write(this.kept.copy());
		}
		if (!isSentTo(stream)) {
			return;
		}
		if (this.ended) {
			stream.end(this.trailers);
		}
		else if (stream.isWritable()) {
			this.client.resume();
		}
		else {
			this.blocked = true;
		}
	}

	@SuppressWarnings("ReferenceEquality") // another attempt has another stream
	private boolean isSentTo(BackendStream stream) {
		return this.backend == stream;
	}

	/**
	 * Take more of it.
	 * @param data the bytes, which are released here
	 * @return whether it may be so large; nothing is sent of what makes it larger
	 */
	boolean write(ByteBuf data) {
		this.received += data.readableBytes();
		if (this.mostSize > 0 && this.received > this.mostSize) {
			data.release();
			return false;
		}
		keep(data);
		BackendStream stream = this.backend;
		if (stream == null) {
			data.release();
			return true;
		}
		stream.write(data);
		if (isSentTo(stream) && !this.ended && !stream.isWritable()) {
			this.blocked = true;
			this.client.pause();
		}
		return true;
	}

	private void keep(ByteBuf data) {
		if (!this.keeping) {
			return;
		}
		if (this.received > MOST_KEPT) {
			forget();
			return;
		}
		if (this.kept == null) {
			// Not for what was announced, which costs the client nothing.
			this.kept = ByteBufAllocator.DEFAULT.heapBuffer(data.readableBytes());
		}
		this.kept.writeBytes(data, data.readerIndex(), data.readableBytes());
	}

	/**
	 * Hear that it has come whole.
	 * @param trailers its trailers
	 */
	void end(HeaderFields trailers) {
		this.ended = true;
		this.blocked = false;
		if (this.keeping && !trailers.isEmpty()) {
			this.trailers = new HeaderFields();
			for (int i = 0; i < trailers.size(); i++) {
				this.trailers.add(trailers, i);
			}
		}
		if (this.backend != null) {
			this.backend.end(trailers);
		}
	}

	/**
	 * There is room again for more of it.
	 */
	void onWritable() {
		if (this.blocked && this.backend != null) {
			this.blocked = false;
			this.client.resume();
		}
	}

	/**
	 * Keep nothing any more: there will be no other attempt, or there has been the last.
	 */
	void forget() {
		this.keeping = false;
		if (this.kept != null) {
			this.kept.release();
			this.kept = null;
		}
	}

	/**
	 * Stop sending, because the attempt has failed.
	 */
	void recall() {
		this.backend = null;
		this.blocked = false;
		if (!this.ended) {
			this.client.pause();
		}
	}

	/**
	 * Whether another instance can be sent the whole of it.
	 */
	boolean isReplayable() {
		return this.received == 0 || this.keeping;
	}

	/**
	 * Return what was received, if that can still be said.
	 * @return a copy, {@code null} when some of it was not kept
	 */
	byte @Nullable [] copy() {
		if (!isReplayable()) {
			return null;
		}
		return (this.kept != null) ? ByteBufUtil.getBytes(this.kept) : NOTHING;
	}

	/**
	 * Return how much of it has been received, bytes.
	 */
	long received() {
		return this.received;
	}

	/**
	 * Whether all of it has been received, and handed to the instance.
	 */
	boolean isEnded() {
		return this.ended;
	}

	/**
	 * Whether the gateway would read more of it if the client sent more.
	 */
	boolean isAwaited() {
		return !this.ended && !this.blocked && this.backend != null;
	}

	/**
	 * Whether the client waits for leave before it sends any of it.
	 */
	boolean expectsContinue() {
		return !this.ended && this.client.head().expectsContinue();
	}

	/**
	 * Whether so much of it is still to come that reading it costs more than a new
	 * connection.
	 */
	boolean isTooMuchLeft() {
		return !this.ended && this.client.head().isTooMuchLeft(this.received);
	}

}
