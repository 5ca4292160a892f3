package dev.holdfast.proxy;

import org.jspecify.annotations.Nullable;

/**
 * What a request line asks for, in the one spelling that decides the route and goes to
 * the backend.
 *
 * @param authority the authority of an absolute-form target, empty for the usual
 * origin-form
 * @param path the canonical path: no empty or dot segment, no escape that is not needed
 * @param query the query with its question mark, empty when there is none
 */
record RequestTarget(String authority, String path, String query) {

	private static final byte ORDINARY = 0;

	private static final byte FORBIDDEN = 1;

	private static final byte FORBIDDEN_IN_PATH = 2;

	private static final byte SLASH = 3;

	private static final byte DOT = 4;

	private static final byte PERCENT = 5;

	private static final byte QUESTION_MARK = 6;

	private static final byte[] CLASSES = classes();

	private static byte[] classes() {
		byte[] classes = new byte[0x80];
		for (int c = 0; c <= ' '; c++) {
			classes[c] = FORBIDDEN;
		}
		classes[0x7f] = FORBIDDEN;
		classes['#'] = FORBIDDEN;
		classes['\\'] = FORBIDDEN_IN_PATH;
		classes['/'] = SLASH;
		classes['.'] = DOT;
		classes['%'] = PERCENT;
		classes['?'] = QUESTION_MARK;
		return classes;
	}

	/**
	 * Reads a request target (RFC 9112, section 3.2) in origin-form or absolute-form.
	 * @return the target, or {@code null} when two readers could disagree about it
	 */
	static @Nullable RequestTarget parse(String uri) {
		if (uri.isEmpty() || uri.charAt(0) == '/') {
			return parse("", uri, 0);
		}
		int authority = skipScheme(uri);
		if (authority < 0) {
			return null;
		}
		int end = authority;
		while (end < uri.length() && uri.charAt(end) != '/' && uri.charAt(end) != '?') {
			end++;
		}
		return (end > authority) ? parse(uri.substring(authority, end), uri, end) : null;
	}

	private static @Nullable RequestTarget parse(String authority, String uri, int start) {
		int length = uri.length();
		int end = start;
		boolean escaped = false;
		byte before = ORDINARY;
		for (; end < length; end++) {
			byte now = classOf(uri.charAt(end));
			if (now == QUESTION_MARK) {
				break;
			}
			if (now != ORDINARY) {
				if (now <= FORBIDDEN_IN_PATH || (now == SLASH && before == SLASH)
						|| (now == DOT && before == SLASH && isDotSegment(uri, end))) {
					return null;
				}
				escaped |= now == PERCENT;
			}
			before = now;
		}
		for (int i = end; i < length; i++) {
			if (classOf(uri.charAt(i)) == FORBIDDEN) {
				return null;
			}
		}
		String path = (start == end && !authority.isEmpty()) ? "/" : uri.substring(start, end);
		if (path.isEmpty()) {
			return null;
		}
		if (escaped) {
			path = normalize(path);
		}
		return (path != null) ? new RequestTarget(authority, path, uri.substring(end)) : null;
	}

	private static byte classOf(char c) {
		return (c < CLASSES.length) ? CLASSES[c] : FORBIDDEN;
	}

	/**
	 * Tells whether the segment that begins here is {@code .} or {@code ..}, also with
	 * parameters, which some servers cut off before they resolve it.
	 */
	private static boolean isDotSegment(String path, int start) {
		int end = start + 1;
		if (end < path.length() && path.charAt(end) == '.') {
			end++;
		}
		return end == path.length() || "/;?".indexOf(path.charAt(end)) >= 0;
	}

	/**
	 * Decodes what need not have been escaped and spells the other escapes alike (RFC
	 * 3986, section 6.2.2).
	 */
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
			if (value < ' ' || value == 0x7f || value == '/' || value == '\\' || isOverlong(before, value)) {
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
		for (int i = result.indexOf("/."); i >= 0; i = result.indexOf("/.", i + 1)) {
			if (isDotSegment(result, i + 1)) {
				return null;
			}
		}
		return result;
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

	private static int skipScheme(String uri) {
		if (uri.regionMatches(true, 0, "http://", 0, 7)) {
			return 7;
		}
		return uri.regionMatches(true, 0, "https://", 0, 8) ? 8 : -1;
	}

}
