package dev.holdfast.service;

import org.jspecify.annotations.Nullable;

/**
 * The grammar of paths that have one meaning to all who read them, and the one spelling
 * of each. A slash or backslash that is percent-encoded is data of its segment, and a
 * segment may be empty; but no segment is {@code .} or {@code ..}, also when a reader
 * decodes the path before he splits it, or cuts parameters off.
 */
public final class CanonicalPath {

	private static final byte ORDINARY = 0;

	private static final byte FORBIDDEN = 1;

	private static final byte SLASH = 2;

	private static final byte DOT = 3;

	private static final byte PERCENT = 4;

	private static final byte[] CLASSES = classes();

	private static final String SLASH_ESCAPE = "%2F";

	private static final String BACKSLASH_ESCAPE = "%5C";

	private CanonicalPath() {
	}

	private static byte[] classes() {
		byte[] classes = new byte[0x80];
		for (int c = 0; c <= ' '; c++) {
			classes[c] = FORBIDDEN;
		}
		classes[0x7f] = FORBIDDEN;
		classes['#'] = FORBIDDEN;
		classes['?'] = FORBIDDEN;
		classes['\\'] = FORBIDDEN;
		classes['/'] = SLASH;
		classes['.'] = DOT;
		classes['%'] = PERCENT;
		return classes;
	}

	/**
	 * Brings a path to its one spelling: what need not have been escaped is decoded, and
	 * the other escapes have capital letters (RFC 3986, section 6.2.2).
	 * @param path the path, beginning with a slash, without query
	 * @return the canonical path, or {@code null} when two readers could disagree about
	 * it
	 */
	public static @Nullable String of(String path) {
		if (path.isEmpty() || path.charAt(0) != '/') {
			return null;
		}
		boolean escaped = false;
		byte before = ORDINARY;
		for (int i = 0; i < path.length(); i++) {
			byte now = classOf(path.charAt(i));
			if (now != ORDINARY) {
				if (now == FORBIDDEN || (now == DOT && before == SLASH && isDotSegment(path, i))) {
					return null;
				}
				escaped |= now == PERCENT;
			}
			before = now;
		}
		return escaped ? normalize(path) : path;
	}

	private static byte classOf(char c) {
		return (c < CLASSES.length) ? CLASSES[c] : FORBIDDEN;
	}

	private static @Nullable String normalize(String path) {
		StringBuilder normal = new StringBuilder(path.length());
		int before = -1;
		for (int i = 0; i < path.length(); i++) {
			char c = path.charAt(i);
			if (c != '%') {
				normal.append(c);
				before = -1;
				continue;
			}
			int value = (i + 2 < path.length()) ? octet(path.charAt(i + 1), path.charAt(i + 2)) : -1;
			if (value < ' ' || value == 0x7f || isOverlong(before, value)) {
				return null;
			}
			before = value;
			if (isUnreserved((char) value)) {
				normal.append((char) value);
			}
			else {
				normal.append('%')
					.append(Character.toUpperCase(path.charAt(i + 1)))
					.append(Character.toUpperCase(path.charAt(i + 2)));
			}
			i += 2;
		}
		String result = normal.toString();
		return hasDotSegment(result) ? null : result;
	}

	/**
	 * Looks for dot segments in a path whose escapes are canonical, between slashes of
	 * whatever spelling.
	 */
	private static boolean hasDotSegment(String path) {
		for (int dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
			boolean begins = path.charAt(dot - 1) == '/' || path.startsWith(SLASH_ESCAPE, dot - SLASH_ESCAPE.length())
					|| path.startsWith(BACKSLASH_ESCAPE, dot - BACKSLASH_ESCAPE.length());
			if (begins && isDotSegment(path, dot)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Tells whether the segment that begins here is {@code .} or {@code ..}, also with
	 * parameters, which some servers cut off before they resolve it, or with what would
	 * end the path once it is decoded.
	 */
	private static boolean isDotSegment(String path, int start) {
		int end = start + 1;
		if (end < path.length() && path.charAt(end) == '.') {
			end++;
		}
		if (end == path.length() || path.charAt(end) == '/' || path.charAt(end) == ';') {
			return true;
		}
		int value = (path.charAt(end) == '%' && end + 2 < path.length())
				? octet(path.charAt(end + 1), path.charAt(end + 2)) : -1;
		return switch (value) {
			case '/', '\\', ';', '?', '#' -> true;
			default -> false;
		};
	}

	/**
	 * Tells whether two octets begin a form of UTF-8 that is longer than it need be, and
	 * a slash to some.
	 */
	private static boolean isOverlong(int first, int second) {
		return switch (first) {
			case 0xc0, 0xc1 -> second >= 0x80 && second < 0xc0;
			case 0xe0 -> second >= 0x80 && second < 0xa0;
			case 0xf0 -> second >= 0x80 && second < 0x90;
			default -> false;
		};
	}

	private static int octet(char high, char low) {
		int first = hexDigit(high);
		int second = hexDigit(low);
		return (first < 0 || second < 0) ? -1 : (first << 4) | second;
	}

	private static int hexDigit(char c) {
		return (c < 0x80) ? Character.digit(c, 16) : -1;
	}

	private static boolean isUnreserved(char c) {
		return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.'
				|| c == '_' || c == '~';
	}

	/**
	 * Tells whether a segment has an encoded slash or backslash in it.
	 * @param path a canonical path
	 * @return whether decoding it would give it more segments
	 */
	public static boolean hasEncodedSlash(String path) {
		return path.contains(SLASH_ESCAPE) || path.contains(BACKSLASH_ESCAPE);
	}

	/**
	 * Takes the empty segments out of a path, but for one at its end.
	 * @param path a canonical path
	 * @return the path with one slash wherever several follow each other
	 */
	public static String merged(String path) {
		if (!path.contains("//")) {
			return path;
		}
		StringBuilder merged = new StringBuilder(path.length());
		for (int i = 0; i < path.length(); i++) {
			char c = path.charAt(i);
			if (c != '/' || i == 0 || path.charAt(i - 1) != '/') {
				merged.append(c);
			}
		}
		return merged.toString();
	}

}
