package dev.holdfast.proxy;

import io.netty.util.AsciiString;

/**
 * Names that most fields have, so that reading one of them allocates nothing.
 */
final class FieldNames {

	private static final String[] COMMON = { "Accept", "Accept-Encoding", "Accept-Language", "Authorization",
			"Cache-Control", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Cookie", "Date",
			"ETag", "Expires", "Host", "If-Modified-Since", "If-None-Match", "Keep-Alive", "Last-Modified", "Location",
			"Origin", "Referer", "Server", "Set-Cookie", "Transfer-Encoding", "User-Agent", "Vary", "X-Forwarded-For",
			"X-Forwarded-Proto", "X-Request-Id" };

	private static final int MASK = 0x3ff;

	private static final AsciiString[] TABLE = table();

	private FieldNames() {
	}

	private static AsciiString[] table() {
		AsciiString[] table = new AsciiString[MASK + 1];
		for (String name : COMMON) {
			// Names that fall together share a place by luck of order, and the others are
			// read as any name is.
			for (AsciiString spelling : new AsciiString[] { AsciiString.of(name),
					AsciiString.of(name).toLowerCase() }) {
				table[place(spelling.array(), spelling.length())] = spelling;
			}
		}
		return table;
	}

	private static int place(byte[] bytes, int length) {
		return ((length * 31 + bytes[0]) * 31 + bytes[length - 1] * 7 + bytes[length / 2]) & MASK;
	}

	/**
	 * Reads a name.
	 * @param bytes where it stands, from the first byte on
	 * @param length its length, at least 1
	 */
	static AsciiString read(byte[] bytes, int length) {
		AsciiString known = TABLE[place(bytes, length)];
		return (known != null && known.length() == length && matches(known.array(), bytes, length)) ? known
				: new AsciiString(bytes, 0, length, true);
	}

	private static boolean matches(byte[] known, byte[] bytes, int length) {
		for (int i = 0; i < length; i++) {
			if (known[i] != bytes[i]) {
				return false;
			}
		}
		return true;
	}

}
