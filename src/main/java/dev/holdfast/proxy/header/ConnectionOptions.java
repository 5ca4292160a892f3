package dev.holdfast.proxy.header;

import java.util.StringTokenizer;

/**
 * The Connection field (RFC 9110, section 7.6.1).
 */
public final class ConnectionOptions {

	private ConnectionOptions() {
	}

	/**
	 * Whether a Connection field has an option.
	 * @param options the field's value
	 * @param option the option
	 */
	public static boolean contains(String options, String option) {
		StringTokenizer names = new StringTokenizer(options, ", \t");
		while (names.hasMoreTokens()) {
			if (names.nextToken().equalsIgnoreCase(option)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Drop the fields that a message's Connection field names. Only what is ordinary can
	 * be named: framing, Host and the like are not the sender's to take away.
	 * @param received the message's fields
	 * @param out the fields to drop from
	 */
	static void drop(HeaderFields received, HeaderFields out) {
		int index = received.indexOf(HeaderKind.CONNECTION);
		if (index < 0 || isUsual(received, index)) {
			return;
		}
		String options = received.joined(HeaderKind.CONNECTION, ",");
		StringTokenizer names = new StringTokenizer((options != null) ? options : "", ", \t");
		while (names.hasMoreTokens()) {
			String name = names.nextToken();
			if (HeaderKind.of(name) == HeaderKind.ORDINARY) {
				out.remove(name);
			}
		}
	}

	private static boolean isUsual(HeaderFields received, int index) {
		return (received.hasValue(index, "keep-alive") || received.hasValue(index, "close"))
				&& received.count(HeaderKind.CONNECTION) == 1;
	}

}
