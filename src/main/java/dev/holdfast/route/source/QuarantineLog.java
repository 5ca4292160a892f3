package dev.holdfast.route.source;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.holdfast.service.PrintableText;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells in the log which routes are not in force as they are written, each once. Whoever
 * may write routes could fill the log, so there are some lines for each change and one
 * for the rest.
 */
final class QuarantineLog {

	private static final Logger logger = LoggerFactory.getLogger(RouteCatalog.class);

	private static final int LINES = 10;

	/**
	 * Tells how it stands differently from before.
	 */
	void tell(List<RouteStatus> before, List<RouteStatus> now) {
		Set<RouteStatus> known = new HashSet<>(before);
		List<RouteStatus> news = new ArrayList<>();
		for (RouteStatus status : now) {
			if (status.state() != RouteStatus.State.IN_FORCE && !known.contains(status)) {
				news.add(status);
			}
		}
		news.stream().limit(LINES).forEach(QuarantineLog::tell);
		if (news.size() > LINES) {
			logger.warn("{} more routes are not in force as they are written; GET /registry/routes lists them",
					news.size() - LINES);
		}
		if (isQuiet(now) && !isQuiet(before)) {
			logger.info("All routes are in force as they are written");
		}
	}

	private static boolean isQuiet(List<RouteStatus> statuses) {
		return statuses.stream().allMatch((status) -> status.state() == RouteStatus.State.IN_FORCE);
	}

	private static void tell(RouteStatus status) {
		String what = status.id().isEmpty() ? "What is written at" : "The route \"%s\" at".formatted(status.id());
		String consequence = switch (status.state()) {
			case QUARANTINED -> "is quarantined";
			case LAST_GOOD -> "cannot be used as it is written; its last good form stays in force";
			case HELD -> "is gone; it stays in force for now";
			case IN_FORCE -> "is in force";
		};
		logger.warn("{} {} {}: {}", PrintableText.of(what), PrintableText.of(status.origin().toString()), consequence,
				PrintableText.of(status.reason()));
	}

}
