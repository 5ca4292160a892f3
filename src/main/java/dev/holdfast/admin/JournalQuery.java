package dev.holdfast.admin;

import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Locale;
import java.util.Set;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.JournalEntry;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.util.MultiValueMap;

/**
 * Which changes are asked for, and in which order.
 *
 * @param after the sequence behind which they are
 * @param since the earliest time
 * @param until the latest time
 * @param sinceRevision the smallest revision
 * @param untilRevision the largest revision
 * @param text what the service's name, the instance's id or the detail must contain, in
 * any case
 * @param causes the causes asked for
 * @param newestFirst whether the newest comes first
 */
record JournalQuery(long after, Instant since, Instant until, long sinceRevision, long untilRevision, String text,
		Set<Change.Cause> causes, boolean newestFirst) {

	private static final String TIME = "a time such as 2026-01-31T10:00:00Z, or how long ago, such as 10m";

	/**
	 * Reads a query.
	 * @param parameters the request's parameters
	 * @param clock what a time ago counts from
	 * @throws ProblemException if one of them is none of what it can be
	 */
	static JournalQuery of(MultiValueMap<String, String> parameters, Clock clock) {
		String text = parameters.getFirst("q");
		return new JournalQuery(number("after", parameters, 0),
				time("since", parameters.getFirst("since"), Instant.MIN, clock),
				time("until", parameters.getFirst("until"), Instant.MAX, clock), number("sinceRevision", parameters, 0),
				number("untilRevision", parameters, Long.MAX_VALUE),
				(text != null) ? text.toLowerCase(Locale.ROOT) : "",
				Parameters.constants("cause", parameters.getFirst("cause"), Change.Cause.class),
				Parameters.isNewestFirst(parameters.getFirst("sort")));
	}

	boolean matches(JournalEntry entry) {
		Change change = entry.change();
		return !change.time().isBefore(this.since) && !change.time().isAfter(this.until)
				&& change.revision() >= this.sinceRevision && change.revision() <= this.untilRevision
				&& this.causes.contains(change.cause()) && (this.text.isEmpty() || contains(entry.service().value())
						|| contains(change.instance()) || contains(change.detail()));
	}

	private boolean contains(String value) {
		return value.toLowerCase(Locale.ROOT).contains(this.text);
	}

	private static long number(String name, MultiValueMap<String, String> parameters, long absent) {
		return Parameters.number(name, parameters.getFirst(name), absent, 0, Long.MAX_VALUE);
	}

	private static Instant time(String name, @Nullable String text, Instant absent, Clock clock) {
		if (text == null) {
			return absent;
		}
		try {
			return text.contains("-") ? OffsetDateTime.parse(text).toInstant()
					: clock.instant().minus(DurationStyle.detectAndParse(text));
		}
		catch (DateTimeException | IllegalArgumentException | ArithmeticException ex) {
			throw ProblemException.badParameter(name, text, TIME);
		}
	}

}
