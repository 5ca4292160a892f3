package dev.holdfast.proxy.backend;

import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.http1.Http1Writer;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.WaitingBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.VoidChannelPromise;

/**
 * Writes requests to an HTTP/1.1 connection, at the end of each turn of the event loop.
 */
final class RequestOutput {

	/** Chunks up to this size are copied between their size and their end, bytes. */
	private static final int SMALL_CHUNK = 4 * 1024;

	/** What a chunk's size and its end take at most, bytes. */
	private static final int CHUNK_FRAME = 12;

	/** The rest of a request's first line, about, bytes. */
	private static final int FIRST_LINE = 64;

	private static final ByteBuf CRLF = Unpooled
		.unreleasableBuffer(Unpooled.directBuffer(2).writeByte('\r').writeByte('\n').asReadOnly());

	private final TrafficLoop loop;

	private final ChannelHandlerContext context;

	/** What cannot be sent is told by the end of the output. */
	private final ChannelPromise untold;

	private boolean flushing;

	/**
	 * Prepare to write.
	 * @param loop the event loop
	 * @param context the connection's last handler
	 */
	RequestOutput(TrafficLoop loop, ChannelHandlerContext context) {
		this.loop = loop;
		this.context = context;
		this.untold = new VoidChannelPromise(context.channel(), false);
	}

	/**
	 * Write a request's head.
	 */
	void write(RequestHead head) {
		HeaderFields fields = head.fields();
		int length = fields.isEmpty() ? 0 : fields.lineEnd(fields.size() - 1);
		ByteBuf out = this.context.alloc()
			.ioBuffer(length + head.method().length() + head.target().length() + FIRST_LINE);
		Http1Writer.writeHead(head, out);
		write(out);
	}

	/**
	 * Write bytes of a head, a body or its framing.
	 * @param data the bytes, which are released here
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // the end of the output is told
	void write(ByteBuf data) {
		this.context.write(WaitingBytes.fit(this.context.channel(), data), this.untold);
		if (!this.flushing) {
			this.flushing = true;
			this.loop.flushLater(this.context.channel());
		}
	}

	/**
	 * Write some of a body as a chunk.
	 * @param data the bytes, of which there are some, and which are released here
	 */
	void writeChunk(ByteBuf data) {
		int size = data.readableBytes();
		boolean small = size <= SMALL_CHUNK;
		ByteBuf out = this.context.alloc().ioBuffer(small ? size + CHUNK_FRAME : CHUNK_FRAME);
		Http1Writer.writeChunkSize(size, out);
		if (small) {
			out.writeBytes(data).writeBytes(CRLF.duplicate());
			data.release();
			write(out);
		}
		else {
			write(out);
			write(data);
			write(CRLF.duplicate());
		}
	}

	/**
	 * Write the end of a body in chunks.
	 */
	void writeLastChunk(HeaderFields trailers) {
		ByteBuf out = this.context.alloc().ioBuffer(CHUNK_FRAME);
		Http1Writer.writeLastChunk(trailers, out);
		write(out);
	}

	/**
	 * Flush what the turn has written.
	 */
	void flush() {
		this.flushing = false;
		this.context.flush();
	}

}
