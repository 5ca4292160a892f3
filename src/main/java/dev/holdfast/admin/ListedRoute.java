package dev.holdfast.admin;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.source.RouteOrigin;
import dev.holdfast.route.source.RouteStatus;

/**
 * A route with where it is written and whether it is in force.
 *
 * @param route the route that is in force; of one that is not, its name alone
 * @param origin where it is written
 * @param state whether it is in force as it is written
 * @param reason why it is not, empty when it is
 * @param since since when that is so
 */
record ListedRoute(@JsonUnwrapped RouteView route, Origin origin, RouteStatus.State state, String reason,
		Instant since) {

	static ListedRoute of(RouteStatus status) {
		RouteView view = (status.route() != null) ? RouteView.of(status.route()) : RouteView.unknown(status.id());
		return new ListedRoute(view, Origin.of(status.origin()), status.state(), status.reason(), status.since());
	}

	static ListedRoute byPath(RoutePolicy policy, Instant since) {
		return new ListedRoute(RouteView.byPath(policy),
				new Origin(RouteOrigin.Source.CONFIGURATION, "holdfast.routing.by-path", 0), RouteStatus.State.IN_FORCE,
				"", since);
	}

	boolean matches(String text) {
		return this.route.matches(text) || Text.contains(text, this.origin.place(), this.reason);
	}

	/**
	 * Where a route is written.
	 *
	 * @param source the kind of place
	 * @param place the key of the configuration, the path of the file, or the key in etcd
	 * @param line the line there, 0 when there are no lines
	 */
	record Origin(RouteOrigin.Source source, String place, int line) {

		static Origin of(RouteOrigin origin) {
			return new Origin(origin.source(), origin.place(), origin.line());
		}

	}

}
