package dev.holdfast.registry.format;

/**
 * The beginning of a foreign text, fit for a log line and an operator's eyes.
 */
final class Excerpt {

	private static final int MAX_LENGTH = 100;

	private Excerpt() {
	}

	/**
	 * Quotes a text: at most 100 characters of it, and none that could forge a log line
	 * or break an encoder.
	 * @param text the text
	 * @return the quoted excerpt
	 */
	static String of(String text) {
		int end = Math.min(text.length(), MAX_LENGTH);
		StringBuilder excerpt = new StringBuilder(end + 16).append('"');
		text.substring(0, end).codePoints().map(Excerpt::harmless).forEach(excerpt::appendCodePoint);
		return excerpt.append((end < text.length()) ? "\"…" : "\"").toString();
	}

	private static int harmless(int character) {
		return switch (Character.getType(character)) {
			case Character.CONTROL, Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR,
					Character.PARAGRAPH_SEPARATOR ->
				'\uFFFD';
			default -> character;
		};
	}

}
