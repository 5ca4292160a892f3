package dev.holdfast.proxy;

import dev.holdfast.proxy.RequestGuard.Rejection;

/**
 * The line before a chunk (RFC 9112, section 7.1): its size, and extensions that are
 * checked and forgotten.
 */
final class ChunkSize {

	/** Of a size, with leading zeros; fifteen digits are far more than any chunk has. */
	private static final int MOST_DIGITS = 15;

	private ChunkSize() {
	}

	static long parse(Line line) throws MalformedMessageException {
		int end = 0;
		long size = 0;
		for (int digit = hexDigit(line.at(0)); digit >= 0; digit = hexDigit(line.at(end))) {
			size = (size << 4) | digit;
			end++;
			if (end > MOST_DIGITS) {
				throw malformed();
			}
		}
		if (end == 0) {
			throw malformed();
		}
		while (end < line.length()) {
			end = extensionEnd(line, end);
		}
		return size;
	}

	private static int extensionEnd(Line line, int start) throws MalformedMessageException {
		int semicolon = line.blankEnd(start);
		if (line.at(semicolon) != ';') {
			throw malformed();
		}
		int name = line.blankEnd(semicolon + 1);
		int nameEnd = line.tokenEnd(name);
		if (nameEnd == name) {
			throw malformed();
		}
		int equals = line.blankEnd(nameEnd);
		if (line.at(equals) != '=') {
			return nameEnd;
		}
		int value = line.blankEnd(equals + 1);
		int valueEnd = (line.at(value) == '"') ? quotedEnd(line, value + 1) : line.tokenEnd(value);
		if (valueEnd == value) {
			throw malformed();
		}
		return valueEnd;
	}

	private static int quotedEnd(Line line, int start) throws MalformedMessageException {
		int textEnd = line.textEnd(start);
		for (int i = start; i < textEnd; i++) {
			byte c = line.at(i);
			if (c == '"') {
				return i + 1;
			}
			if (c == '\\') {
				i++;
			}
		}
		throw malformed();
	}

	private static MalformedMessageException malformed() {
		return new MalformedMessageException(Rejection.CHUNK);
	}

	private static int hexDigit(byte c) {
		if (c >= '0' && c <= '9') {
			return c - '0';
		}
		int lower = c | 0x20;
		return (lower >= 'a' && lower <= 'f') ? lower - 'a' + 10 : -1;
	}

}
