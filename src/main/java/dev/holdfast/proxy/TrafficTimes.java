package dev.holdfast.proxy;

import java.time.Duration;

import dev.holdfast.route.TimeLimits;

/**
 * How long the traffic port waits where no route can say otherwise.
 *
 * @param idle how long a client's connection may lie between two requests
 * @param tunnelIdle how long a connection that has left HTTP for another protocol may go
 * without a byte in either direction
 * @param header how long a client may take for a request's head, from its first byte to
 * its last; for the first one from the connection's beginning
 * @param write how long a client may take nothing of an answer that is ready for it
 * @param queue how long a request may wait until an instance can take it
 * @param connect how long making a connection to an instance may take
 * @param connectionAge how old a connection to an instance becomes, about; zero for any
 * age
 */
public record TrafficTimes(Duration idle, Duration tunnelIdle, Duration header, Duration write, Duration queue,
		Duration connect, Duration connectionAge) {

	/**
	 * A minute between requests and for the answer, ten seconds for a head, an hour in
	 * tunnels, five minutes for a connection to an instance.
	 */
	public static final TrafficTimes DEFAULTS = new TrafficTimes(Duration.ofSeconds(60), Duration.ofHours(1),
			Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(1),
			Duration.ofMinutes(5));

	/**
	 * Checks the durations.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public TrafficTimes {
		TimeLimits.check("idle-timeout", idle);
		TimeLimits.check("tunnel-idle-timeout", tunnelIdle);
		TimeLimits.check("header-timeout", header);
		TimeLimits.check("write-timeout", write);
		TimeLimits.check("queue-timeout", queue);
		TimeLimits.check("connect-timeout", connect);
		if (!connectionAge.isZero()) {
			TimeLimits.check("max-connection-age", connectionAge);
		}
	}

}
