package dev.holdfast.service;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Finds what may have been meant by a text that is nothing known.
 */
public final class Likeness {

	/** Two texts that differ in more characters than these do not look alike. */
	public static final int ALIKE = 3;

	private Likeness() {
	}

	/**
	 * Return the text that is most alike.
	 * @param text the text that is nothing known
	 * @param known what is known
	 * @param most in how many characters it may differ
	 * @return the text, empty when none is alike
	 */
	public static Optional<String> nearest(String text, Collection<String> known, int most) {
		return known.stream()
			.filter((one) -> distance(one, text) <= most)
			.min(Comparator.comparingInt((one) -> distance(one, text)));
	}

	/**
	 * Counts the characters that must be put in, taken out or replaced to make one text
	 * of the other: Levenshtein's distance, one row of the table at a time.
	 */
	private static int distance(String left, String right) {
		int[] row = new int[right.length() + 1];
		for (int j = 0; j < row.length; j++) {
			row[j] = j;
		}
		for (int i = 1; i <= left.length(); i++) {
			int diagonal = row[0];
			row[0] = i;
			for (int j = 1; j < row.length; j++) {
				int replaced = diagonal + ((left.charAt(i - 1) != right.charAt(j - 1)) ? 1 : 0);
				diagonal = row[j];
				row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
			}
		}
		return row[right.length()];
	}

}
