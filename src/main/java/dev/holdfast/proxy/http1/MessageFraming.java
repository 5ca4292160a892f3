package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.Grammar;
import dev.holdfast.proxy.header.HeaderKind;
import dev.holdfast.proxy.header.HttpVersion;

/**
 * What the fields of a head say about the length of the message (RFC 9112, section 6):
 * Content-Length or Transfer-Encoding, and never both.
 */
final class MessageFraming {

	private long contentLength = -1;

	private boolean chunked;

	/** Whether the chunks hold something that the gateway cannot read. */
	private boolean coded;

	/**
	 * Begin with a head that says nothing.
	 */
	void begin() {
		this.contentLength = -1;
		this.chunked = false;
		this.coded = false;
	}

	/**
	 * Hear what a field says.
	 * @param kind what field it is: of most kinds it says nothing
	 * @param bytes where its value stands
	 * @param value the first byte of its value
	 * @param valueEnd the byte behind its value
	 * @throws MalformedMessageException if it says what cannot be, or something else than
	 * a field before it
	 */
	void onField(HeaderKind kind, byte[] bytes, int value, int valueEnd) throws MalformedMessageException {
		if (kind == HeaderKind.CONTENT_LENGTH) {
			if (this.contentLength >= 0 || this.chunked) {
				throw new MalformedMessageException(Rejection.FRAMING);
			}
			this.contentLength = parseLength(bytes, value, valueEnd);
		}
		else if (kind == HeaderKind.TRANSFER_ENCODING) {
			this.coded = !Grammar.isWord(bytes, value, valueEnd, "chunked");
			if (this.contentLength >= 0 || this.chunked || (this.coded && !endsInChunked(bytes, value, valueEnd))) {
				throw new MalformedMessageException(Rejection.FRAMING);
			}
			this.chunked = true;
		}
	}

	/**
	 * Whether a list of codings names chunked last and only then. Without it nobody knows
	 * where the message ends (RFC 9112, section 6.3).
	 */
	private static boolean endsInChunked(byte[] bytes, int listStart, int listEnd) {
		int start = listStart;
		int end = Grammar.tokenEnd(bytes, start, listEnd);
		int next = Grammar.blankEnd(bytes, end, listEnd);
		while (end > start && Grammar.at(bytes, next, listEnd) == ','
				&& !Grammar.isWord(bytes, start, end, "chunked")) {
			start = Grammar.blankEnd(bytes, next + 1, listEnd);
			end = Grammar.tokenEnd(bytes, start, listEnd);
			next = Grammar.blankEnd(bytes, end, listEnd);
		}
		return next == listEnd && Grammar.isWord(bytes, start, end, "chunked");
	}

	private static long parseLength(byte[] bytes, int start, int end) throws MalformedMessageException {
		long length = 0;
		// Nineteen digits do not fit a long; and some servers take 010 for an octal
		// number.
		boolean valid = end > start && end - start < 19 && (end - start == 1 || bytes[start] != '0');
		for (int i = start; valid && i < end; i++) {
			int digit = bytes[i] - '0';
			valid = digit >= 0 && digit <= 9;
			length = length * 10 + digit;
		}
		if (!valid) {
			throw new MalformedMessageException(Rejection.FRAMING);
		}
		return length;
	}

	/**
	 * Judge the framing when all fields are there.
	 * @param version the message's
	 * @throws MalformedMessageException if it is none of that version, or chunks hold
	 * what has been coded in another way (RFC 9112, section 6.1)
	 */
	void check(HttpVersion version) throws MalformedMessageException {
		if (this.chunked && version == HttpVersion.HTTP_1_0) {
			throw new MalformedMessageException(Rejection.FRAMING);
		}
		if (this.coded) {
			throw new MalformedMessageException(Rejection.CODING);
		}
	}

	/**
	 * Return the body's length that the fields announce, -1 when they do not.
	 */
	long contentLength() {
		return this.contentLength;
	}

	/**
	 * Whether the body comes in chunks.
	 */
	boolean isChunked() {
		return this.chunked;
	}

}
