package dev.holdfast.proxy.header;

import java.util.Locale;

/**
 * What a response says of the connection that it came on (RFC 9112, section 9.3).
 *
 * @param keepsConnection whether the instance keeps the connection open after the
 * response
 * @param keepAliveSeconds for how many seconds it said it keeps an idle connection, -1
 * when it did not say
 */
public record ConnectionPersistence(boolean keepsConnection, int keepAliveSeconds) {

	private static final ConnectionPersistence KEPT = new ConnectionPersistence(true, -1);

	private static final ConnectionPersistence CLOSED = new ConnectionPersistence(false, -1);

	private static final int KINDS = HeaderKind.mask(HeaderKind.CONNECTION, HeaderKind.KEEP_ALIVE);

	private static final int MOST_SECONDS = 1_000_000;

	/**
	 * Read what a response says.
	 * @param head the response's head
	 * @return what it says
	 */
	public static ConnectionPersistence of(ResponseHead head) {
		boolean http10 = head.version() == HttpVersion.HTTP_1_0;
		HeaderFields fields = head.fields();
		if (!fields.mayHave(KINDS)) {
			return http10 ? CLOSED : KEPT;
		}
		return new ConnectionPersistence(keepsConnection(fields, http10), keepAliveSeconds(fields));
	}

	private static boolean keepsConnection(HeaderFields fields, boolean http10) {
		String options = fields.joined(HeaderKind.CONNECTION, ",");
		if (options == null) {
			return !http10;
		}
		return options.equalsIgnoreCase("keep-alive")
				|| (!http10 && !options.toLowerCase(Locale.ROOT).contains("close"));
	}

	private static int keepAliveSeconds(HeaderFields fields) {
		int index = fields.lastIndexOf(HeaderKind.KEEP_ALIVE);
		String parameters = (index >= 0) ? fields.value(index) : "";
		int start = parameters.indexOf("timeout=");
		if (start < 0) {
			return -1;
		}
		int seconds = 0;
		for (int i = start + "timeout=".length(); i < parameters.length() && seconds < MOST_SECONDS; i++) {
			char c = parameters.charAt(i);
			if (c < '0' || c > '9') {
				break;
			}
			seconds = seconds * 10 + (c - '0');
		}
		return seconds;
	}

}
