package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.HeaderFields;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Reads HTTP/1.1 messages by the letter of RFC 9112: a start line, fields, a body and
 * trailers, for each of which there is a reader. What two readers could take for two
 * different things is an error, and nothing behind an error is read.
 *
 * @param <H> the type of a message's head
 */
abstract sealed class MessageParser<H> permits RequestParser, ResponseParser {

	private final Spares<H> spares;

	private @Nullable H head;

	private final StartLineReader startLine;

	private final FieldSection section;

	private final BodyReader body = new BodyReader();

	private State state = State.START;

	private HeaderFields trailers = HeaderFields.NONE;

	private Rejection rejection = Rejection.FIELD;

	/**
	 * Prepare to read.
	 * @param spares where heads come from
	 * @param startLine reads start lines
	 * @param section reads fields
	 */
	MessageParser(Spares<H> spares, StartLineReader startLine, FieldSection section) {
		this.spares = spares;
		this.startLine = startLine;
		this.section = section;
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
			case BODY -> readBody(in);
			case TRAILERS -> readTrailers(in);
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
			throw this.startLine.malformed();
		}
		if (!this.section.isWithinLine()) {
			this.trailers = HeaderFields.NONE;
			this.section.begin(this.spares.fields(head()), false);
		}
		int start = readStartLine(in);
		if (start < 0) {
			return Parsed.NEED_DATA;
		}
		int loaded = this.section.loaded();
		onStartLine(this.section.bytes(), start, this.section.lineEnd()).beginAt(this.section.position(), loaded);
		this.state = State.FIELDS;
		return readFields(in);
	}

	private int readStartLine(ByteBuf in) throws MalformedMessageException {
		try {
			return this.startLine.read(in, this.section);
		}
		catch (MalformedMessageException ex) {
			if (this.startLine.isTooLong(ex.rejection())) {
				int start = this.section.position();
				onStartLineCut(this.section.bytes(), start, start + this.startLine.longest());
			}
			throw ex;
		}
	}

	private @Nullable Parsed readFields(ByteBuf in) throws MalformedMessageException {
		if (!this.section.readFields(in)) {
			return Parsed.NEED_DATA;
		}
		this.section.end();
		BodyEnd end = onHead(this.section.framing());
		this.state = begin(end);
		return (end == BodyEnd.IGNORED) ? null : Parsed.HEAD;
	}

	private State begin(BodyEnd end) {
		return switch (end) {
			case BY_FIELDS -> {
				this.body.begin(this.section.framing());
				yield State.BODY;
			}
			case NONE -> {
				this.body.beginEmpty();
				yield State.BODY;
			}
			case UNTIL_CLOSE -> {
				this.body.beginUntilClose();
				yield State.BODY;
			}
			case INTERIM, IGNORED -> State.START;
			case TUNNEL -> State.TUNNEL;
		};
	}

	private Parsed readBody(ByteBuf in) throws MalformedMessageException {
		Parsed step = this.body.read(in);
		if (step != Parsed.END) {
			return step;
		}
		if (!this.body.isBeforeTrailers()) {
			return end();
		}
		this.state = State.TRAILERS;
		return readTrailers(in);
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

	private Parsed end() {
		this.state = State.START;
		onEnd();
		return Parsed.END;
	}

	/**
	 * Return the bytes of the body that {@link Parsed#BODY} brought.
	 * @return the bytes, for the caller to release
	 */
	public final ByteBuf body() {
		return this.body.piece();
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
			this.startLine.forget();
			this.section.end();
			this.trailers = HeaderFields.NONE;
			this.body.forget();
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
		if (this.state == State.BODY && this.body.isWholeAtClose(inOrder)) {
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
	 * @param framing what its fields say about the message's length
	 * @return what follows it
	 * @throws MalformedMessageException if the fields cannot be those of the message
	 */
	abstract BodyEnd onHead(MessageFraming framing) throws MalformedMessageException;

	/**
	 * A message is complete.
	 */
	abstract void onEnd();

	/**
	 * A head is malformed: begin one that has what could be read of it.
	 */
	abstract void onMalformedHead();

	private enum State {

		START, FIELDS, BODY, TRAILERS, TUNNEL, BROKEN

	}

}
