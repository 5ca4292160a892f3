package dev.holdfast.route;

import java.util.regex.Pattern;

import dev.holdfast.service.CanonicalPath;

/**
 * How paths of routes are written, and which of two comes first. From the left, segment
 * by segment: the path that ends here, a segment as it stands, any segment, and all that
 * follows. So an exact path comes before all others, and a longer prefix before a shorter
 * one.
 */
final class PathSyntax {

	/** Gateway API's limit, too. */
	private static final int MAX_LENGTH = 1_024;

	/** Possessive, since others recurse once for each character. */
	private static final Pattern PATH = Pattern.compile("/|(/([A-Za-z0-9._~!$&'()+,=:@-]|%[0-9A-F]{2})++)++/?");

	private static final int END = 0;

	private static final int LITERAL = 1;

	private static final int ANY = 2;

	private static final int REST = 3;

	private PathSyntax() {
	}

	static boolean isCanonical(String path) {
		return path.length() <= MAX_LENGTH && PATH.matcher(path).matches() && path.equals(CanonicalPath.of(path));
	}

	static void check(String path, String written) {
		if (!isCanonical(path)) {
			throw new IllegalArgumentException(
					"path: \"%s\" (expected: a canonical path such as /users or /users/**, without query, empty or dot segment, or other *, of at most %d characters)"
						.formatted(written, MAX_LENGTH));
		}
	}

	/** Whether a path is another one or begins with its segments. */
	static boolean isBelow(String path, String prefix) {
		return path.startsWith(prefix)
				&& (path.length() == prefix.length() || path.charAt(prefix.length()) == '/' || prefix.isEmpty());
	}

	/** Where the segment ends that the slash begins. */
	static int segmentEnd(String path, int slash) {
		int end = path.indexOf('/', slash + 1);
		return (end < 0) ? path.length() : end;
	}

	/** Whether a segment is any that is not empty. */
	static boolean isAny(String written, int slash) {
		return written.startsWith("/{", slash);
	}

	static boolean isRest(String written, int slash) {
		return written.startsWith(PathMatch.REST, slash);
	}

	static boolean matches(String written, String path) {
		int left = 0;
		int right = 0;
		while (left < written.length() && !isRest(written, left)) {
			int leftEnd = segmentEnd(written, left);
			if (right == path.length()) {
				return false;
			}
			int rightEnd = segmentEnd(path, right);
			boolean fits = isAny(written, left) ? rightEnd > right + 1
					: leftEnd - left == rightEnd - right && written.regionMatches(left, path, right, leftEnd - left);
			if (!fits) {
				return false;
			}
			left = leftEnd;
			right = rightEnd;
		}
		return right == path.length() || left < written.length();
	}

	/** Which comes first where a request has both. */
	static int compare(String one, String other) {
		int left = 0;
		int right = 0;
		while (true) {
			int kind = kind(one, left);
			int difference = kind - kind(other, right);
			if (difference != 0 || kind == END || kind == REST) {
				return difference;
			}
			int leftEnd = segmentEnd(one, left);
			int rightEnd = segmentEnd(other, right);
			if (kind == LITERAL) {
				int order = one.substring(left, leftEnd).compareTo(other.substring(right, rightEnd));
				if (order != 0) {
					return order;
				}
			}
			left = leftEnd;
			right = rightEnd;
		}
	}

	private static int kind(String written, int slash) {
		if (slash == written.length()) {
			return END;
		}
		if (isRest(written, slash)) {
			return REST;
		}
		return isAny(written, slash) ? ANY : LITERAL;
	}

}
