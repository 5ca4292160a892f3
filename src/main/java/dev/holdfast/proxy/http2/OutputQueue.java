package dev.holdfast.proxy.http2;

import java.util.ArrayDeque;

import dev.holdfast.proxy.transport.WaitingBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * What is to be sent on a stream when there is a window for it. Small pieces are put
 * together: a buffer for each would take many times as much.
 */
final class OutputQueue {

	/**
	 * How much may wait before whoever writes is told to stop, bytes. Less than what is
	 * kept of a request's body for another attempt: an instance that takes nothing must
	 * not let more of it come.
	 */
	private static final int HIGH_WATERMARK = 48 * 1024;

	private static final int LOW_WATERMARK = 32 * 1024;

	/**
	 * What is smaller is copied, bytes. It may be a slice of all that one read brought,
	 * which would be kept with it.
	 */
	private static final int SMALL = 8 * 1024;

	private static final int GATHERED = 4 * 1024;

	private final ArrayDeque<ByteBuf> buffers = new ArrayDeque<>(4);

	/** The last of the buffers, when it may be added to. */
	private ByteBuf gathering = Unpooled.EMPTY_BUFFER;

	private long size;

	private boolean full;

	boolean isEmpty() {
		return this.size == 0;
	}

	/**
	 * Whether so much waits that no more should be added.
	 */
	boolean isFull() {
		return this.full;
	}

	/**
	 * Add some of a body.
	 * @param data the bytes, which are released here sooner or later
	 */
	void add(ByteBuf data) {
		int length = data.readableBytes();
		this.size += length;
		this.full |= this.size >= HIGH_WATERMARK;
		if (length < SMALL && this.gathering.maxWritableBytes() >= length) {
			this.gathering.writeBytes(data);
			data.release();
			return;
		}
		if (length >= SMALL) {
			this.gathering = Unpooled.EMPTY_BUFFER;
			this.buffers.add(WaitingBytes.fit(data));
			return;
		}
		ByteBuf small = data.alloc().buffer(Math.max(length, GATHERED), FrameType.MAX_LENGTH);
		small.writeBytes(data);
		data.release();
		this.gathering = small;
		this.buffers.add(small);
	}

	/**
	 * Write a frame of what waits.
	 * @param writer where it goes
	 * @param stream the stream
	 * @param most how much at most, bytes
	 * @param end whether the stream ends with it if nothing is left
	 * @return how much it was, bytes
	 */
	int send(FrameWriter writer, int stream, int most, boolean end) {
		ByteBuf first = this.buffers.peek();
		if (first == null) {
			return 0;
		}
		int length = Math.min(first.readableBytes(), Math.min(most, FrameType.MAX_LENGTH));
		this.size -= length;
		writer.data(stream, first, length, end && this.size == 0);
		if (!first.isReadable()) {
			this.buffers.remove();
			first.release();
			if (this.buffers.isEmpty()) {
				this.gathering = Unpooled.EMPTY_BUFFER;
			}
		}
		return length;
	}

	/**
	 * Find out whether there is room again.
	 * @return {@code true} once after it was {@linkplain #isFull full}
	 */
	boolean hasDrained() {
		if (this.full && this.size < LOW_WATERMARK) {
			this.full = false;
			return true;
		}
		return false;
	}

	/**
	 * Throw away what waits.
	 */
	void clear() {
		this.buffers.forEach(ByteBuf::release);
		this.buffers.clear();
		this.gathering = Unpooled.EMPTY_BUFFER;
		this.size = 0;
	}

}
