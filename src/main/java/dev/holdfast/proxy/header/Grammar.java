package dev.holdfast.proxy.header;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Where the parts of a line end: the character classes of RFC 9110, section 5.6.
 */
public final class Grammar {

	private static final byte TOKEN = 1;

	/** Visible ASCII: what a request target may consist of. */
	private static final byte VISIBLE = 2;

	private static final byte[] CLASSES = classes();

	private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

	private static final long ONES = 0x0101010101010101L;

	private static final long HIGH_BITS = ONES << 7;

	private static final long BLANKS = ONES * ' ';

	private static final long DELETES = ONES * 0x7f;

	private static final long LINE_FEEDS = ONES * '\n';

	private Grammar() {
	}

	private static byte[] classes() {
		byte[] classes = new byte[0x100];
		for (int c = ' ' + 1; c < 0x7f; c++) {
			boolean token = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
			classes[c] = (byte) ((token ? TOKEN : 0) | VISIBLE);
		}
		return classes;
	}

	/**
	 * Find the end of a token.
	 * @param in where it stands
	 * @param start its first byte
	 * @param end where to stop
	 * @return the byte behind it
	 */
	public static int tokenEnd(byte[] in, int start, int end) {
		int i = start;
		while (i < end && (CLASSES[in[i] & 0xff] & TOKEN) != 0) {
			i++;
		}
		return i;
	}

	/**
	 * Whether a text is a token.
	 * @param in where it stands
	 * @param start its first byte
	 * @param end the byte behind it
	 * @return whether it is one; what is empty is none
	 */
	public static boolean isToken(byte[] in, int start, int end) {
		return end > start && tokenEnd(in, start, end) == end;
	}

	/**
	 * Find the end of visible ASCII.
	 * @param in where it stands
	 * @param start its first byte
	 * @param end where to stop
	 * @return the byte behind it
	 */
	public static int visibleEnd(byte[] in, int start, int end) {
		int i = start;
		while (i < end && CLASSES[in[i] & 0xff] != 0) {
			i++;
		}
		return i;
	}

	/**
	 * Find the end of what a field's value may consist of: anything but controls other
	 * than tabs. Eight bytes at a time, since values are most of a head.
	 * @param in where it stands
	 * @param start its first byte
	 * @param end where to stop
	 * @return the byte behind it
	 */
	public static int textEnd(byte[] in, int start, int end) {
		int i = start;
		while (true) {
			i = nextControl(in, i, end);
			if (i == end || in[i] != '\t') {
				return i;
			}
			i++;
		}
	}

	private static int nextControl(byte[] in, int start, int end) {
		int i = start;
		for (; i + Long.BYTES <= end; i += Long.BYTES) {
			long bytes = (long) LONGS.get(in, i);
			long deletes = bytes ^ DELETES;
			// Exact up to the first one, which is the one that is asked for.
			long found = (((bytes - BLANKS) & ~bytes) | ((deletes - ONES) & ~deletes)) & HIGH_BITS;
			if (found != 0) {
				return i + (Long.numberOfTrailingZeros(found) >>> 3);
			}
		}
		while (i < end && (in[i] < 0 || in[i] >= ' ') && in[i] != 0x7f) {
			i++;
		}
		return i;
	}

	/**
	 * Find the next LF.
	 * @param in where it may stand
	 * @param start where to begin
	 * @param end where to stop
	 * @return the LF, -1 when there is none
	 */
	public static int lineFeed(byte[] in, int start, int end) {
		int i = start;
		for (; i + Long.BYTES <= end; i += Long.BYTES) {
			long bytes = (long) LONGS.get(in, i) ^ LINE_FEEDS;
			long found = (bytes - ONES) & ~bytes & HIGH_BITS;
			if (found != 0) {
				return i + (Long.numberOfTrailingZeros(found) >>> 3);
			}
		}
		while (i < end && in[i] != '\n') {
			i++;
		}
		return (i < end) ? i : -1;
	}

	/**
	 * Find the end of spaces and tabs.
	 * @param in where they stand
	 * @param start the first one
	 * @param end where to stop
	 * @return the byte behind them
	 */
	public static int blankEnd(byte[] in, int start, int end) {
		int i = start;
		while (i < end && isBlank(in[i])) {
			i++;
		}
		return i;
	}

	/**
	 * Find the end of a text without the spaces and tabs behind it.
	 * @param in where it stands
	 * @param start its first byte
	 * @param end the byte behind it and them
	 * @return the byte behind it
	 */
	public static int trimmedEnd(byte[] in, int start, int end) {
		int i = end;
		while (i > start && isBlank(in[i - 1])) {
			i--;
		}
		return i;
	}

	private static boolean isBlank(byte c) {
		return c == ' ' || c == '\t';
	}

	/**
	 * Return the byte at a place, 0 behind the end: no line that is accepted has a NUL.
	 * @param in where it stands
	 * @param index the place
	 * @param end where to stop
	 */
	public static byte at(byte[] in, int index, int end) {
		return (index < end) ? in[index] : 0;
	}

	/**
	 * Whether a digit stands at a place.
	 * @param in where it stands
	 * @param index the place
	 * @param end where to stop
	 */
	public static boolean isDigit(byte[] in, int index, int end) {
		byte c = at(in, index, end);
		return c >= '0' && c <= '9';
	}

	/**
	 * Whether a text stands at a place.
	 * @param in where it stands
	 * @param start the place
	 * @param end where to stop
	 * @param text the text, ASCII alone
	 */
	public static boolean matches(byte[] in, int start, int end, String text) {
		if (end - start < text.length()) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if (in[start + i] != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether a text is another, in any case.
	 * @param in where it stands
	 * @param start its first byte
	 * @param end the byte behind it
	 * @param lower the other, ASCII letters in lower case alone
	 */
	public static boolean isWord(byte[] in, int start, int end, String lower) {
		if (end - start != lower.length()) {
			return false;
		}
		for (int i = 0; i < lower.length(); i++) {
			if ((in[start + i] | 0x20) != lower.charAt(i)) {
				return false;
			}
		}
		return true;
	}

}
