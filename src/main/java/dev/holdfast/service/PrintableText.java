package dev.holdfast.service;

/**
 * Text of clients and of registrars, made fit for one line of a log.
 */
public final class PrintableText {

	private static final int MAX_LENGTH = 200;

	private PrintableText() {
	}

	/**
	 * Return the text without what could pass for other lines or hide a part of this one,
	 * cut after 200 characters.
	 * @param text any text
	 * @return the text to print
	 */
	public static String of(String text) {
		return of(text, MAX_LENGTH);
	}

	/**
	 * Return the text without what could pass for other lines or hide a part of this one.
	 * @param text any text
	 * @param maxLength after how many characters it is cut
	 * @return the text to print
	 */
	public static String of(String text, int maxLength) {
		String start = (text.length() > maxLength) ? text.substring(0, maxLength) + "…" : text;
		StringBuilder line = new StringBuilder(start.length());
		start.codePoints().forEach((c) -> line.appendCodePoint(isUnprintable(c) ? '?' : c));
		return line.toString();
	}

	private static boolean isUnprintable(int codePoint) {
		return switch (Character.getType(codePoint)) {
			case Character.CONTROL, Character.FORMAT, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR,
					Character.SURROGATE ->
				true;
			default -> false;
		};
	}

}
