package dev.holdfast.admin;

import java.util.regex.Pattern;

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

	private static final Pattern AMBIGUOUS = Pattern.compile("[\\s\":]");

	/**
	 * Records a write.
	 * @param who what {@link Operator} calls the one who sent it
	 * @param address where it came from
	 * @param what its method and path
	 * @param note what else is known of it
	 * @param result the status that it was answered with
	 */
	void record(String who, String address, String what, WriteNote note, String result) {
		String content = note.content().isEmpty() ? "" : " " + PrintableText.of(note.content(), MAX_CONTENT_LENGTH);
		String reason = note.reason();
		log.info("{}{} by {}: {}; reason: {}", PrintableText.of(what), content, by(who, address), result,
				(reason != null && !reason.isBlank()) ? PrintableText.of(reason) : "none given");
	}

	/** A name with blanks in it could else pass for one from another address. */
	private static String by(String who, String address) {
		if (who.equals(address)) {
			return address;
		}
		String name = AMBIGUOUS.matcher(who).find() ? '"' + who.replace('"', '\'') + '"' : who;
		return name + " from " + address;
	}

}
