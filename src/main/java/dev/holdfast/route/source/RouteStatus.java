package dev.holdfast.route.source;

import java.time.Instant;

import dev.holdfast.route.Route;
import org.jspecify.annotations.Nullable;

/**
 * How it stands with a route that is written somewhere.
 *
 * @param id its id, or what is known of its name; empty when nothing is
 * @param origin where it is written
 * @param state whether it is in force
 * @param reason why it is not as it is written, empty when it is
 * @param since since when it is as it is
 * @param route the route that is in force, {@code null} when none is
 */
public record RouteStatus(String id, RouteOrigin origin, State state, String reason, Instant since,
		@Nullable Route route) {

	/**
	 * Whether a route is in force.
	 */
	public enum State {

		/** It is in force as it is written. */
		IN_FORCE,

		/** What is written now cannot be used; what was written before is in force. */
		LAST_GOOD,

		/** It is written no longer, and stays in force for a while. */
		HELD,

		/** It is not in force. */
		QUARANTINED

	}

}
