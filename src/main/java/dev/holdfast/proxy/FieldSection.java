package dev.holdfast.proxy;

import dev.holdfast.proxy.RequestGuard.Rejection;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.impl.headers.Http1xHeaders;

/**
 * The fields of one message's head or trailer section, and what they say about the
 * message's length.
 */
final class FieldSection {

	private final int maxSize;

	private final int maxCount;

	/** Whether a blank before a colon is removed, and no fault. */
	private final boolean lenient;

	private HttpHeaders fields = Http1xHeaders.caseInsensitive();

	private int size;

	private int count;

	private long contentLength = -1;

	private boolean chunked;

	/** Whether the chunks hold something that the gateway cannot read. */
	private boolean coded;

	/**
	 * Prepares to read fields.
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

	void begin() {
		// Names and values have been checked byte by byte when they get there.
		this.fields = Http1xHeaders.caseInsensitive();
		this.size = 0;
		this.count = 0;
		this.contentLength = -1;
		this.chunked = false;
		this.coded = false;
	}

	/**
	 * How long the next line may be.
	 */
	int room() {
		return this.maxSize - this.size;
	}

	void add(Line line) throws MalformedMessageException {
		count(line);
		int nameEnd = line.nameEnd();
		CharSequence name = FieldNames.read(line.bytes(), nameEnd);
		int colon = line.colon(nameEnd, this.lenient);
		String value = line.value(colon);
		if (nameEnd == "Content-Length".length() && HeaderKind.of(name.toString()) == HeaderKind.CONTENT_LENGTH) {
			if (this.contentLength >= 0 || this.chunked) {
				throw new MalformedMessageException(Rejection.FRAMING);
			}
			this.contentLength = parseLength(value);
		}
		else if (nameEnd == "Transfer-Encoding".length()
				&& HeaderKind.of(name.toString()) == HeaderKind.TRANSFER_ENCODING) {
			this.coded = !value.equalsIgnoreCase("chunked");
			if (this.contentLength >= 0 || this.chunked || (this.coded && !endsInChunked(line, colon + 1))) {
				throw new MalformedMessageException(Rejection.FRAMING);
			}
			this.chunked = true;
		}
		this.fields.add(name, value);
	}

	/**
	 * Whether a list of codings names chunked last and only then. Without it nobody knows
	 * where the message ends (RFC 9112, section 6.3).
	 */
	private static boolean endsInChunked(Line line, int listStart) {
		int start = line.blankEnd(listStart);
		int end = line.tokenEnd(start);
		int next = line.blankEnd(end);
		while (end > start && line.at(next) == ',' && !isChunked(line, start, end)) {
			start = line.blankEnd(next + 1);
			end = line.tokenEnd(start);
			next = line.blankEnd(end);
		}
		return next == line.length() && isChunked(line, start, end);
	}

	private static boolean isChunked(Line line, int start, int end) {
		return line.text(start, end).equalsIgnoreCase("chunked");
	}

	/**
	 * Judges the framing when all fields are there.
	 * @param version the message's
	 * @throws MalformedMessageException if it is none of that version, or chunks hold
	 * what has been coded in another way (RFC 9112, section 6.1)
	 */
	void checkFraming(HttpVersion version) throws MalformedMessageException {
		if (this.chunked && version.equals(HttpVersion.HTTP_1_0)) {
			throw new MalformedMessageException(Rejection.FRAMING);
		}
		if (this.coded) {
			throw new MalformedMessageException(Rejection.CODING);
		}
	}

	private void count(Line line) throws MalformedMessageException {
		this.size += line.length();
		this.count++;
		if (this.count > this.maxCount) {
			throw new MalformedMessageException(Rejection.TOO_MANY_HEADERS);
		}
		if (this.size > this.maxSize) {
			throw new MalformedMessageException(Rejection.HEADERS_TOO_LARGE);
		}
	}

	/**
	 * Takes a field of a trailer section. One that would say something about the message
	 * or its way is checked and forgotten (RFC 9110, section 6.5.1).
	 */
	void addTrailer(Line line) throws MalformedMessageException {
		count(line);
		int nameEnd = line.nameEnd();
		CharSequence name = FieldNames.read(line.bytes(), nameEnd);
		String value = line.value(line.colon(nameEnd, this.lenient));
		if (Trailers.isAllowed(name.toString())) {
			this.fields.add(name, value);
		}
	}

	private static long parseLength(String value) throws MalformedMessageException {
		long length = 0;
		// Nineteen digits do not fit a long; and some servers take 010 for an octal
		// number.
		boolean valid = !value.isEmpty() && value.length() < 19 && (value.length() == 1 || value.charAt(0) != '0');
		for (int i = 0; valid && i < value.length(); i++) {
			int digit = value.charAt(i) - '0';
			valid = digit >= 0 && digit <= 9;
			length = length * 10 + digit;
		}
		if (!valid) {
			throw new MalformedMessageException(Rejection.FRAMING);
		}
		return length;
	}

	HttpHeaders fields() {
		return this.fields;
	}

	/**
	 * The body's length that the fields announce, -1 when they do not.
	 */
	long contentLength() {
		return this.contentLength;
	}

	boolean isChunked() {
		return this.chunked;
	}

}
