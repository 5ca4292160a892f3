package dev.holdfast.proxy.transport;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import org.jspecify.annotations.Nullable;

/**
 * Gives the sockets of one event loop what they read into: the same buffer again and
 * again, which stays in the processor's cache, unless somebody still holds what was read
 * before.
 */
final class ReadBuffers extends DefaultMaxMessagesRecvByteBufAllocator {

	/**
	 * A little less than the high watermark of a connection (64 KiB), so that to pass on
	 * what one read brought, with its framing, pauses nobody before it has been flushed.
	 */
	static final int SIZE = 60 * 1024;

	/** A head and a small body. */
	private static final int SMALL = 2 * 1024;

	/**
	 * How many times somebody may hold the buffer, before another one takes its place: a
	 * peer that reads nothing must neither keep it from all others, nor pin many.
	 */
	private static final int MOST_MISSES = 1024;

	private @Nullable ByteBuf shared;

	private int misses;

	private boolean closed;

	ReadBuffers() {
		// The turn ends behind each read: what it brought is flushed, which frees the
		// buffer, and what comes is still told of.
		super(1);
	}

	@Override
	@SuppressWarnings("deprecation") // Netty declares it so
	public Handle newHandle() {
		return new Reading();
	}

	/**
	 * Let go of the buffer.
	 */
	void close() {
		this.closed = true;
		release();
	}

	private @Nullable ByteBuf take(ByteBufAllocator allocator) {
		ByteBuf buffer = this.shared;
		if (buffer != null && buffer.refCnt() > 1) {
			if (++this.misses < MOST_MISSES) {
				return null;
			}
			release();
			buffer = null;
		}
		this.misses = 0;
		if (buffer == null) {
			if (this.closed) {
				return null;
			}
			buffer = allocator.directBuffer(SIZE, SIZE);
			this.shared = buffer;
		}
		return buffer.clear().retain();
	}

	private void release() {
		ByteBuf buffer = this.shared;
		if (buffer != null) {
			this.shared = null;
			buffer.release();
		}
	}

	/**
	 * The reads of one socket.
	 */
	private final class Reading extends MaxMessageHandle {

		/** What is read into while the buffer is held: as much as came before. */
		private int own = SMALL;

		@Override
		public ByteBuf allocate(ByteBufAllocator allocator) {
			ByteBuf buffer = take(allocator);
			return (buffer != null) ? buffer : allocator.directBuffer(this.own, this.own);
		}

		@Override
		public void lastBytesRead(int bytes) {
			super.lastBytesRead(bytes);
			if (bytes >= this.own) {
				this.own = Math.min(this.own * 2, SIZE);
			}
			else if (bytes < this.own / 4) {
				this.own = Math.max(this.own / 2, SMALL);
			}
		}

		@Override
		public int guess() {
			return this.own;
		}

	}

}
