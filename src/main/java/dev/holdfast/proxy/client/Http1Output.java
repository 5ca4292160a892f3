package dev.holdfast.proxy.client;

import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.WaitingBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What one turn of the event loop writes to an HTTP/1.1 connection: heads, framing and
 * little content in one buffer, larger content as it came, and all of it in one write.
 */
// What goes wrong with a write arrives as an end of the connection.
@SuppressWarnings("FutureReturnValueIgnored")
final class Http1Output {

	/** A head and a small body. */
	private static final int SIZE = 2048;

	/** Kept free for the framing behind a body. */
	private static final int RESERVE = 32;

	/** So much is handed over before the turn's end, so that it is counted, bytes. */
	private static final int MOST_GATHERED = 16 * 1024;

	private final TrafficLoop loop;

	private final Channel channel;

	private @Nullable ByteBuf gathered;

	private boolean unflushed;

	Http1Output(TrafficLoop loop, Channel channel) {
		this.loop = loop;
		this.channel = channel;
	}

	/**
	 * Return where heads and framing are written, which leave with the turn's end.
	 */
	ByteBuf buffer() {
		if (this.gathered != null && this.gathered.readableBytes() > MOST_GATHERED) {
			handOver();
		}
		if (this.gathered == null) {
			this.gathered = this.channel.alloc().buffer(SIZE);
			flushLater();
		}
		return this.gathered;
	}

	/**
	 * Write content.
	 * @param data the bytes, which are released here
	 */
	void write(ByteBuf data) {
		ByteBuf buffer = this.gathered;
		if (buffer != null && data.readableBytes() <= buffer.writableBytes() - RESERVE) {
			buffer.writeBytes(data);
			data.release();
			return;
		}
		handOver();
		this.channel.write(WaitingBytes.fit(this.channel, data), this.channel.voidPromise());
		flushLater();
	}

	/**
	 * Do something when all that was written has been sent.
	 */
	void whenSent(ChannelFutureListener action) {
		handOver();
		this.channel.write(Unpooled.EMPTY_BUFFER).addListener(action);
		flushLater();
	}

	private void flushLater() {
		if (!this.unflushed) {
			this.unflushed = true;
			this.loop.flushLater(this.channel);
		}
	}

	/**
	 * Hand over to the channel what was gathered.
	 */
	void handOver() {
		ByteBuf buffer = this.gathered;
		if (buffer != null) {
			this.gathered = null;
			this.channel.write(WaitingBytes.fit(this.channel, buffer), this.channel.voidPromise());
		}
	}

	/**
	 * The turn has ended.
	 */
	void flush(ChannelHandlerContext context) {
		this.unflushed = false;
		handOver();
		context.flush();
	}

	/**
	 * Forget what was not sent.
	 */
	void release() {
		ByteBuf buffer = this.gathered;
		if (buffer != null) {
			this.gathered = null;
			buffer.release();
		}
	}

}
