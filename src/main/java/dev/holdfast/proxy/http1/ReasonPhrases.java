package dev.holdfast.proxy.http1;

import java.nio.charset.StandardCharsets;

/**
 * The usual reason phrases (RFC 9110, section 15), and the status lines that have them.
 */
final class ReasonPhrases {

	private static final int LOWEST = 100;

	private static final int HIGHEST = 599;

	private static final String[] PHRASES = new String[HIGHEST + 1];

	private static final byte[][] LINES = new byte[HIGHEST + 1][];

	static {
		put(100, "Continue", "Switching Protocols", "Processing", "Early Hints");
		put(200, "OK", "Created", "Accepted", "Non-Authoritative Information", "No Content", "Reset Content",
				"Partial Content", "Multi-Status");
		put(300, "Multiple Choices", "Moved Permanently", "Found", "See Other", "Not Modified", "Use Proxy");
		put(307, "Temporary Redirect", "Permanent Redirect");
		put(400, "Bad Request", "Unauthorized", "Payment Required", "Forbidden", "Not Found", "Method Not Allowed",
				"Not Acceptable", "Proxy Authentication Required", "Request Timeout", "Conflict", "Gone",
				"Length Required", "Precondition Failed", "Content Too Large", "URI Too Long", "Unsupported Media Type",
				"Range Not Satisfiable", "Expectation Failed");
		put(421, "Misdirected Request", "Unprocessable Content", "Locked", "Failed Dependency", "Too Early",
				"Upgrade Required");
		put(428, "Precondition Required", "Too Many Requests");
		put(431, "Request Header Fields Too Large");
		put(500, "Internal Server Error", "Not Implemented", "Bad Gateway", "Service Unavailable", "Gateway Timeout",
				"HTTP Version Not Supported", "Variant Also Negotiates", "Insufficient Storage");
		put(510, "Not Extended", "Network Authentication Required");
		for (int status = LOWEST; status <= HIGHEST; status++) {
			String line = "HTTP/1.1 " + status + " " + of(status) + "\r\n";
			LINES[status] = line.getBytes(StandardCharsets.US_ASCII);
		}
	}

	private ReasonPhrases() {
	}

	private static void put(int first, String... phrases) {
		System.arraycopy(phrases, 0, PHRASES, first, phrases.length);
	}

	/**
	 * Return the usual reason phrase of a status, empty when there is none.
	 * @param status the status
	 */
	@SuppressWarnings("NullAway") // most places are empty
	static String of(int status) {
		String phrase = (status <= HIGHEST) ? PHRASES[status] : null;
		return (phrase != null) ? phrase : "";
	}

	/**
	 * Return the status line that has a status, the usual reason phrase, and its end.
	 * @param status the status
	 */
	static byte[] line(int status) {
		return (status >= LOWEST && status <= HIGHEST) ? LINES[status]
				: ("HTTP/1.1 " + status + " \r\n").getBytes(StandardCharsets.US_ASCII);
	}

}
