package dev.holdfast.proxy.http1;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.Grammar;

/**
 * The line before a chunk (RFC 9112, section 7.1): its size, and extensions that are
 * checked and forgotten.
 */
final class ChunkSize {

	/** Of a size, with leading zeros; fifteen digits are far more than any chunk has. */
	static final int MOST_DIGITS = 15;

	private ChunkSize() {
	}

	/**
	 * Read a line.
	 * @param line the line without its end
	 * @return the size
	 * @throws MalformedMessageException if it is none, or has a malformed extension
	 */
	static long parse(byte[] line) throws MalformedMessageException {
		int end = 0;
		long size = 0;
		for (int digit = digitAt(line, 0); digit >= 0; digit = digitAt(line, end)) {
			size = (size << 4) | digit;
			end++;
			if (end > MOST_DIGITS) {
				throw malformed();
			}
		}
		if (end == 0) {
			throw malformed();
		}
		while (end < line.length) {
			end = extensionEnd(line, end);
		}
		return size;
	}

	private static int digitAt(byte[] line, int index) {
		return hexDigit(Grammar.at(line, index, line.length));
	}

	private static int extensionEnd(byte[] line, int start) throws MalformedMessageException {
		int semicolon = Grammar.blankEnd(line, start, line.length);
		if (Grammar.at(line, semicolon, line.length) != ';') {
			throw malformed();
		}
		int name = Grammar.blankEnd(line, semicolon + 1, line.length);
		int nameEnd = Grammar.tokenEnd(line, name, line.length);
		if (nameEnd == name) {
			throw malformed();
		}
		int equals = Grammar.blankEnd(line, nameEnd, line.length);
		if (Grammar.at(line, equals, line.length) != '=') {
			return nameEnd;
		}
		int value = Grammar.blankEnd(line, equals + 1, line.length);
		int valueEnd = (Grammar.at(line, value, line.length) == '"') ? quotedEnd(line, value + 1)
				: Grammar.tokenEnd(line, value, line.length);
		if (valueEnd == value) {
			throw malformed();
		}
		return valueEnd;
	}

	private static int quotedEnd(byte[] line, int start) throws MalformedMessageException {
		int textEnd = Grammar.textEnd(line, start, line.length);
		for (int i = start; i < textEnd; i++) {
			if (line[i] == '"') {
				return i + 1;
			}
			if (line[i] == '\\') {
				i++;
			}
		}
		throw malformed();
	}

	private static MalformedMessageException malformed() {
		return new MalformedMessageException(Rejection.CHUNK);
	}

	/**
	 * Return the value of a hexadecimal digit, -1 when it is none.
	 * @param c the digit
	 */
	static int hexDigit(byte c) {
		if (c >= '0' && c <= '9') {
			return c - '0';
		}
		int lower = c | 0x20;
		return (lower >= 'a' && lower <= 'f') ? lower - 'a' + 10 : -1;
	}

}
