package dev.holdfast.proxy.http2;

/**
 * The code that texts may be shortened by (RFC 7541, appendix B). It is canonical, so
 * that the lengths tell all of it.
 */
final class Huffman {

	private static final byte[] LENGTHS = { 13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28,
			28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
			5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
			7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5,
			6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, 24,
			24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24,
			21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22,
			25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24,
			20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27,
			27, 27, 26, 30 };

	private static final int END = 256;

	private static final int LONGEST = 30;

	private static final int FAST_BITS = 9;

	/**
	 * By the next bits: a symbol and, in the lowest four bits, its length; 0 for a longer
	 * one.
	 */
	private static final short[] FAST = new short[1 << FAST_BITS];

	/** All symbols in the order of their codes. */
	private static final short[] SYMBOLS = new short[LENGTHS.length];

	/**
	 * By a length: the first code behind all of that length, at the upper end of 32 bits.
	 */
	private static final long[] LIMITS = new long[LONGEST + 1];

	/** By a length: what to add to a code of it for its place in {@link #SYMBOLS}. */
	private static final int[] OFFSETS = new int[LONGEST + 1];

	static {
		int code = 0;
		int place = 0;
		for (int length = 1; length <= LONGEST; length++) {
			code <<= 1;
			OFFSETS[length] = place - code;
			for (int symbol = 0; symbol < LENGTHS.length; symbol++) {
				if (LENGTHS[symbol] == length) {
					SYMBOLS[place++] = (short) symbol;
					addFast(code, length, symbol);
					code++;
				}
			}
			LIMITS[length] = (long) code << (Integer.SIZE - length);
		}
	}

	private Huffman() {
	}

	private static void addFast(int code, int length, int symbol) {
		if (length <= FAST_BITS) {
			int first = code << (FAST_BITS - length);
			for (int i = 0; i < 1 << (FAST_BITS - length); i++) {
				FAST[first + i] = (short) (symbol << 4 | length);
			}
		}
	}

	/**
	 * Return the most bytes that a text of a length can become.
	 * @param length the length, bytes
	 */
	static int maxDecodedLength(int length) {
		return (int) (length * 8L / 5);
	}

	/**
	 * Decode a text.
	 * @param in where it stands
	 * @param start its first byte
	 * @param end the byte behind it
	 * @param out where it goes, with enough room
	 * @param at the first place there
	 * @return the place behind the last byte, -1 when the text is malformed
	 */
	static int decode(byte[] in, int start, int end, byte[] out, int at) {
		long bits = 0;
		int count = 0;
		int next = start;
		int place = at;
		while (true) {
			while (count <= Integer.SIZE && next < end) {
				bits = bits << 8 | (in[next++] & 0xff);
				count += 8;
			}
			int window = window(bits, count);
			int fast = FAST[window >>> (Integer.SIZE - FAST_BITS)];
			int length = (fast != 0) ? fast & 0xf : length(window);
			if (length > count) {
				return (count < 8 && window == -1) ? place : -1;
			}
			int symbol = (fast != 0) ? fast >> 4 : SYMBOLS[OFFSETS[length] + (window >>> (Integer.SIZE - length))];
			if (symbol == END) {
				return -1;
			}
			out[place++] = (byte) symbol;
			count -= length;
		}
	}

	/**
	 * Return the next 32 bits, filled up with ones, which is how a text is padded.
	 */
	private static int window(long bits, int count) {
		int missing = Integer.SIZE - count;
		return (missing <= 0) ? (int) (bits >>> -missing) : (int) (bits << missing | ((1L << missing) - 1));
	}

	private static int length(int window) {
		long code = window & 0xffffffffL;
		int length = FAST_BITS + 1;
		while (code >= LIMITS[length]) {
			length++;
		}
		return length;
	}

}
