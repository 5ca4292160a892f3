package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 messages by the letter of RFC 9112. What two readers could take for two
 * different things is an error, and nothing behind an error is read.
 *
 * @param <H> the type of a message's head
 */
abstract sealed class MessageParser<H> permits RequestParser, ResponseParser {

	/** As much as one read brings: every piece is handed on by itself. */
	private static final int MAX_CONTENT_SIZE = 64 * 1024;

	private static final int MAX_CHUNK_LINE = 4 * 1024;

	/** Of all chunks of a body: more has no purpose but to keep the gateway busy. */
	private static final int MAX_EXTENSIONS = 16 * 1024;

	private final Spares<H> spares;

	private @Nullable H head;

	private final int maxLine;

	private final FieldSection section;

	private State state = State.START;

	/** How much of an unfinished chunk line is known not to have its end. */
	private int scanned;

	private int emptyLines;

	/** What is left of the body or the chunk. */
	private long remaining;

	private int extensions;

	private ByteBuf body = Unpooled.EMPTY_BUFFER;

	private HeaderFields trailers = HeaderFields.NONE;

	private Rejection rejection = Rejection.FIELD;

	/**
	 * Prepare to read.
	 * @param spares where heads come from
	 * @param maxLine the largest start line, bytes
	 * @param maxSize the largest sum of a head's fields, bytes
	 * @param maxFields the largest number of fields
	 * @param lenient whether a blank before a field's colon is removed, and no fault
	 */
	MessageParser(Spares<H> spares, int maxLine, int maxSize, int maxFields, boolean lenient) {
		this.spares = spares;
		this.maxLine = maxLine;
		this.section = new FieldSection(maxSize, maxFields, lenient);
	}

	/**
	 * Read on, by one step.
	 * @param in what the connection brought; read bytes are consumed, and what is left is
	 * to be given again in front of what comes
	 * @return what was read. Behind {@link Parsed#MALFORMED} nothing is read, and
	 * whatever comes is thrown away
	 */
	public final Parsed next(ByteBuf in) {
		boolean inHead = this.state == State.START || this.state == State.FIELDS;
		try {
			Parsed step = read(in);
			while (step == null) {
				step = read(in);
			}
			return step;
		}
		catch (MalformedMessageException ex) {
			this.rejection = ex.rejection();
			this.state = State.BROKEN;
			this.section.end();
			in.skipBytes(in.readableBytes());
			if (inHead) {
				onMalformedHead();
			}
			return Parsed.MALFORMED;
		}
	}

	/**
	 * Read on, by one step.
	 * @return what was read, {@code null} when that is of no interest
	 */
	private @Nullable Parsed read(ByteBuf in) throws MalformedMessageException {
		return switch (this.state) {
			case START -> readStart(in);
			case FIELDS -> readFields(in);
			case FIXED -> readFixed(in);
			case CHUNK_SIZE -> readChunkSize(in);
			case CHUNK_DATA -> readChunkData(in);
			case CHUNK_END -> readChunkEnd(in);
			case TRAILERS -> readTrailers(in);
			case UNTIL_CLOSE -> in.isReadable() ? content(in, in.readableBytes()) : Parsed.NEED_DATA;
			case END -> end();
			case TUNNEL -> Parsed.NEED_DATA;
			case BROKEN -> {
				in.skipBytes(in.readableBytes());
				yield Parsed.NEED_DATA;
			}
		};
	}

	private @Nullable Parsed readStart(ByteBuf in) throws MalformedMessageException {
		if (!in.isReadable()) {
			forget();
			return Parsed.NEED_DATA;
		}
		if (!expectsMessage()) {
			throw new MalformedMessageException(startLineMalformed());
		}
		if (!this.section.isWithinLine()) {
			this.trailers = HeaderFields.NONE;
			this.section.begin(this.spares.fields(head()), false);
		}
		int start = readStartLine(in);
		while (start >= 0 && this.section.lineEnd() == start) {
			// RFC 9112, section 2.2, but not without end.
			this.emptyLines++;
			if (!ignoresEmptyLines() || this.emptyLines * 2 > this.maxLine) {
				throw new MalformedMessageException(startLineMalformed());
			}
			start = readStartLine(in);
		}
		if (start < 0) {
			return Parsed.NEED_DATA;
		}
		this.emptyLines = 0;
		int loaded = this.section.loaded();
		onStartLine(this.section.bytes(), start, this.section.lineEnd()).beginAt(this.section.position(), loaded);
		this.state = State.FIELDS;
		return readFields(in);
	}

	private int readStartLine(ByteBuf in) throws MalformedMessageException {
		try {
			return this.section.readLine(in, this.maxLine, startLineTooLong(), startLineMalformed());
		}
		catch (MalformedMessageException ex) {
			if (ex.rejection() == startLineTooLong()) {
				int start = this.section.position();
				onStartLineCut(this.section.bytes(), start, start + this.maxLine);
			}
			throw ex;
		}
	}

	private @Nullable Parsed readFields(ByteBuf in) throws MalformedMessageException {
		if (!this.section.readFields(in)) {
			return Parsed.NEED_DATA;
		}
		this.section.end();
		Body next = onHead(this.section);
		this.state = switch (next) {
			case BY_FIELDS -> framed();
			case NONE -> State.END;
			case UNTIL_CLOSE -> State.UNTIL_CLOSE;
			case INTERIM, IGNORED -> State.START;
			case TUNNEL -> State.TUNNEL;
		};
		return (next == Body.IGNORED) ? null : Parsed.HEAD;
	}

	private State framed() {
		if (this.section.isChunked()) {
			this.extensions = 0;
			return State.CHUNK_SIZE;
		}
		this.remaining = this.section.contentLength();
		return (this.remaining > 0) ? State.FIXED : State.END;
	}

	private Parsed end() {
		this.state = State.START;
		onEnd();
		return Parsed.END;
	}

	private Parsed content(ByteBuf in, int length) {
		this.body = in.readRetainedSlice(Math.min(length, MAX_CONTENT_SIZE));
		return Parsed.BODY;
	}

	private Parsed readFixed(ByteBuf in) {
		if (!in.isReadable()) {
			return Parsed.NEED_DATA;
		}
		content(in, (int) Math.min(in.readableBytes(), this.remaining));
		this.remaining -= this.body.readableBytes();
		if (this.remaining == 0) {
			this.state = State.END;
		}
		return Parsed.BODY;
	}

	private Parsed readChunkSize(ByteBuf in) throws MalformedMessageException {
		int digits = (this.scanned == 0) ? usualSize(in) : 0;
		if (digits == 0 && !readChunkLine(in)) {
			return Parsed.NEED_DATA;
		}
		if (this.remaining > 0) {
			this.state = State.CHUNK_DATA;
			return readChunkData(in);
		}
		this.state = State.TRAILERS;
		return readTrailers(in);
	}

	/**
	 * Read the line before a chunk if there is nothing but a size.
	 * @return how many digits it has, 0 when it must be looked at more closely, or is not
	 * there
	 */
	private int usualSize(ByteBuf in) {
		int start = in.readerIndex();
		int end = Math.min(in.writerIndex() - 1, start + ChunkSize.MOST_DIGITS + 1);
		long size = 0;
		for (int i = start; i < end; i++) {
			byte c = in.getByte(i);
			int digit = ChunkSize.hexDigit(c);
			if (digit < 0) {
				if (i == start || c != '\r' || in.getByte(i + 1) != '\n') {
					return 0;
				}
				in.readerIndex(i + 2);
				this.remaining = size;
				return i - start;
			}
			size = (size << 4) | digit;
		}
		return 0;
	}

	private boolean readChunkLine(ByteBuf in) throws MalformedMessageException {
		int start = in.readerIndex();
		int end = in.indexOf(start + this.scanned, in.writerIndex(), (byte) '\n');
		int length = ((end >= 0) ? end : in.writerIndex()) - start - 1;
		if (length > MAX_CHUNK_LINE) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		if (end < 0) {
			this.scanned = in.readableBytes();
			return false;
		}
		if (length < 0 || in.getByte(end - 1) != '\r') {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		this.scanned = 0;
		byte[] line = new byte[length];
		in.readBytes(line).skipBytes(2);
		this.remaining = ChunkSize.parse(line);
		this.extensions += extensions(line);
		if (this.extensions > MAX_EXTENSIONS) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		return true;
	}

	private static int extensions(byte[] line) {
		int start = 0;
		while (start < line.length && line[start] != ';') {
			start++;
		}
		return line.length - start;
	}

	private Parsed readChunkData(ByteBuf in) {
		if (!in.isReadable()) {
			return Parsed.NEED_DATA;
		}
		content(in, (int) Math.min(in.readableBytes(), this.remaining));
		this.remaining -= this.body.readableBytes();
		if (this.remaining == 0) {
			this.state = State.CHUNK_END;
		}
		return Parsed.BODY;
	}

	private Parsed readChunkEnd(ByteBuf in) throws MalformedMessageException {
		int start = in.readerIndex();
		int length = in.readableBytes();
		if ((length > 0 && in.getByte(start) != '\r') || (length > 1 && in.getByte(start + 1) != '\n')) {
			throw new MalformedMessageException(Rejection.CHUNK);
		}
		if (length < 2) {
			return Parsed.NEED_DATA;
		}
		in.skipBytes(2);
		this.state = State.CHUNK_SIZE;
		return readChunkSize(in);
	}

	private Parsed readTrailers(ByteBuf in) throws MalformedMessageException {
		if (this.trailers.isNone()) {
			int start = in.readerIndex();
			int length = in.readableBytes();
			if (length == 0 || (length == 1 && in.getByte(start) == '\r')) {
				return Parsed.NEED_DATA;
			}
			if (in.getByte(start) == '\r' && in.getByte(start + 1) == '\n') {
				in.skipBytes(2);
				return end();
			}
			this.trailers = new HeaderFields();
			this.section.begin(this.trailers, true);
		}
		if (!this.section.readFields(in)) {
			return Parsed.NEED_DATA;
		}
		this.section.end();
		return end();
	}

	/**
	 * Return the bytes of the body that {@link Parsed#BODY} brought.
	 * @return the bytes, for the caller to release
	 */
	public final ByteBuf body() {
		return this.body;
	}

	/**
	 * Return the trailers of the message that has ended, those that may be passed on
	 * alone.
	 */
	public final HeaderFields trailers() {
		return this.trailers;
	}

	/**
	 * Return the head that is read, or was read last.
	 */
	H head() {
		if (this.head == null) {
			this.head = this.spares.take();
		}
		return this.head;
	}

	/**
	 * Return what is wrong with the message.
	 */
	public final Rejection rejection() {
		return this.rejection;
	}

	/**
	 * Whether the next byte would be a message's first, or stand before it.
	 */
	public final boolean isBetweenMessages() {
		return this.state == State.START && !this.section.isWithinLine();
	}

	/**
	 * Give the memory of the message that has ended back, because nobody looks at its
	 * head or trailers any more and the next one may be long in coming. Does nothing
	 * while one is being read. {@link #next} does it as well when there is nothing to
	 * read.
	 */
	public final void forget() {
		if (isBetweenMessages()) {
			this.emptyLines = 0;
			this.section.end();
			this.trailers = HeaderFields.NONE;
			this.body = Unpooled.EMPTY_BUFFER;
			if (this.head != null) {
				this.spares.give(this.head);
				this.head = null;
			}
		}
	}

	/**
	 * The connection has ended.
	 * @param inOrder whether its end can be a body's
	 * @return what that means
	 */
	final Parsed finish(boolean inOrder) {
		if (isBetweenMessages() || this.state == State.TUNNEL || this.state == State.BROKEN) {
			return Parsed.NEED_DATA;
		}
		if (this.state == State.END || (this.state == State.UNTIL_CLOSE && inOrder)) {
			return end();
		}
		this.state = State.BROKEN;
		return Parsed.MALFORMED;
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
	 * @param bytes where it stands
	 * @param start its first byte
	 * @param end the byte behind as much of it as is read
	 */
	abstract void onStartLineCut(byte[] bytes, int start, int end);

	/**
	 * Read a start line and begin the head.
	 * @param bytes where it stands
	 * @param start its first byte
	 * @param end the byte behind it
	 * @return the head's fields
	 * @throws MalformedMessageException if it is malformed
	 */
	abstract HeaderFields onStartLine(byte[] bytes, int start, int end) throws MalformedMessageException;

	/**
	 * A head is complete.
	 * @param section what its fields say about the message's length
	 * @return the body that follows
	 * @throws MalformedMessageException if the fields cannot be those of the message
	 */
	abstract Body onHead(FieldSection section) throws MalformedMessageException;

	/**
	 * A message is complete.
	 */
	abstract void onEnd();

	/**
	 * A head is malformed: begin one that has what could be read of it.
	 */
	abstract void onMalformedHead();

	private enum State {

		START, FIELDS, FIXED, CHUNK_SIZE, CHUNK_DATA, CHUNK_END, TRAILERS, UNTIL_CLOSE, END, TUNNEL, BROKEN

	}

	/**
	 * How a body ends.
	 */
	enum Body {

		/** As Content-Length or Transfer-Encoding say; without either there is none. */
		BY_FIELDS,

		NONE,

		/** There is none, and the message itself follows. */
		INTERIM,

		/** There is none, and what there was is not of interest. */
		IGNORED,

		UNTIL_CLOSE,

		/** What follows is no HTTP any more. */
		TUNNEL

	}

}
