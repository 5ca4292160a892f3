package dev.holdfast.admin;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import dev.holdfast.service.PrintableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The record of who changed what: one line a write, on a logger of its own, and the last
 * of them in memory. Writes that were refused are remembered apart, since whoever can
 * reach the port could else make it forget the others.
 */
@Component
final class Audit {

	private static final Logger log = LoggerFactory.getLogger("dev.holdfast.audit");

	/** Room for the longest name of a service and what stands around it. */
	private static final int MAX_CONTENT_LENGTH = 1000;

	/** How many writes are remembered that were let through. */
	static final int REMEMBERED = 2048;

	/** How many that were refused. */
	static final int REMEMBERED_REFUSALS = 256;

	private static final Pattern AMBIGUOUS = Pattern.compile("[\\s\":]");

	private final Clock clock;

	private final Deque<Numbered> done = new ArrayDeque<>();

	private final Deque<Numbered> refused = new ArrayDeque<>();

	private long last;

	Audit(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Records a write.
	 * @param who what {@link Operator} calls the one who sent it
	 * @param address where it came from
	 * @param what its method and path
	 * @param note what else is known of it
	 * @param result the status that it was answered with
	 */
	void record(String who, String address, String what, WriteNote note, String result) {
		String content = PrintableText.of(note.content(), MAX_CONTENT_LENGTH);
		String given = note.reason();
		String reason = (given != null && !given.isBlank()) ? PrintableText.of(given) : "";
		String call = PrintableText.of(what);
		remember(new AuditEntry(this.clock.instant(), who, address, call, content, reason, result));
		log.info("{}{} by {}: {}; reason: {}", call, content.isEmpty() ? "" : " " + content, by(who, address), result,
				reason.isEmpty() ? "none given" : reason);
	}

	/** A name with blanks in it could else pass for one from another address. */
	private static String by(String who, String address) {
		if (who.equals(address)) {
			return address;
		}
		String name = AMBIGUOUS.matcher(who).find() ? '"' + who.replace('"', '\'') + '"' : who;
		return name + " from " + address;
	}

	private synchronized void remember(AuditEntry entry) {
		Deque<Numbered> entries = entry.isRefused() ? this.refused : this.done;
		if (entries.size() == (entry.isRefused() ? REMEMBERED_REFUSALS : REMEMBERED)) {
			entries.removeFirst();
		}
		entries.addLast(new Numbered(++this.last, entry));
	}

	/**
	 * The last writes, the newest first.
	 */
	synchronized List<AuditEntry> entries() {
		return Stream.concat(this.done.stream(), this.refused.stream())
			.sorted(Comparator.comparingLong(Numbered::number).reversed())
			.map(Numbered::entry)
			.toList();
	}

	private record Numbered(long number, AuditEntry entry) {
	}

}
