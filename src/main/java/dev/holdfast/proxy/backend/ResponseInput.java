package dev.holdfast.proxy.backend;

import dev.holdfast.proxy.http1.Parsed;
import dev.holdfast.proxy.http1.ResponseParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Reads the responses of an HTTP/1.1 connection, one after the other.
 */
final class ResponseInput {

	private final Http1BackendConnection connection;

	private final ResponseParser parser;

	/** What has been read and not been understood yet. */
	private @Nullable ByteBuf unread;

	/** Whether it was not ended in order, so that its end is no body's. */
	private boolean reset;

	/**
	 * Prepare to read.
	 * @param connection hears what is wrong with what has come
	 * @param maxHeaderSize the largest head of a response, bytes
	 */
	ResponseInput(Http1BackendConnection connection, int maxHeaderSize) {
		this.connection = connection;
		this.parser = new ResponseParser(maxHeaderSize);
	}

	ResponseParser parser() {
		return this.parser;
	}

	/**
	 * Read what has come.
	 * @param data the bytes, which are released here
	 * @param stream the request that they are for
	 */
	void read(ChannelHandlerContext context, ByteBuf data, Http1BackendStream stream) {
		boolean alone = this.unread == null;
		this.unread = (this.unread == null) ? data
				: ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(context.alloc(), this.unread, data);
		read(stream);
		if (alone && this.unread != null) {
			// The event loop is to read into its buffer again.
			this.unread = context.alloc().buffer(this.unread.readableBytes()).writeBytes(this.unread);
			data.release();
		}
	}

	private void read(Http1BackendStream stream) {
		if (!stream.isExpecting()) {
			onUnexpected(stream);
			return;
		}
		ByteBuf in = this.unread;
		while (in != null && stream.isExpecting()) {
			Parsed parsed = this.parser.next(in);
			if (parsed == Parsed.NEED_DATA) {
				break;
			}
			onParsed(stream, parsed);
			if (!this.connection.carries(stream)) {
				return;
			}
			in = this.unread;
		}
		if (stream.isSwitching()) {
			// What comes behind is the tunnel's, if there will be one.
			this.connection.autoRead(false);
		}
		else if (in != null && !in.isReadable()) {
			drop();
		}
	}

	private void onParsed(Http1BackendStream stream, Parsed parsed) {
		switch (parsed) {
			case HEAD -> stream.onHead(this.parser.head());
			case BODY -> stream.onBody(this.parser.body());
			case END -> {
				boolean clean = !this.reset && (this.unread == null || !this.unread.isReadable());
				drop();
				stream.onEnd(clean && !this.connection.isClosed());
			}
			case MALFORMED -> this.connection.fail(new BackendFailure.Malformed(true));
			case NEED_DATA -> {
				// Read on.
			}
		}
	}

	/**
	 * Bytes have come behind a whole response, or before a request was sent.
	 */
	private void onUnexpected(Http1BackendStream stream) {
		if (stream.isSwitching()) {
			return;
		}
		drop();
		if (stream.isResponseRead()) {
			stream.spoil();
		}
		else {
			this.connection.fail(new BackendFailure.ConnectionBroken(true, true));
		}
	}

	/**
	 * The connection was not ended in order.
	 */
	void onReset() {
		this.reset = true;
	}

	/**
	 * Nothing more comes.
	 * @return whether that is the end of a body, as its head has it
	 */
	boolean isBodyEnd() {
		return this.parser.endOfInput(!this.reset) == Parsed.END;
	}

	/**
	 * Throw away what has not been understood.
	 */
	void drop() {
		ByteBuf dropped = this.unread;
		this.unread = null;
		if (dropped != null) {
			dropped.release();
		}
	}

	/**
	 * Take what has not been understood, because it is no HTTP.
	 */
	ByteBuf take() {
		ByteBuf taken = this.unread;
		this.unread = null;
		return (taken != null) ? taken : Unpooled.EMPTY_BUFFER;
	}

}
