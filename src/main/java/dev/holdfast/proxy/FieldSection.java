package dev.holdfast.proxy;

import dev.holdfast.proxy.RequestGuard.Rejection;
import io.netty.handler.codec.http.HttpHeaders;
import io.vertx.core.http.impl.headers.Http1xHeaders;

/**
 * The fields of one message's head or trailer section, and what they say about the
 * message's length.
 */
final class FieldSection {

	private final int maxSize;

	private final int maxCount;

	private HttpHeaders fields = Http1xHeaders.caseInsensitive();

	private int size;

	private int count;

	private long contentLength = -1;

	private boolean chunked;

	/**
	 * Prepares to read fields.
	 * @param maxSize the largest sum of their lines, bytes
	 * @param maxCount the largest number of them
	 */
	FieldSection(int maxSize, int maxCount) {
		this.maxSize = maxSize;
		this.maxCount = maxCount;
	}

	void begin() {
		// Names and values have been checked byte by byte when they get there.
		this.fields = Http1xHeaders.caseInsensitive();
		this.size = 0;
		this.count = 0;
		this.contentLength = -1;
		this.chunked = false;
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
		String value = line.value(nameEnd);
		if (nameEnd == "Content-Length".length() && HeaderKind.of(name.toString()) == HeaderKind.CONTENT_LENGTH) {
			if (this.contentLength >= 0 || this.chunked) {
				throw new MalformedMessageException(Rejection.FRAMING);
			}
			this.contentLength = parseLength(value);
		}
		else if (nameEnd == "Transfer-Encoding".length()
				&& HeaderKind.of(name.toString()) == HeaderKind.TRANSFER_ENCODING) {
			// RFC 9112, section 6.1; no coding but this one is in use.
			if (this.contentLength >= 0 || this.chunked || !value.equalsIgnoreCase("chunked")) {
				throw new MalformedMessageException(Rejection.FRAMING);
			}
			this.chunked = true;
		}
		this.fields.add(name, value);
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
		String value = line.value(nameEnd);
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
