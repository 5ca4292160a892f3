package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What is written to a connection in one turn of the event loop: one buffer, which the
 * channel gets at the turn's end. A large payload follows it without being copied.
 */
final class FrameOutput {

	private static final int LEAST_CAPACITY = 512;

	private static final int MOST_CAPACITY = 64 * 1024;

	/** How much of bodies one turn writes on a connection, bytes. */
	private static final int TURN = 128 * 1024;

	private final TrafficLoop loop;

	private @Nullable ChannelHandlerContext context;

	private @Nullable ByteBuf out;

	/** A large payload that stands behind what is in the buffer. */
	private @Nullable ByteBuf payload;

	/** What the last turns have written, so that a buffer need not grow. */
	private int capacity = LEAST_CAPACITY;

	/** How much of bodies this turn has written, bytes. */
	private int written;

	private boolean flushing;

	private boolean stopped;

	/** How many acknowledgements were written while the peer read nothing. */
	private int unread;

	FrameOutput(TrafficLoop loop) {
		this.loop = loop;
	}

	/**
	 * Begin to write.
	 * @param context the connection's last handler
	 */
	void start(ChannelHandlerContext context) {
		this.context = context;
	}

	/**
	 * Write nothing more.
	 */
	void stop() {
		this.stopped = true;
		if (this.out != null) {
			this.out.release();
			this.out = null;
		}
		if (this.payload != null) {
			this.payload.release();
			this.payload = null;
		}
	}

	boolean isStopped() {
		return this.stopped;
	}

	/**
	 * Whether the socket takes some of a body now.
	 */
	boolean hasRoom() {
		ChannelHandlerContext context = this.context;
		return context != null && !this.stopped && this.written < TURN && context.channel().isWritable();
	}

	/**
	 * Whether the peer reads what it is sent, as far as is known.
	 */
	boolean isRead() {
		ChannelHandlerContext context = this.context;
		return context == null || context.channel().isWritable();
	}

	/**
	 * Return how many acknowledgements were written while the peer read nothing of what
	 * it is sent, with the one that is about to be.
	 */
	int countUnread() {
		if (!isRead()) {
			this.unread++;
		}
		return this.unread;
	}

	/**
	 * Return how many bytes the socket has not taken yet.
	 */
	long pending() {
		ChannelHandlerContext context = this.context;
		if (context == null) {
			return 0;
		}
		ByteBuf out = this.out;
		ByteBuf payload = this.payload;
		return Sockets.untaken(context.channel()) + ((out != null) ? out.readableBytes() : 0)
				+ ((payload != null) ? payload.readableBytes() : 0);
	}

	/**
	 * Return the buffer to add to.
	 */
	ByteBuf buffer() {
		ChannelHandlerContext context = this.context;
		if (this.payload != null && context != null) {
			handOver(context);
		}
		ByteBuf out = this.out;
		if (out == null) {
			ByteBufAllocator allocator = (context != null) ? context.alloc() : ByteBufAllocator.DEFAULT;
			out = allocator.buffer(this.capacity);
			this.out = out;
			flushLater();
		}
		return out;
	}

	/**
	 * Return the buffer that was added to last, {@code null} when the channel has got it.
	 */
	@Nullable ByteBuf last() {
		return this.out;
	}

	/**
	 * Have a payload follow what is in the buffer.
	 */
	void follow(ByteBuf payload) {
		this.payload = payload;
	}

	/**
	 * Count some of a body that is written.
	 */
	void count(int length) {
		this.written += length;
	}

	/**
	 * Have {@link #flush} called at the end of this turn.
	 */
	void flushLater() {
		ChannelHandlerContext context = this.context;
		if (!this.flushing && context != null && !this.stopped) {
			this.flushing = true;
			this.loop.flushLater(context.channel());
		}
	}

	/**
	 * Hand what has been written to the channel, and flush it.
	 */
	void flush() {
		ChannelHandlerContext context = this.context;
		this.flushing = false;
		this.written = 0;
		if (context != null) {
			handOver(context);
			context.flush();
			if (context.channel().isWritable()) {
				this.unread = 0;
			}
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // a broken connection tells of itself
	private void handOver(ChannelHandlerContext context) {
		ByteBuf out = this.out;
		if (out != null) {
			this.out = null;
			int length = out.readableBytes();
			this.capacity = Math.clamp(Math.max(length, this.capacity - this.capacity / 8), LEAST_CAPACITY,
					MOST_CAPACITY);
			context.write(out, context.voidPromise());
		}
		ByteBuf payload = this.payload;
		if (payload != null) {
			this.payload = null;
			context.write(payload, context.voidPromise());
		}
	}

	/**
	 * Hand what has been written to the channel, and flush it.
	 * @return completed when the socket has taken all of it
	 */
	ChannelFuture flushLast(ChannelHandlerContext context) {
		handOver(context);
		return context.writeAndFlush(Unpooled.EMPTY_BUFFER);
	}

}
