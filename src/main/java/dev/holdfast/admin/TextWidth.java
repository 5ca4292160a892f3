package dev.holdfast.admin;

/**
 * How much room a text takes at a terminal, in cells: two for each character that is as
 * wide as it is high (Unicode Standard Annex 11), none for a mark on the one before it.
 */
final class TextWidth {

	/** First and last of the blocks that are wide; pictures are known by themselves. */
	private static final int[][] WIDE = { { 0x1100, 0x115F }, { 0x2E80, 0x303E }, { 0x3041, 0xA4CF },
			{ 0xA960, 0xA97F }, { 0xAC00, 0xD7A3 }, { 0xF900, 0xFAFF }, { 0xFE10, 0xFE19 }, { 0xFE30, 0xFE6F },
			{ 0xFF01, 0xFF60 }, { 0xFFE0, 0xFFE6 }, { 0x16FE0, 0x1B2FF }, { 0x20000, 0x3FFFD } };

	private TextWidth() {
	}

	/**
	 * Return how many cells a text takes.
	 */
	static int of(String text) {
		return text.codePoints().map(TextWidth::of).sum();
	}

	private static int of(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> 0;
			default -> isWide(codePoint) ? 2 : 1;
		};
	}

	private static boolean isWide(int codePoint) {
		for (int[] block : WIDE) {
			if (codePoint >= block[0] && codePoint <= block[1]) {
				return true;
			}
		}
		return Character.isEmojiPresentation(codePoint);
	}

}
