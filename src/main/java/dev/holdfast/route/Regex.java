package dev.holdfast.route;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/**
 * A regular expression that a whole text must match, in the syntax of RE2: a match costs
 * by the length of the text, whatever the expression.
 */
public final class Regex {

	/** Most characters of an expression. */
	public static final int MAX_LENGTH = 1024;

	private final Pattern pattern;

	private Regex(Pattern pattern) {
		this.pattern = pattern;
	}

	/**
	 * Return an expression.
	 * @param text the expression
	 * @return the compiled expression
	 * @throws IllegalArgumentException if it is none, or would take too much memory
	 */
	public static Regex of(String text) {
		if (text.isEmpty() || text.length() > MAX_LENGTH) {
			throw new IllegalArgumentException(
					"regex: %d characters (expected: 1 to %d)".formatted(text.length(), MAX_LENGTH));
		}
		long size = RegexSize.of(text);
		if (size > RegexSize.LARGEST) {
			throw new IllegalArgumentException(
					"regex: \"%s\" (expected: repetitions that come to less than %d steps when they are written out)"
						.formatted(text, RegexSize.LARGEST));
		}
		try {
			return new Regex(Pattern.compile(text));
		}
		catch (PatternSyntaxException ex) {
			throw new IllegalArgumentException("regex: \"%s\", %s (expected: a regular expression in the syntax of RE2)"
				.formatted(text, ex.getDescription()), ex);
		}
	}

	/**
	 * Return whether a whole text matches.
	 * @param text the text
	 * @return whether it does
	 */
	public boolean matches(String text) {
		return this.pattern.matches(text);
	}

	@Override
	public boolean equals(Object other) {
		return other instanceof Regex regex && regex.toString().equals(toString());
	}

	@Override
	public int hashCode() {
		return toString().hashCode();
	}

	/**
	 * Return the expression as it was written.
	 */
	@Override
	public String toString() {
		return this.pattern.pattern();
	}

}
