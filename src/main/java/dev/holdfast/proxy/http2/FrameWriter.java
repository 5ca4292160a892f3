package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * Writes frames into one buffer for each turn of the event loop, which the channel gets
 * at its end. Large payloads follow it without being copied.
 */
final class FrameWriter {

	/** The smallest payload that is not copied, bytes. */
	private static final int LARGE = 4 * 1024;

	private static final int LEAST_CAPACITY = 512;

	private static final int MOST_CAPACITY = 64 * 1024;

	/** How much of bodies one turn writes on a connection, bytes. */
	private static final int TURN = 128 * 1024;

	private final TrafficLoop loop;

	private final HpackEncoder encoder = new HpackEncoder();

	private @Nullable ChannelHandlerContext context;

	private @Nullable ByteBuf out;

	/** A large payload that stands behind what is in the buffer. */
	private @Nullable ByteBuf payload;

	/**
	 * The stream of which the last frame is some of a body, so that its end can still be
	 * added to it; 0 for none.
	 */
	private int endable;

	/** Where that frame's flags stand. */
	private int endableFlags;

	/** What the last turns have written, so that a buffer need not grow. */
	private int capacity = LEAST_CAPACITY;

	private int written;

	private boolean flushing;

	private boolean stopped;

	/** How many acknowledgements were written while the peer read nothing. */
	private int unread;

	FrameWriter(TrafficLoop loop) {
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
		this.endable = 0;
		if (this.out != null) {
			this.out.release();
			this.out = null;
		}
		if (this.payload != null) {
			this.payload.release();
			this.payload = null;
		}
	}

	HpackEncoder encoder() {
		return this.encoder;
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
		this.endable = 0;
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
		Channel channel = context.channel();
		ByteBuf out = this.out;
		ByteBuf payload = this.payload;
		return Sockets.untaken(channel) + ((out != null) ? out.readableBytes() : 0)
				+ ((payload != null) ? payload.readableBytes() : 0);
	}

	private ByteBuf out() {
		ByteBuf out = this.out;
		if (out == null) {
			ChannelHandlerContext context = this.context;
			ByteBufAllocator allocator = (context != null) ? context.alloc() : ByteBufAllocator.DEFAULT;
			out = allocator.buffer(this.capacity);
			this.out = out;
			flushLater();
		}
		return out;
	}

	private ByteBuf begin(int length, int type, int flags, int stream) {
		this.endable = 0;
		ChannelHandlerContext context = this.context;
		if (this.payload != null && context != null) {
			handOver(context);
		}
		ByteBuf out = out();
		out.ensureWritable(FrameType.HEADER_LENGTH + Math.min(length, LARGE));
		out.writeLong((long) length << 40 | (long) type << 32 | (long) flags << 24 | stream >>> 8);
		out.writeByte(stream);
		return out;
	}

	/**
	 * Write the client's preface.
	 */
	void preface() {
		if (!this.stopped) {
			Preface.write(out());
		}
	}

	/**
	 * Write settings.
	 * @param settings names and values in turn
	 */
	void settings(int... settings) {
		if (!this.stopped) {
			ByteBuf out = begin(settings.length / 2 * 6, FrameType.SETTINGS, 0, 0);
			for (int i = 0; i < settings.length; i += 2) {
				out.writeShort(settings[i]).writeInt(settings[i + 1]);
			}
		}
	}

	void settingsAcknowledgement() {
		if (!this.stopped) {
			begin(0, FrameType.SETTINGS, FrameType.ACK, 0);
		}
	}

	void pong(long content) {
		if (!this.stopped) {
			begin(8, FrameType.PING, FrameType.ACK, 0).writeLong(content);
		}
	}

	void goAway(int lastStream, long code) {
		if (!this.stopped) {
			begin(8, FrameType.GOAWAY, 0, 0).writeInt(lastStream).writeInt((int) code);
		}
	}

	void reset(int stream, long code) {
		if (!this.stopped) {
			begin(4, FrameType.RST_STREAM, 0, stream).writeInt((int) code);
		}
	}

	void windowUpdate(int stream, int bytes) {
		if (!this.stopped) {
			begin(4, FrameType.WINDOW_UPDATE, 0, stream).writeInt(bytes);
		}
	}

	void head(int stream, RequestHead head, boolean secure, boolean end) {
		if (!this.stopped) {
			ByteBuf out = begin(0, FrameType.HEADERS, 0, stream);
			int start = out.writerIndex();
			this.encoder.write(head, secure, out);
			endBlock(out, start, stream, end);
		}
	}

	void head(int stream, ResponseHead head, boolean end) {
		if (!this.stopped) {
			ByteBuf out = begin(0, FrameType.HEADERS, 0, stream);
			int start = out.writerIndex();
			this.encoder.write(head, out);
			endBlock(out, start, stream, end);
		}
	}

	void trailers(int stream, HeaderFields trailers) {
		if (!this.stopped) {
			ByteBuf out = begin(0, FrameType.HEADERS, 0, stream);
			int start = out.writerIndex();
			this.encoder.write(trailers, out);
			endBlock(out, start, stream, true);
		}
	}

	private void endBlock(ByteBuf out, int start, int stream, boolean end) {
		int length = out.writerIndex() - start;
		int header = start - FrameType.HEADER_LENGTH;
		int flags = end ? FrameType.END_STREAM : 0;
		if (length <= FrameType.MAX_LENGTH) {
			out.setMedium(header, length);
			out.setByte(header + 4, flags | FrameType.END_HEADERS);
			return;
		}
		out.setMedium(header, FrameType.MAX_LENGTH);
		out.setByte(header + 4, flags);
		byte[] rest = new byte[length - FrameType.MAX_LENGTH];
		out.getBytes(start + FrameType.MAX_LENGTH, rest);
		out.writerIndex(start + FrameType.MAX_LENGTH);
		for (int at = 0; at < rest.length; at += FrameType.MAX_LENGTH) {
			int next = Math.min(FrameType.MAX_LENGTH, rest.length - at);
			boolean last = at + next == rest.length;
			begin(next, FrameType.CONTINUATION, last ? FrameType.END_HEADERS : 0, stream).writeBytes(rest, at, next);
		}
	}

	/**
	 * Write some of a body.
	 * @param stream the stream
	 * @param data where it stands; what is written has been read then
	 * @param length how much of it, at most {@link FrameType#MAX_LENGTH}
	 * @param end whether the stream ends with it
	 */
	void data(int stream, ByteBuf data, int length, boolean end) {
		if (this.stopped) {
			data.skipBytes(length);
			return;
		}
		this.written += length;
		ByteBuf out = begin(length, FrameType.DATA, end ? FrameType.END_STREAM : 0, stream);
		if (!end) {
			this.endable = stream;
			this.endableFlags = out.writerIndex() - FrameType.HEADER_LENGTH + 4;
		}
		if (length < LARGE) {
			out.writeBytes(data, length);
		}
		else {
			this.payload = data.readRetainedSlice(length);
		}
	}

	/**
	 * Write the end of a body, if possible into the frame that was written last.
	 */
	void end(int stream) {
		ByteBuf out = this.out;
		if (out != null && this.endable == stream) {
			this.endable = 0;
			out.setByte(this.endableFlags, FrameType.END_STREAM);
		}
		else if (!this.stopped) {
			begin(0, FrameType.DATA, FrameType.END_STREAM, stream);
		}
	}

}
