package dev.holdfast.service;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds names and their values in a text that nobody promises the form of: members of
 * JSON, whole or cut off, and parameters of URLs and of connection strings.
 */
final class SecretPairs {

	/** A quoted name and a colon, one in a list of members, or a parameter. */
	private static final Pattern NAME = Pattern.compile(
			"\\\\?([\"'])([^\"'\\\\]{1,100})\\\\?\\1\\s{0,20}:\\s{0,20}|(?<=[{,])\\s{0,20}([\\w.-]{1,100}+)\\s{0,20}:\\s{0,20}"
					+ "|(?<![\\w.%-])([\\w.-]{1,100}+)\\s{0,20}=\\s{0,20}");

	private SecretPairs() {
	}

	/**
	 * Gives the text without the values of names that sound like secrets.
	 */
	static String hide(String text) {
		Matcher name = NAME.matcher(text);
		StringBuilder shown = new StringBuilder(text.length());
		int told = 0;
		int from = 0;
		while (name.find(from)) {
			from = name.end();
			if (Redaction.isSecret(firstOf(name))) {
				int end = endOfValue(text, from);
				shown.append(text, told, from).append(hidden(text, from, end));
				told = end;
				from = end;
			}
		}
		return (told == 0) ? text : shown.append(text, told, text.length()).toString();
	}

	private static String firstOf(Matcher name) {
		for (int group = 2; group <= 4; group++) {
			String found = name.group(group);
			if (found != null) {
				return found;
			}
		}
		return "";
	}

	private static String hidden(String text, int start, int end) {
		if (start == end) {
			return "";
		}
		String quote = quote(text, start);
		return quote + Redaction.HIDDEN + (text.substring(start + quote.length(), end).endsWith(quote) ? quote : "");
	}

	/** What is quoted within a quoted text has a backslash before its quotes. */
	private static String quote(String text, int start) {
		int at = (text.charAt(start) == '\\' && start + 1 < text.length()) ? start + 1 : start;
		return (text.charAt(at) == '"' || text.charAt(at) == '\'') ? text.substring(start, at + 1) : "";
	}

	private static int endOfValue(String text, int start) {
		if (start == text.length()) {
			return start;
		}
		String quote = quote(text, start);
		if (!quote.isEmpty()) {
			return endOfQuoted(text, start + quote.length(), quote);
		}
		// Whoever nests what is secret gets nothing of the rest.
		if (text.charAt(start) == '{' || text.charAt(start) == '[') {
			return text.length();
		}
		int end = start;
		while (end < text.length() && "&;,}])\"'<># \t\r\n".indexOf(text.charAt(end)) < 0) {
			end++;
		}
		return end;
	}

	/** A quote that nobody escaped stands within the value. */
	private static boolean isEnd(String text, int behind) {
		return behind == text.length() || ",}])&;\"'\\\u2026 \t\r\n".indexOf(text.charAt(behind)) >= 0;
	}

	private static int endOfQuoted(String text, int start, String quote) {
		for (int i = start; i < text.length(); i++) {
			if (text.startsWith(quote, i) && isEnd(text, i + quote.length())) {
				return i + quote.length();
			}
			if (text.charAt(i) == '\\') {
				i++;
			}
		}
		return text.length();
	}

}
