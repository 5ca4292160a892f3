package dev.holdfast.admin;

import java.util.Locale;

/**
 * How a list is searched.
 */
final class Text {

	private Text() {
	}

	/**
	 * Tells whether one of some values contains a text, in any case.
	 * @param sought the text
	 * @param values the values
	 */
	static boolean contains(String sought, String... values) {
		String lower = sought.toLowerCase(Locale.ROOT);
		for (String value : values) {
			if (value.toLowerCase(Locale.ROOT).contains(lower)) {
				return true;
			}
		}
		return false;
	}

}
