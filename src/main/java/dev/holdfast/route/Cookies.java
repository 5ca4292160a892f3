package dev.holdfast.route;

import org.jspecify.annotations.Nullable;

/**
 * Reads the field by which a client sends its cookies (RFC 6265, section 4.2).
 */
final class Cookies {

	private Cookies() {
	}

	/**
	 * Return the first cookie of a name.
	 * @param field the value of the field, {@code null} for none
	 * @param name the name
	 * @return its value as it is, {@code null} when there is none
	 */
	static @Nullable String first(@Nullable String field, String name) {
		int start = 0;
		while (field != null && start < field.length()) {
			if (field.charAt(start) == ' ' || field.charAt(start) == '\t') {
				start++;
				continue;
			}
			int semicolon = field.indexOf(';', start);
			int end = (semicolon < 0) ? field.length() : semicolon;
			int equals = start + name.length();
			if (equals < end && field.charAt(equals) == '=' && field.startsWith(name, start)) {
				return field.substring(equals + 1, end).strip();
			}
			start = end + 1;
		}
		return null;
	}

}
