package dev.holdfast.proxy.client;

import dev.holdfast.proxy.http1.Parsed;
import dev.holdfast.proxy.http1.RequestParser;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP/1.1 connection has brought and nobody has read yet, the parser that reads
 * it, and whether more is let come.
 */
final class Http1Input {

	private final Channel channel;

	private final RequestParsers parsers;

	private ByteBuf kept = Unpooled.EMPTY_BUFFER;

	private @Nullable RequestParser parser;

	private boolean autoRead = true;

	Http1Input(Channel channel, RequestParsers parsers) {
		this.channel = channel;
		this.parsers = parsers;
	}

	/**
	 * Keep what came until it is read.
	 * @param bytes the bytes, which belong to the input from here on
	 */
	void add(ByteBuf bytes) {
		this.kept = InputBuffers.append(this.channel.alloc(), this.kept, bytes);
	}

	/**
	 * Let little that is left not hold the whole of a read.
	 */
	void compact() {
		this.kept = InputBuffers.compact(this.channel.alloc(), this.kept);
	}

	/**
	 * Whether there is nothing that is not read.
	 */
	boolean isEmpty() {
		return !this.kept.isReadable();
	}

	/**
	 * Return how much is not read, bytes.
	 */
	int size() {
		return this.kept.readableBytes();
	}

	/**
	 * Compare a connection's first bytes with those of HTTP/2.
	 */
	Http2Preface.Comparison comparePreface() {
		return Http2Preface.compare(this.kept);
	}

	/**
	 * Read on by one step.
	 */
	Parsed next() {
		return parser().next(this.kept);
	}

	/**
	 * Return the parser, which has what the last step brought.
	 */
	RequestParser parser() {
		if (this.parser == null) {
			this.parser = this.parsers.take();
		}
		return this.parser;
	}

	/**
	 * Whether some of a request has been read, and not all of it.
	 */
	boolean isWithinRequest() {
		return this.parser != null && !this.parser.isBetweenMessages();
	}

	/**
	 * Give the parser back until there is something to read.
	 */
	void giveParserBack() {
		this.parsers.giveBack(this.parser);
		this.parser = null;
	}

	/**
	 * Leave the parser to whoever reads with it at the moment.
	 */
	void forgetParser() {
		this.parser = null;
	}

	/**
	 * Take out what is not read.
	 * @return the bytes, for the caller to release
	 */
	ByteBuf take() {
		ByteBuf bytes = this.kept;
		this.kept = Unpooled.EMPTY_BUFFER;
		return bytes;
	}

	/**
	 * Let more come, or wait in the network.
	 */
	void setAutoRead(boolean read) {
		if (this.autoRead != read) {
			this.autoRead = read;
			this.channel.config().setAutoRead(read);
		}
	}

}
