package dev.holdfast.configuration;

import java.util.List;
import java.util.Optional;

/**
 * The methods of HTTP that have a name of their own. Others may be used as well (RFC
 * 9110, section 9.1), so only what looks like a slip is taken for one.
 */
final class HttpMethods {

	/** IANA's registry of methods, and PURGE, which caches know. */
	private static final List<String> KNOWN = List.of("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH",
			"CONNECT", "TRACE", "QUERY", "PURGE", "ACL", "BASELINE-CONTROL", "BIND", "CHECKIN", "CHECKOUT", "COPY",
			"LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MKREDIRECTREF", "MKWORKSPACE",
			"MOVE", "ORDERPATCH", "PRI", "PROPFIND", "PROPPATCH", "REBIND", "REPORT", "SEARCH", "UNBIND", "UNCHECKOUT",
			"UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL");

	private HttpMethods() {
	}

	/**
	 * Finds the method that was meant by one that is not known but looks much like it:
	 * one letter too many, too few or wrong, or the letters in another order.
	 */
	static Optional<String> meantBy(String method) {
		if (KNOWN.contains(method)) {
			return Optional.empty();
		}
		return Likeness.nearest(method, KNOWN, 1)
			.or(() -> KNOWN.stream().filter((known) -> hasSameLetters(known, method)).findFirst());
	}

	private static boolean hasSameLetters(String one, String other) {
		return one.length() == other.length()
				&& one.chars().sorted().boxed().toList().equals(other.chars().sorted().boxed().toList());
	}

}
