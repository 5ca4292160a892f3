package dev.holdfast.route.source;

import java.time.Instant;

/**
 * How it stands with a source of routes.
 *
 * @param source the kind of place
 * @param place the folder, or the prefix in etcd
 * @param state how far what is known of it can be trusted
 * @param since when the state became what it is
 * @param cause why it is not live, empty while it is
 */
public record SourceStatus(RouteOrigin.Source source, String place, State state, Instant since, String cause) {

	/**
	 * How far what is known of a source can be trusted.
	 */
	public enum State {

		/** Every change becomes known. */
		LIVE,

		/** It cannot be read; what was read last stays in force. */
		STALE,

		/** It has not been read yet; what an earlier process has read is in force. */
		FROM_DISK,

		/** It has never been read. */
		EMPTY,

		/** etcd denies the permission, so it is off until it is granted. */
		DENIED

	}

	SourceStatus become(State other, String why, Instant now) {
		return new SourceStatus(this.source, this.place, other, (other == this.state) ? this.since : now, why);
	}

}
