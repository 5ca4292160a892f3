package dev.holdfast.service;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Hides what looks like a secret from those who read. By the names of values, since
 * nobody can tell a token from an id.
 */
public final class Redaction {

	/** What stands in the place of a secret. */
	public static final String HIDDEN = "******";

	private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(passw|pwd|passphrase|secret|token|credential|"
			+ "authorization|cookie|private|signature|bearer|api.?key|access.?key|auth.?key|encryption.?key).*"
			+ "|.*[._-]key|key|auth");

	private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/?#\\s@]+@");

	private Redaction() {
	}

	/**
	 * Return whether a value of that name is likely to be secret.
	 * @param name the name, whatever its case and the signs between its words
	 * @return whether it is hidden
	 */
	public static boolean isSecret(String name) {
		return SECRET_NAME.matcher(name).matches();
	}

	/**
	 * Return a value as it may be shown.
	 * @param name its name
	 * @param value the value
	 * @return the value, hidden if its name says so, else without what stands before the
	 * host of a URL in it
	 */
	public static String value(String name, String value) {
		return (isSecret(name) && !value.isEmpty()) ? HIDDEN : text(value);
	}

	/**
	 * Return a text without the users and passwords of the URLs in it.
	 * @param text the text
	 * @return the text that may be shown
	 */
	public static String text(String text) {
		return text.contains("://") ? USER_INFO.matcher(text).replaceAll(HIDDEN + "@") : text;
	}

	/**
	 * Return values as they may be shown.
	 * @param values the values by their names
	 * @return the same, or a copy with some of them hidden
	 */
	public static Map<String, String> values(Map<String, String> values) {
		if (values.entrySet().stream().allMatch((entry) -> value(entry.getKey(), entry.getValue()).equals(entry.getValue()))) {
			return values;
		}
		Map<String, String> shown = new TreeMap<>();
		values.forEach((name, value) -> shown.put(name, value(name, value)));
		return shown;
	}

}
