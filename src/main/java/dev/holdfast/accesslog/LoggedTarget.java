package dev.holdfast.accesslog;

/**
 * What may be read in a log of a request's target. A password before a host's name is
 * never logged, and a query, which may have tokens, only for who asks for it.
 *
 * @param path the path as the client spelled it; for what has none, all that may be read
 * @param query the query with its question mark, empty for none
 */
record LoggedTarget(String path, String query) {

	/**
	 * Read a target that may be malformed.
	 * @param target the target as the client sent it
	 */
	static LoggedTarget of(String target) {
		int start = start(target);
		int fragment = target.indexOf('#', start);
		int end = (fragment < 0) ? target.length() : fragment;
		int mark = target.indexOf('?', start);
		int pathEnd = (mark < 0 || mark > end) ? end : mark;
		String path = target.substring(start, pathEnd);
		return new LoggedTarget(path, target.substring(pathEnd, end));
	}

	private static int start(String target) {
		if (target.startsWith("/")) {
			return 0;
		}
		int scheme = target.indexOf("://");
		// Not one within a query.
		boolean absolute = scheme > 0 && authorityEnd(target, 0) == scheme + 1;
		int end = authorityEnd(target, absolute ? scheme + 3 : 0);
		return absolute ? end : target.lastIndexOf('@', end) + 1;
	}

	private static int authorityEnd(String target, int start) {
		int end = start;
		while (end < target.length() && "/?#".indexOf(target.charAt(end)) < 0) {
			end++;
		}
		return end;
	}

}
