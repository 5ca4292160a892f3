package dev.holdfast.admin;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of who changed what, one line a write, on a logger of its own.
 */
final class Audit {

	private static final Logger log = LoggerFactory.getLogger("dev.holdfast.audit");

	private static final int MAX_LENGTH = 200;

	/** Room for the longest name of a service and what stands around it. */
	private static final int MAX_CONTENT_LENGTH = 1000;

	void record(String who, String what, WriteNote note, String result) {
		String content = note.content().isEmpty() ? "" : " " + printable(note.content(), MAX_CONTENT_LENGTH);
		String reason = note.reason();
		log.info("{}{} by {}: {}; reason: {}", printable(what), content, who, result,
				(reason != null && !reason.isBlank()) ? printable(reason) : "none given");
	}

	/**
	 * Makes a client's text fit for one line, so that it cannot pass for other lines.
	 */
	static String printable(String text) {
		return printable(text, MAX_LENGTH);
	}

	private static String printable(String text, int maxLength) {
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
