package dev.holdfast.cluster;

import java.time.Duration;
import java.time.Instant;

import dev.holdfast.override.Command;

/**
 * A command on its way to all gateways.
 *
 * @param command what is to be done
 * @param issuedAt when it was given, by the clock of the gateway that took it
 */
record IssuedCommand(Command command, Instant issuedAt) {

	/**
	 * How long it is to be done by who hears of it. Its lease is as long, but stands
	 * still while etcd is away: an approval of what was held before an outage must not
	 * drop what is held after it.
	 */
	static final Duration LIFETIME = Duration.ofSeconds(60);

	/**
	 * Whether it may still be done. Clocks may differ by as much in either direction.
	 * @param now the time
	 */
	boolean isFresh(Instant now) {
		return Duration.between(this.issuedAt, now).abs().compareTo(LIFETIME) <= 0;
	}

}
