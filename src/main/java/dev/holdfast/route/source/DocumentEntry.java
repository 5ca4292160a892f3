package dev.holdfast.route.source;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.holdfast.route.document.DocumentProblem;
import dev.holdfast.route.document.ParsedRoute;
import dev.holdfast.route.document.RejectedRoute;
import dev.holdfast.route.document.RouteDocuments;
import dev.holdfast.route.document.RouteParser;
import dev.holdfast.route.document.RouteResult;
import dev.holdfast.service.PrintableText;
import dev.holdfast.service.Redaction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A document as it is written now, and of each of its routes the last form that could be
 * used.
 *
 * @param content what is written
 * @param modRevision etcd's revision at which it was written, 0 for a file
 * @param lease the lease that it hangs on, 0 for none
 * @param forms the routes that can be used
 * @param flaws what of it cannot be used
 * @param hold why its routes stay although it is gone, {@code null} while it is there
 */
record DocumentEntry(Content content, long modRevision, long lease, List<Form> forms, List<Flaw> flaws,
		@Nullable DocumentHold hold) {

	private static final Logger logger = LoggerFactory.getLogger(DocumentEntry.class);

	private static final int MOST_PROBLEMS = 5;

	/**
	 * Reads a document.
	 * @param before the document as it was before, whose forms stay where what is written
	 * now cannot be used
	 */
	static DocumentEntry read(@Nullable DocumentEntry before, DocumentChange.Written written, RouteParser parser) {
		Map<String, Form> forms = new LinkedHashMap<>();
		List<Flaw> flaws = new ArrayList<>();
		switch (written.content()) {
			case Content.Unreadable(String reason) -> flaws.add(new Flaw("", 0, reason));
			case Content.Text(String text) -> read(text, written.place(), parser, forms, flaws);
		}
		if (before != null) {
			flaws.forEach((flaw) -> before.forms.stream()
				.filter((form) -> flaw.mayMean(form.parsed().name()))
				.forEach((form) -> forms.putIfAbsent(form.parsed().name(), form.spoiltBy(flaw))));
		}
		return new DocumentEntry(written.content(), written.modRevision(), written.lease(), List.copyOf(forms.values()),
				List.copyOf(flaws), null);
	}

	private static void read(String text, String place, RouteParser parser, Map<String, Form> forms, List<Flaw> flaws) {
		if (text.length() > Content.MAX_LENGTH) {
			flaws.add(new Flaw("", 0,
					"it has %d characters (expected: at most %d)".formatted(text.length(), Content.MAX_LENGTH)));
			return;
		}
		if (text.isBlank()) {
			// What a writer has truncated, and not written yet.
			flaws.add(new Flaw("", 0, "it is empty (expected: routes, or no document at all)"));
			return;
		}
		try {
			RouteDocuments documents = parser.parse(text, place);
			for (RouteResult result : documents.routes()) {
				switch (result) {
					case ParsedRoute parsed -> forms.put(parsed.name(), new Form(parsed, text, null));
					case RejectedRoute rejected -> flaws.add(Flaw.of(rejected));
				}
			}
			documents.unreadable().forEach((problem) -> flaws.add(new Flaw("", problem.line(), problem.message())));
		}
		catch (RuntimeException | StackOverflowError ex) {
			// A defect of the parser must cost one document at most.
			logger.error("The routes of {} could not be read for an error of the gateway's own",
					PrintableText.of(place), ex);
			flaws.add(new Flaw("", 0, "internal error: " + ex));
		}
	}

	DocumentEntry withHold(@Nullable DocumentHold other) {
		return new DocumentEntry(this.content, this.modRevision, this.lease, this.forms, this.flaws, other);
	}

	DocumentEntry withTimeLeft(Duration left) {
		return (this.hold != null) ? withHold(this.hold.withLeft(left)) : this;
	}

	/**
	 * A form of a route that can be used.
	 *
	 * @param parsed the route
	 * @param text the document that it was read from
	 * @param spoilt why what is written now cannot be used, {@code null} when this is it
	 */
	record Form(ParsedRoute parsed, String text, @Nullable Flaw spoilt) {

		Form spoiltBy(Flaw flaw) {
			return new Form(this.parsed, this.text, flaw);
		}

	}

	/**
	 * Something in a document that cannot be used.
	 *
	 * @param name the name of the route that it is about, empty when that cannot be told
	 * @param line where it is wrong, 0 when it is so as a whole
	 * @param reason what is wrong
	 */
	record Flaw(String name, int line, String reason) {

		/**
		 * Hides what looks like a secret, since messages quote what is wrong.
		 */
		Flaw {
			reason = Redaction.text(reason);
		}

		static Flaw of(RejectedRoute rejected) {
			List<DocumentProblem> problems = rejected.problems();
			String reason = problems.stream()
				.limit(MOST_PROBLEMS)
				.map((problem) -> (problem.line() == problems.getFirst().line()) ? problem.message()
						: "line %d: %s".formatted(problem.line(), problem.message()))
				.collect(Collectors.joining("; "));
			int more = problems.size() - MOST_PROBLEMS;
			return new Flaw(rejected.name(), problems.isEmpty() ? rejected.line() : problems.getFirst().line(),
					(more > 0) ? "%s; and %d more".formatted(reason, more) : reason);
		}

		/** What has no name may be any route that is missing now. */
		boolean mayMean(String route) {
			return this.name.isEmpty() || this.name.equals(route);
		}

	}

}
