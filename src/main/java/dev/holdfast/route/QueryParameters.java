package dev.holdfast.route;

import java.nio.charset.StandardCharsets;

import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a query, as forms write them.
 */
final class QueryParameters {

	private QueryParameters() {
	}

	/**
	 * Return the first parameter of a name.
	 * @param query the query with its question mark, or nothing
	 * @param name the name
	 * @return its value decoded, {@code null} when there is none
	 */
	static @Nullable String first(String query, String name) {
		int start = query.startsWith("?") ? 1 : 0;
		while (start < query.length()) {
			int end = end(query, start);
			int equals = query.indexOf('=', start, end);
			int nameEnd = (equals < 0) ? end : equals;
			if (is(query, start, nameEnd, name)) {
				return decoded(query, Math.min(nameEnd + 1, end), end);
			}
			start = end + 1;
		}
		return null;
	}

	private static int end(String query, int start) {
		int end = query.indexOf('&', start);
		return (end < 0) ? query.length() : end;
	}

	private static boolean is(String query, int start, int end, String name) {
		if (end - start == name.length() && query.startsWith(name, start)) {
			return !isEncoded(query, start, end);
		}
		return end - start >= name.length() && isEncoded(query, start, end) && decoded(query, start, end).equals(name);
	}

	private static boolean isEncoded(String text, int start, int end) {
		for (int i = start; i < end; i++) {
			if (text.charAt(i) == '%' || text.charAt(i) == '+') {
				return true;
			}
		}
		return false;
	}

	/** An escape that is none is taken as it stands. */
	private static String decoded(String text, int start, int end) {
		if (!isEncoded(text, start, end)) {
			return text.substring(start, end);
		}
		byte[] octets = new byte[end - start];
		int length = 0;
		for (int i = start; i < end; i++) {
			char c = text.charAt(i);
			int value = (c == '%' && i + 2 < end) ? octet(text.charAt(i + 1), text.charAt(i + 2)) : -1;
			if (value >= 0) {
				i += 2;
			}
			octets[length++] = (byte) ((value >= 0) ? value : (c == '+') ? ' ' : c);
		}
		return new String(octets, 0, length, StandardCharsets.UTF_8);
	}

	private static int octet(char high, char low) {
		int first = Character.digit(high, 16);
		int second = Character.digit(low, 16);
		return (first < 0 || second < 0) ? -1 : (first << 4) | second;
	}

}
