package dev.holdfast.proxy.header;

import java.nio.charset.StandardCharsets;

/**
 * Text as messages have it: a byte for each character of ISO-8859-1.
 */
public final class Latin1 {

	private Latin1() {
	}

	/**
	 * Return bytes as text.
	 * @param bytes where they stand
	 * @param start the first one
	 * @param end the byte behind the last one
	 */
	public static String text(byte[] bytes, int start, int end) {
		return new String(bytes, start, end - start, StandardCharsets.ISO_8859_1);
	}

	/**
	 * Write text into an array.
	 * @param text the text
	 * @param out the array
	 * @param at where its first byte goes
	 * @return the place behind its last one
	 */
	@SuppressWarnings("deprecation") // nothing else copies Latin-1 text alone
	public static int put(String text, byte[] out, int at) {
		text.getBytes(0, text.length(), out, at);
		return at + text.length();
	}

	/**
	 * Whether bytes are a text, in the same case.
	 * @param bytes where they stand
	 * @param start the first one
	 * @param end the byte behind the last one
	 * @param text the text
	 */
	static boolean equals(byte[] bytes, int start, int end, String text) {
		if (end - start != text.length()) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if ((bytes[start + i] & 0xff) != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether bytes are a text, in any case of its ASCII letters.
	 * @param bytes where they stand
	 * @param start the first one
	 * @param end the byte behind the last one
	 * @param text the text
	 */
	static boolean equalsIgnoringCase(byte[] bytes, int start, int end, String text) {
		if (end - start != text.length()) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if (lower(bytes[start + i]) != lower((byte) text.charAt(i))) {
				return false;
			}
		}
		return true;
	}

	private static int lower(byte c) {
		return (c >= 'A' && c <= 'Z') ? c + ('a' - 'A') : c;
	}

}
