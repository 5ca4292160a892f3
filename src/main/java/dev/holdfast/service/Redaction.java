package dev.holdfast.service;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Hides what looks like a secret from those who read. By the names of values, since
 * nobody can tell a token from an id.
 */
public final class Redaction {

	/** What stands in the place of a secret. */
	public static final String HIDDEN = "******";

	private static final Pattern SECRET_NAME = Pattern.compile("(?i).*(passw|pwd|passphrase|secret|token|credential|"
			+ "authorization|cookie|private|signature|bearer|api.?key|access.?key|auth.?key|encryption.?key|"
			+ "connection.?string).*|.*[._-]key|key");

	/** What is a secret as a word of its own, and harmless within longer ones. */
	private static final Pattern SECRET_WORD = secretWords("auth", "session", "jwt", "otp", "dsn", "pass");

	/** Up to the last @ of the authority: a password may have one. */
	private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^/?#\\s\"'<>]+@");

	private Redaction() {
	}

	private static Pattern secretWords(String... words) {
		String any = String.join("|", words);
		String capitalized = Arrays.stream(words)
			.map((word) -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
			.collect(Collectors.joining("|"));
		String upperCase = any.toUpperCase(Locale.ROOT);
		// X-Auth, authMode, dbAuth and dbAUTH, but neither author nor AUTHOR.
		return Pattern.compile(
				"(?<![A-Za-z])(?i:%s)(?![A-Za-z])|(?<![A-Za-z])(?:%s)(?![a-z])|(?:%s)(?![a-z])|(?<=[a-z])(?:%s)(?![A-Za-z])"
					.formatted(any, any, capitalized, upperCase));
	}

	/**
	 * Return whether a value of that name is likely to be secret.
	 * @param name the name, whatever its case and the signs between its words
	 * @return whether it is hidden
	 */
	public static boolean isSecret(String name) {
		return SECRET_NAME.matcher(name).matches() || SECRET_WORD.matcher(name).find();
	}

	/**
	 * Return a value as it may be shown.
	 * @param name its name
	 * @param value the value
	 * @return the value, hidden if its name says so, else as {@link #text} has it
	 */
	public static String value(String name, String value) {
		return (isSecret(name) && !value.isEmpty()) ? HIDDEN : text(value);
	}

	/**
	 * Return a text without the users and passwords of the URLs in it, and without the
	 * values of parameters and of members of JSON whose names are those of secrets.
	 * @param text the text
	 * @return the text that may be shown
	 */
	public static String text(String text) {
		String shown = text.contains("://") ? USER_INFO.matcher(text).replaceAll(HIDDEN + "@") : text;
		return (shown.indexOf('=') >= 0 || shown.indexOf(':') >= 0) ? SecretPairs.hide(shown) : shown;
	}

	/**
	 * Return values as they may be shown.
	 * @param values the values by their names
	 * @return the same, or a copy with some of them hidden
	 */
	public static Map<String, String> values(Map<String, String> values) {
		if (values.entrySet()
			.stream()
			.allMatch((entry) -> value(entry.getKey(), entry.getValue()).equals(entry.getValue()))) {
			return values;
		}
		Map<String, String> shown = new TreeMap<>();
		values.forEach((name, value) -> shown.put(name, value(name, value)));
		return shown;
	}

}
