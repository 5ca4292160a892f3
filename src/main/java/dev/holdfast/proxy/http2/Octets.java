package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.header.Grammar;

/**
 * What HTTP/2 asks of the bytes of fields' names, which it has in lower case.
 */
final class Octets {

	private static final byte[] LOWER = lowerCase();

	private Octets() {
	}

	private static byte[] lowerCase() {
		byte[] lower = new byte[0x100];
		for (int c = 0; c < lower.length; c++) {
			lower[c] = (byte) ((c >= 'A' && c <= 'Z') ? c + ('a' - 'A') : c);
		}
		return lower;
	}

	/**
	 * Whether bytes are a field's name as HTTP/2 has it: a token without capitals (RFC
	 * 9113, section 8.2.1).
	 */
	static boolean isName(byte[] bytes, int start, int end) {
		if (!Grammar.isToken(bytes, start, end)) {
			return false;
		}
		for (int i = start; i < end; i++) {
			if (bytes[i] != lower(bytes[i])) {
				return false;
			}
		}
		return true;
	}

	static byte lower(byte c) {
		return LOWER[c & 0xff];
	}

	static boolean equal(byte[] bytes, int start, int end, String text) {
		return end - start == text.length() && Grammar.matches(bytes, start, end, text);
	}

}
