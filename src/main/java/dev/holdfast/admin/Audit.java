package dev.holdfast.admin;

import dev.holdfast.service.PrintableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record of who changed what, one line a write, on a logger of its own.
 */
final class Audit {

	private static final Logger log = LoggerFactory.getLogger("dev.holdfast.audit");

	/** Room for the longest name of a service and what stands around it. */
	private static final int MAX_CONTENT_LENGTH = 1000;

	void record(String who, String what, WriteNote note, String result) {
		String content = note.content().isEmpty() ? "" : " " + PrintableText.of(note.content(), MAX_CONTENT_LENGTH);
		String reason = note.reason();
		log.info("{}{} by {}: {}; reason: {}", PrintableText.of(what), content, who, result,
				(reason != null && !reason.isBlank()) ? PrintableText.of(reason) : "none given");
	}

}
