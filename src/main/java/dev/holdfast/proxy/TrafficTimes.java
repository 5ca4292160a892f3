package dev.holdfast.proxy;

import java.time.Duration;

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
 */
public record TrafficTimes(Duration idle, Duration tunnelIdle, Duration header, Duration write, Duration queue,
		Duration connect) {

	private static final Duration LONGEST = Duration.ofDays(24);

	/**
	 * A minute between requests and for the answer, ten seconds for a head, an hour in
	 * tunnels.
	 */
	public static final TrafficTimes DEFAULTS = new TrafficTimes(Duration.ofSeconds(60), Duration.ofHours(1),
			Duration.ofSeconds(10), Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(1));

	/**
	 * Checks the durations.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public TrafficTimes {
		require("idle-timeout", idle);
		require("tunnel-idle-timeout", tunnelIdle);
		require("header-timeout", header);
		require("write-timeout", write);
		require("queue-timeout", queue);
		require("connect-timeout", connect);
	}

	private static void require(String name, Duration value) {
		if (value.toMillis() < 1 || value.compareTo(LONGEST) > 0) {
			throw new IllegalArgumentException("%s: %s (expected: 1ms to 24d)".formatted(name, value));
		}
	}

}
