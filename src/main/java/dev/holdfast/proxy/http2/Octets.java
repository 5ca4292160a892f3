package dev.holdfast.proxy.http2;

/**
 * What fields may consist of, by their bytes.
 */
final class Octets {

	private static final byte NAME = 1;

	private static final byte TEXT = 2;

	private static final byte TOKEN = 4;

	private static final byte VISIBLE = 8;

	private static final byte[] CLASSES = classes();

	private static final byte[] LOWER = lowerCase();

	private Octets() {
	}

	private static byte[] classes() {
		byte[] classes = new byte[0x100];
		for (int c = 0; c < classes.length; c++) {
			boolean visible = c > ' ' && c < 0x7f;
			boolean token = visible && "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
			boolean name = token && (c < 'A' || c > 'Z');
			boolean text = c == '\t' || (c >= ' ' && c != 0x7f);
			classes[c] = (byte) ((name ? NAME : 0) | (text ? TEXT : 0) | (token ? TOKEN : 0) | (visible ? VISIBLE : 0));
		}
		return classes;
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
		return end > start && consistsOf(NAME, bytes, start, end);
	}

	/**
	 * Whether bytes can stand in a field's value: no control characters.
	 */
	static boolean isText(byte[] bytes, int start, int end) {
		return consistsOf(TEXT, bytes, start, end);
	}

	static boolean isToken(byte[] bytes, int start, int end) {
		return end > start && consistsOf(TOKEN, bytes, start, end);
	}

	/**
	 * Whether bytes are visible ASCII, as in a request target.
	 */
	static boolean isVisible(byte[] bytes, int start, int end) {
		return consistsOf(VISIBLE, bytes, start, end);
	}

	private static boolean consistsOf(byte wanted, byte[] bytes, int start, int end) {
		for (int i = start; i < end; i++) {
			if ((CLASSES[bytes[i] & 0xff] & wanted) == 0) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Find where a value ends before the blanks behind it.
	 */
	static int trimmedEnd(byte[] values, int start, int end) {
		int trimmed = end;
		while (trimmed > start && isBlank(values[trimmed - 1])) {
			trimmed--;
		}
		return trimmed;
	}

	/**
	 * Find where a value begins behind the blanks before it.
	 */
	static int trimmedStart(byte[] values, int start, int end) {
		int trimmed = start;
		while (trimmed < end && isBlank(values[trimmed])) {
			trimmed++;
		}
		return trimmed;
	}

	private static boolean isBlank(byte c) {
		return c == ' ' || c == '\t';
	}

	static byte lower(byte c) {
		return LOWER[c & 0xff];
	}

	static boolean equal(byte[] bytes, int start, int end, String text) {
		if (end - start != text.length()) {
			return false;
		}
		for (int i = 0; i < text.length(); i++) {
			if (bytes[start + i] != text.charAt(i)) {
				return false;
			}
		}
		return true;
	}

}
