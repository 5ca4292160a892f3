package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.Grammar;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.Trailers;
import io.netty.buffer.ByteBuf;

/**
 * Reads the lines of one message's head or trailer section. They are read where they are
 * kept: what a connection brings is copied into the block of fields once, and becomes
 * fields there.
 */
final class FieldSection {

	/** There is no whole line. */
	private static final int UNFINISHED = -1;

	private final int maxSize;

	private final int maxCount;

	/** Whether a blank before a colon is removed, and no fault. */
	private final boolean lenient;

	private HeaderFields fields = HeaderFields.NONE;

	/** What the fields of a head say about the message's length. */
	private final MessageFraming framing = new MessageFraming();

	private boolean trailers;

	/** The first byte that has not become part of a line. */
	private int position;

	/** How far an unfinished line is known not to have its end. */
	private int scanned;

	private int lineEnd;

	private int size;

	private int count;

	/**
	 * Prepare to read fields.
	 * @param maxSize the largest sum of their lines, bytes
	 * @param maxCount the largest number of them
	 * @param lenient whether a blank before a colon is removed, as a proxy must in
	 * responses and must not in requests (RFC 9112, section 5.1)
	 */
	FieldSection(int maxSize, int maxCount, boolean lenient) {
		this.maxSize = maxSize;
		this.maxCount = maxCount;
		this.lenient = lenient;
	}

	/**
	 * Begin to read a head, or a trailer section.
	 * @param fields where the fields go
	 * @param trailers whether it is a trailer section: a field that would say something
	 * about the message or its way is checked and forgotten then (RFC 9110, section
	 * 6.5.1)
	 */
	void begin(HeaderFields fields, boolean trailers) {
		this.fields = fields;
		this.trailers = trailers;
		this.position = 0;
		this.scanned = 0;
		this.size = 0;
		this.count = 0;
		if (!trailers) {
			this.framing.begin();
		}
		fields.clear();
	}

	/**
	 * Forget where the fields go.
	 */
	void end() {
		this.fields = HeaderFields.NONE;
		this.position = 0;
	}

	/**
	 * Whether some of a line is there.
	 */
	boolean isWithinLine() {
		return this.position < this.fields.loaded();
	}

	/**
	 * Read a line that is none of a field, if all of it has arrived. It stands in the
	 * block of fields, and is valid until a field is read.
	 * @param in what the connection brought
	 * @param longest how long it may be
	 * @param tooLong what is wrong with one that is longer
	 * @param malformed what is wrong with one that ends with LF alone
	 * @return its first byte, negative when it has not arrived
	 * @throws MalformedMessageException if it is too long, or ends with LF alone
	 */
	int readLine(ByteBuf in, int longest, Rejection tooLong, Rejection malformed) throws MalformedMessageException {
		if (!isWithinLine()) {
			// Empty lines alone must not fill memory.
			this.fields.beginAt(0, 0);
			this.position = 0;
			this.scanned = 0;
		}
		do {
			int start = this.position;
			int next = findLine(this.fields.bytes(), start, this.fields.loaded(), longest, tooLong, malformed);
			if (next != UNFINISHED) {
				this.position = next;
				return start;
			}
		}
		while (load(in));
		return UNFINISHED;
	}

	private boolean load(ByteBuf in) {
		return in.isReadable() && this.fields.load(in) > 0;
	}

	/**
	 * Find the end of a line.
	 * @return the byte behind it, negative when it is not there
	 */
	private int findLine(byte[] bytes, int start, int end, int longest, Rejection tooLong, Rejection malformed)
			throws MalformedMessageException {
		int lineFeed = Grammar.lineFeed(bytes, Math.max(start, this.scanned), end);
		int length = ((lineFeed >= 0) ? lineFeed : end) - start - 1;
		if (length > longest) {
			throw new MalformedMessageException(tooLong);
		}
		if (lineFeed < 0) {
			this.scanned = end;
			return UNFINISHED;
		}
		if (length < 0 || bytes[lineFeed - 1] != '\r') {
			throw new MalformedMessageException(malformed);
		}
		this.lineEnd = lineFeed - 1;
		return lineFeed + 1;
	}

	/**
	 * Return the bytes in which lines stand.
	 */
	byte[] bytes() {
		return this.fields.bytes();
	}

	/**
	 * Return the first byte that is not part of a line.
	 */
	int position() {
		return this.position;
	}

	/**
	 * Return the byte behind the line that was read last.
	 */
	int lineEnd() {
		return this.lineEnd;
	}

	/**
	 * Return the byte behind all that has been copied.
	 */
	int loaded() {
		return this.fields.loaded();
	}

	/**
	 * Read fields.
	 * @param in what the connection brought
	 * @return whether that was all of them
	 * @throws MalformedMessageException if one is malformed, or there are too many
	 */
	boolean readFields(ByteBuf in) throws MalformedMessageException {
		do {
			if (readLoadedFields()) {
				// What is behind them is not theirs.
				in.readerIndex(in.readerIndex() - (this.fields.loaded() - this.position));
				return true;
			}
		}
		while (load(in));
		return false;
	}

	private boolean readLoadedFields() throws MalformedMessageException {
		byte[] bytes = this.fields.bytes();
		int end = this.fields.loaded();
		int at = this.position;
		while (at < end) {
			if (bytes[at] == '\r' && at + 1 < end && bytes[at + 1] == '\n') {
				this.position = at + 2;
				return true;
			}
			int next = (this.scanned <= at) ? readUsualField(bytes, at, end) : UNFINISHED;
			if (next == UNFINISHED) {
				next = readField(bytes, at, end);
			}
			if (next == UNFINISHED) {
				break;
			}
			at = next;
		}
		this.position = at;
		return false;
	}

	/**
	 * Read a field in one pass.
	 * @return the byte behind its line, negative when it must be looked at more closely,
	 * or is not there
	 */
	private int readUsualField(byte[] bytes, int start, int end) throws MalformedMessageException {
		int nameEnd = Grammar.tokenEnd(bytes, start, end);
		if (nameEnd == start || nameEnd == end || bytes[nameEnd] != ':') {
			return UNFINISHED;
		}
		int value = Grammar.blankEnd(bytes, nameEnd + 1, end);
		int lineEnd = Grammar.textEnd(bytes, value, end);
		if (lineEnd + 1 >= end || bytes[lineEnd] != '\r' || bytes[lineEnd + 1] != '\n') {
			return UNFINISHED;
		}
		if (lineEnd - start > room()) {
			throw new MalformedMessageException(Rejection.HEADERS_TOO_LARGE);
		}
		count(lineEnd - start);
		add(bytes, start, nameEnd, value, Grammar.trimmedEnd(bytes, value, lineEnd));
		return lineEnd + 2;
	}

	/**
	 * Read a field, or learn what is wrong with it.
	 * @return the byte behind its line, negative when it is not there
	 */
	private int readField(byte[] bytes, int start, int end) throws MalformedMessageException {
		int next = findLine(bytes, start, end, room(), Rejection.HEADERS_TOO_LARGE, Rejection.FIELD);
		if (next == UNFINISHED) {
			return UNFINISHED;
		}
		int lineEnd = this.lineEnd;
		count(lineEnd - start);
		int nameEnd = Grammar.tokenEnd(bytes, start, lineEnd);
		int colon = this.lenient ? Grammar.blankEnd(bytes, nameEnd, lineEnd) : nameEnd;
		boolean wellFormed = nameEnd > start && Grammar.at(bytes, colon, lineEnd) == ':'
				&& Grammar.textEnd(bytes, colon + 1, lineEnd) == lineEnd;
		if (!wellFormed) {
			// RFC 9112, section 5: a line that continues another one as well.
			throw new MalformedMessageException(Rejection.FIELD);
		}
		int value = Grammar.blankEnd(bytes, colon + 1, lineEnd);
		add(bytes, start, nameEnd, value, Grammar.trimmedEnd(bytes, value, lineEnd));
		return next;
	}

	private int room() {
		return this.maxSize - this.size;
	}

	private void count(int length) throws MalformedMessageException {
		this.size += length;
		this.count++;
		if (this.count > this.maxCount) {
			throw new MalformedMessageException(Rejection.TOO_MANY_HEADERS);
		}
	}

	private void add(byte[] bytes, int name, int nameEnd, int value, int valueEnd) throws MalformedMessageException {
		HeaderKind kind = HeaderKind.of(bytes, name, nameEnd - name);
		if (this.trailers) {
			if (!Trailers.isAllowed(kind, bytes, name, nameEnd - name)) {
				return;
			}
		}
		else {
			this.framing.onField(kind, bytes, value, valueEnd);
		}
		this.fields.take(kind, name, nameEnd, value, valueEnd);
	}

	/**
	 * Return what the fields of the head say about the message's length.
	 */
	MessageFraming framing() {
		return this.framing;
	}

}
