package dev.holdfast.admin;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of who changed what, one line a write, on a logger of its own.
 */
final class Audit {

	private static final Logger log = LoggerFactory.getLogger("dev.holdfast.audit");

	private static final int MAX_LENGTH = 200;

	void record(String who, String what, @Nullable String reason, String result) {
		log.info("{} by {}: {}; reason: {}", printable(what), who, result,
				(reason != null && !reason.isBlank()) ? printable(reason) : "none given");
	}

	/**
	 * Makes a client's text fit for one line, so that it cannot pass for other lines.
	 */
	private static String printable(String text) {
		String start = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) + "…" : text;
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
