package dev.holdfast.route.source;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

import dev.holdfast.route.Route;
import dev.holdfast.route.document.ParsedRoute;
import dev.holdfast.route.source.RouteStatus.State;
import org.jspecify.annotations.Nullable;

/**
 * Decides which routes are in force, of all that are written. What is added first comes
 * first.
 */
final class RouteResolution {

	private final List<Route> configured = new ArrayList<>();

	private final List<ParsedRoute> accepted = new ArrayList<>();

	private final List<Verdict> verdicts = new ArrayList<>();

	private final Map<String, RouteOrigin> taken = new HashMap<>();

	/** Since when the documents that are held are. */
	private final Map<RouteOrigin, Instant> held = new HashMap<>();

	/**
	 * Adds a route that is in force whatever comes later.
	 */
	void add(RouteOrigin origin, Route route) {
		this.taken.put(route.id(), origin);
		this.configured.add(route);
		accept(origin, route, State.IN_FORCE, "");
	}

	/**
	 * Adds what is known of a document.
	 */
	void add(DocumentPlace place, DocumentEntry document) {
		Set<DocumentEntry.Flaw> told = new HashSet<>();
		for (DocumentEntry.Form form : document.forms()) {
			if (form.spoilt() != null) {
				told.add(form.spoilt());
			}
			add(place, document, form);
		}
		for (DocumentEntry.Flaw flaw : document.flaws()) {
			if (!told.contains(flaw)) {
				this.verdicts
					.add(new Verdict(flaw.name(), origin(place, flaw.line()), State.QUARANTINED, flaw.reason(), null));
			}
		}
	}

	private void add(DocumentPlace place, DocumentEntry document, DocumentEntry.Form form) {
		RouteOrigin origin = origin(place, form.parsed().line());
		String clash = clash(origin, form.parsed());
		if (!clash.isEmpty()) {
			this.verdicts.add(new Verdict(form.parsed().name(), origin, State.QUARANTINED, clash, null));
			return;
		}
		this.accepted.add(form.parsed());
		for (Route route : form.parsed().routes()) {
			this.taken.put(route.id(), origin);
			if (document.hold() != null) {
				this.held.put(origin, document.hold().since());
				accept(origin, route, State.HELD, document.hold().reason());
			}
			else if (form.spoilt() != null) {
				DocumentEntry.Flaw spoilt = form.spoilt();
				accept(origin, route, State.LAST_GOOD, (spoilt.line() > 0)
						? "line %d: %s".formatted(spoilt.line(), spoilt.reason()) : spoilt.reason());
			}
			else {
				accept(origin, route, State.IN_FORCE, "");
			}
		}
	}

	private String clash(RouteOrigin origin, ParsedRoute parsed) {
		Set<String> own = new HashSet<>();
		for (Route route : parsed.routes()) {
			if (!own.add(route.id())) {
				return "\"%s\" is the id of two of its rules".formatted(route.id());
			}
			RouteOrigin other = this.taken.get(route.id());
			if (other != null) {
				return "\"%s\" of %s gives way to that of %s: %s".formatted(route.id(), origin, other,
						(other.source() == origin.source()) ? "of two the first by its name counts"
								: "%s comes before %s".formatted(other.source().text(), origin.source().text()));
			}
		}
		return "";
	}

	private static RouteOrigin origin(DocumentPlace place, int line) {
		return new RouteOrigin(place.source(), place.place(), line);
	}

	private void accept(RouteOrigin origin, Route route, State state, String reason) {
		this.verdicts.add(new Verdict(route.id(), origin, state, reason, route));
	}

	/**
	 * Return the routes that are in force. Of those that match a request alike the first
	 * counts: the configuration has its own order, and what comes from elsewhere is as
	 * Gateway API has it.
	 */
	List<Route> routes() {
		return Stream.concat(this.configured.stream(),
				this.accepted.stream().sorted(ParsedRoute.OLDEST_FIRST).flatMap((parsed) -> parsed.routes().stream()))
			.toList();
	}

	/**
	 * Return how it stands with all that was added.
	 * @param before how it stood before; what has not changed since is as old as it was
	 * @param now the time
	 */
	List<RouteStatus> statuses(List<RouteStatus> before, Instant now) {
		Map<Verdict, Instant> since = HashMap.newHashMap(before.size());
		for (RouteStatus status : before) {
			since.put(new Verdict(status.id(), status.origin(), status.state(), status.reason(), status.route())
				.anywhere(), status.since());
		}
		return this.verdicts.stream()
			.map((verdict) -> new RouteStatus(verdict.id(), verdict.origin(), verdict.state(), verdict.reason(),
					since.getOrDefault(verdict.anywhere(), this.held.getOrDefault(verdict.origin(), now)),
					verdict.route()))
			.toList();
	}

	/** What was decided of a route. */
	private record Verdict(String id, RouteOrigin origin, State state, String reason, @Nullable Route route) {

		/** It is the same on another line. */
		Verdict anywhere() {
			return new Verdict(this.id, new RouteOrigin(this.origin.source(), this.origin.place(), 0), this.state,
					this.reason, this.route);
		}

	}

}
