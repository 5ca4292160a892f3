package dev.holdfast.registry;

import java.time.Instant;

/**
 * A change of a service.
 *
 * @param revision the registry's revision that made it, or that was known when the
 * gateway made it
 * @param time when the gateway took it
 * @param cause why
 * @param instance the id of the instance that changed, empty when it concerns all of the
 * service's
 * @param detail what else is to be said, such as the instance's URL
 */
public record Change(long revision, Instant time, Cause cause, String instance, String detail) {

	/**
	 * Why a service changed.
	 */
	public enum Cause {

		/** Its record was written. */
		PUT,

		/** Its record was deleted by somebody. */
		DELETED,

		/** Its record's lease ran out, or was revoked. */
		EXPIRED,

		/** Its removal is held. */
		HELD,

		/** Its removal was held, and its probe failed. */
		DROPPED_BY_PROBE,

		/** Its removal was held for as long as is configured. */
		HOLD_ENDED,

		/** An operator approved its removal. */
		APPROVED,

		/** An operator keeps it against its removal. */
		CANCELLED,

		/** A list brought it or lacked it. */
		RELISTED,

		/** A list found what the watch should have delivered. */
		DRIFT,

		/** It was read from the snapshot on disk. */
		FROM_DISK,

		/** An operator's override of it came into force, or was replaced. */
		OVERRIDDEN,

		/** An operator's override of it ended. */
		OVERRIDE_ENDED,

		/** A route leads to it now. */
		ROUTE_ADDED,

		/** A route that leads to it has changed. */
		ROUTE_CHANGED,

		/** A route leads to it no longer. */
		ROUTE_REMOVED

	}

}
