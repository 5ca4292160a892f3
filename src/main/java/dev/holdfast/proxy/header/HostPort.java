package dev.holdfast.proxy.header;

import org.jspecify.annotations.Nullable;

/**
 * What a Host field names (RFC 9110, section 7.2).
 *
 * @param name the host as it was written, an IPv6 address in brackets
 * @param port the port, empty when there is none
 */
public record HostPort(String name, String port) {

	private static final String HIGHEST_PORT = "65535";

	/**
	 * Read a field.
	 * @param field the field's value
	 * @return what it names, {@code null} when that is not exactly one host
	 */
	public static @Nullable HostPort parse(String field) {
		int end = field.startsWith("[") ? field.indexOf(']') + 1 : field.indexOf(':');
		if (end < 0) {
			end = field.length();
		}
		String name = field.substring(0, end);
		boolean colon = end < field.length() && field.charAt(end) == ':';
		String port = field.substring(colon ? end + 1 : end);
		boolean valid = isName(name) && (colon || port.isEmpty()) && (port.isEmpty() || isPort(port));
		return valid ? new HostPort(name, port) : null;
	}

	private static boolean isName(String name) {
		boolean bracketed = name.startsWith("[");
		for (int i = bracketed ? 1 : 0; i < name.length() - (bracketed ? 1 : 0); i++) {
			char c = name.charAt(i);
			boolean hexadecimal = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
			boolean valid = bracketed ? hexadecimal || c == ':' || c == '.' : hexadecimal || (c >= 'g' && c <= 'z')
					|| (c >= 'G' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
			if (!valid) {
				return false;
			}
		}
		return name.length() > (bracketed ? 2 : 0);
	}

	/**
	 * Whether a text is a port's number.
	 */
	static boolean isPort(String text) {
		int length = text.length();
		for (int i = 0; i < length; i++) {
			if (text.charAt(i) < '0' || text.charAt(i) > '9') {
				return false;
			}
		}
		return length > 0 && length <= HIGHEST_PORT.length()
				&& (length < HIGHEST_PORT.length() || text.compareTo(HIGHEST_PORT) <= 0);
	}

}
