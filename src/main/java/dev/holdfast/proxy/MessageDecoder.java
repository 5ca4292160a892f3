package dev.holdfast.proxy;

import java.util.List;

import dev.holdfast.proxy.RequestGuard.Rejection;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;

/**
 * Reads HTTP/1.1 messages by the letter of RFC 9112. What two readers could take for two
 * different things is an error, and nothing after an error is read.
 */
abstract class MessageDecoder extends PausableDecoder {

	/** As much as one read brings: every piece is a write and a flush. */
	private static final int MAX_CONTENT_SIZE = 64 * 1024;

	private static final int MAX_CHUNK_LINE = 4 * 1024;

	/** Of all chunks of a body: more has no purpose but to keep the gateway busy. */
	private static final int MAX_EXTENSIONS = 16 * 1024;

	private final Line line;

	private final int maxLine;

	private final FieldSection section;

	private State state = State.START;

	/** How much of an unfinished line is known not to have its end. */
	private int scanned;

	private int emptyLines;

	/** What is left of the body or the chunk. */
	private long remaining;

	private int extensions;

	/**
	 * Prepares to read.
	 * @param line shared by the decoders of an event loop
	 * @param maxLine the largest start line
	 * @param maxSize the largest sum of a head's fields
	 * @param maxFields the largest number of fields
	 * @param lenient whether a blank before a field's colon is removed, and no fault
	 */
	MessageDecoder(Line line, int maxLine, int maxSize, int maxFields, boolean lenient) {
		this.line = line;
		this.maxLine = maxLine;
		this.section = new FieldSection(maxSize, maxFields, lenient);
	}

	@Override
	final void decodeNext(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
		try {
			switch (this.state) {
				case START -> decodeStart(context, in, out);
				case FIELDS -> decodeFields(in, out);
				case FIXED -> decodeFixed(in, out);
				case CHUNK_SIZE -> decodeChunkSize(in, out);
				case CHUNK_DATA -> decodeChunkData(in, out);
				case CHUNK_END -> decodeChunkEnd(in);
				case TRAILERS -> decodeTrailers(in, out);
				case UNTIL_CLOSE -> out.add(content(in, Math.min(in.readableBytes(), MAX_CONTENT_SIZE)));
				case TUNNEL -> out.add(in.readRetainedSlice(in.readableBytes()));
				case BROKEN -> in.skipBytes(in.readableBytes());
			}
		}
		catch (MalformedMessageException ex) {
			boolean inHead = this.state == State.START || this.state == State.FIELDS;
			this.state = State.BROKEN;
			in.skipBytes(in.readableBytes());
			onMalformed(inHead, ex, out);
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // a peer that has gone already may
	private void decodeStart(ChannelHandlerContext context, ByteBuf in, List<Object> out)
			throws MalformedMessageException {
		if (!expectsMessage()) {
			this.state = State.BROKEN;
			in.skipBytes(in.readableBytes());
			context.close();
			return;
		}
		while (readLine(in, this.maxLine, startLineTooLong())) {
			if (this.line.length() > 0) {
				this.emptyLines = 0;
				onStartLine(this.line);
				this.section.begin();
				this.state = State.FIELDS;
				decodeFields(in, out);
				return;
			}
			// RFC 9112, section 2.2, but not without end.
			this.emptyLines++;
			if (!ignoresEmptyLines() || this.emptyLines * 2 > this.maxLine) {
				throw new MalformedMessageException(startLineMalformed());
			}
		}
	}

	private void decodeFields(ByteBuf in, List<Object> out) throws MalformedMessageException {
		while (readLine(in, this.section.room(), Rejection.HEADERS_TOO_LARGE)) {
			if (this.line.length() == 0) {
				begin(onHead(this.section, out), in, out);
				return;
			}
			this.section.add(this.line);
		}
	}

	private void begin(Body body, ByteBuf in, List<Object> out) {
		switch (body) {
			case BY_FIELDS -> {
				if (this.section.isChunked()) {
					this.state = State.CHUNK_SIZE;
					this.extensions = 0;
				}
				else if (this.section.contentLength() > 0) {
					this.remaining = this.section.contentLength();
					this.state = State.FIXED;
				}
				else {
					end(LastHttpContent.EMPTY_LAST_CONTENT, in, out);
				}
			}
			case NONE -> end(LastHttpContent.EMPTY_LAST_CONTENT, in, out);
			case UNTIL_CLOSE -> this.state = State.UNTIL_CLOSE;
			case IGNORED -> this.state = State.START;
			case TUNNEL -> {
				out.add(LastHttpContent.EMPTY_LAST_CONTENT);
				this.state = State.TUNNEL;
			}
		}
	}

	private void end(LastHttpContent last, ByteBuf in, List<Object> out) {
		this.state = State.START;
		onEnd(in.isReadable());
		out.add(last);
	}

	private void decodeFixed(ByteBuf in, List<Object> out) {
		int length = (int) Math.min(Math.min(in.readableBytes(), MAX_CONTENT_SIZE), this.remaining);
		this.remaining -= length;
		if (this.remaining > 0) {
			out.add(content(in, length));
		}
		else {
			end(new DefaultLastHttpContent(in.readRetainedSlice(length)), in, out);
		}
	}

	private void decodeChunkSize(ByteBuf in, List<Object> out) throws MalformedMessageException {
		if (!readLine(in, MAX_CHUNK_LINE, Rejection.CHUNK)) {
			return;
		}
		this.remaining = ChunkSize.parse(this.line);
		this.extensions += this.line.lengthFrom(';');
		if (this.extensions > MAX_EXTENSIONS) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		if (this.remaining == 0) {
			this.section.begin();
			this.state = State.TRAILERS;
			decodeTrailers(in, out);
		}
		else {
			this.state = State.CHUNK_DATA;
			if (in.isReadable()) {
				decodeChunkData(in, out);
			}
		}
	}

	private void decodeChunkData(ByteBuf in, List<Object> out) {
		int length = (int) Math.min(Math.min(in.readableBytes(), MAX_CONTENT_SIZE), this.remaining);
		out.add(content(in, length));
		this.remaining -= length;
		if (this.remaining == 0) {
			this.state = State.CHUNK_END;
		}
	}

	private void decodeChunkEnd(ByteBuf in) throws MalformedMessageException {
		int start = in.readerIndex();
		if (in.getByte(start) != '\r' || (in.readableBytes() > 1 && in.getByte(start + 1) != '\n')) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		if (in.readableBytes() > 1) {
			in.skipBytes(2);
			this.state = State.CHUNK_SIZE;
		}
	}

	private void decodeTrailers(ByteBuf in, List<Object> out) throws MalformedMessageException {
		while (readLine(in, this.section.room(), Rejection.HEADERS_TOO_LARGE)) {
			if (this.line.length() == 0) {
				end(trailers(), in, out);
				return;
			}
			this.section.addTrailer(this.line);
		}
	}

	private LastHttpContent trailers() {
		HttpHeaders received = this.section.fields();
		if (received.isEmpty()) {
			return LastHttpContent.EMPTY_LAST_CONTENT;
		}
		DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
		last.trailingHeaders().add(received);
		return last;
	}

	/**
	 * Takes the next line, if all of it has arrived.
	 * @throws MalformedMessageException if it is too long, or ends with LF alone
	 */
	private boolean readLine(ByteBuf in, int longest, Rejection tooLong) throws MalformedMessageException {
		int start = in.readerIndex();
		int end = in.indexOf(start + this.scanned, in.writerIndex(), (byte) '\n');
		int length = ((end >= 0) ? end : in.writerIndex()) - start - 1;
		if (length > longest) {
			if (this.state == State.START) {
				this.line.copy(in, start, longest);
				onStartLineCut(this.line);
			}
			throw new MalformedMessageException(tooLong);
		}
		if (end < 0) {
			this.scanned = in.readableBytes();
			return false;
		}
		if (length < 0 || in.getByte(end - 1) != '\r') {
			throw new MalformedMessageException(
					(this.state == State.CHUNK_SIZE) ? Rejection.CHUNK : lineEndRejection());
		}
		this.line.copy(in, start, length);
		in.readerIndex(end + 1);
		this.scanned = 0;
		return true;
	}

	private Rejection lineEndRejection() {
		return (this.state == State.START) ? startLineMalformed() : Rejection.FIELD;
	}

	private static DefaultHttpContent content(ByteBuf in, int length) {
		return new DefaultHttpContent(in.readRetainedSlice(length));
	}

	@Override
	protected final void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
		super.decodeLast(context, in, out);
		if (this.state == State.UNTIL_CLOSE) {
			this.state = State.BROKEN;
			if (!isReset()) {
				out.add(LastHttpContent.EMPTY_LAST_CONTENT);
			}
		}
	}

	/**
	 * Whether the peer may send a message now. One that sends it all the same is not
	 * listened to any more.
	 */
	abstract boolean expectsMessage();

	abstract boolean ignoresEmptyLines();

	abstract Rejection startLineTooLong();

	abstract Rejection startLineMalformed();

	/**
	 * A start line is too long to be read.
	 * @param beginning as much of it as is read
	 */
	abstract void onStartLineCut(Line beginning);

	abstract void onStartLine(Line line) throws MalformedMessageException;

	/**
	 * Whether the connection has not been ended in order, so that its end is not a
	 * body's.
	 */
	abstract boolean isReset();

	/**
	 * A head is complete.
	 * @param out where the message goes
	 * @return the body that follows
	 */
	abstract Body onHead(FieldSection section, List<Object> out) throws MalformedMessageException;

	/**
	 * A message is complete.
	 * @param more whether there are bytes behind it already
	 */
	abstract void onEnd(boolean more);

	abstract void onMalformed(boolean inHead, MalformedMessageException failure, List<Object> out);

	private enum State {

		START, FIELDS, FIXED, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILERS, UNTIL_CLOSE, TUNNEL, BROKEN

	}

	/**
	 * How a body ends.
	 */
	enum Body {

		/** As Content-Length or Transfer-Encoding say; without either there is none. */
		BY_FIELDS,

		NONE,

		/** There is none, and what there was is not of interest. */
		IGNORED,

		UNTIL_CLOSE,

		/** What follows is no HTTP any more. */
		TUNNEL

	}

}
