package dev.holdfast.proxy;

/**
 * How much the traffic port takes where no route can say otherwise.
 *
 * @param maxRequestLineSize the largest request line, bytes
 * @param maxHeaderSize the largest head of a request, bytes
 * @param maxHeaderCount how many fields a request's head may have
 * @param maxConnections how many connections clients may have
 * @param maxConnectionsPerAddress how many connections one client address may have, 0 for
 * as many as all together
 * @param maxStreams how many requests an HTTP/2 connection may carry at a time
 * @param maxResets how many streams a client may reset, or make the gateway reset, within
 * half a minute
 */
public record TrafficLimits(int maxRequestLineSize, int maxHeaderSize, int maxHeaderCount, int maxConnections,
		int maxConnectionsPerAddress, int maxStreams, int maxResets) {

	/** Heads as browsers and their cookies need them, twenty thousand connections. */
	public static final TrafficLimits DEFAULTS = new TrafficLimits(8 * 1024, 16 * 1024, 100, 20_000, 0, 100, 200);

	/**
	 * Checks the numbers.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public TrafficLimits {
		require("max-header-size", maxHeaderSize, 1024, 1024 * 1024);
		require("max-request-line-size", maxRequestLineSize, 256, maxHeaderSize);
		require("max-header-count", maxHeaderCount, 1, 10_000);
		require("max-connections", maxConnections, 1, 10_000_000);
		require("max-connections-per-address", maxConnectionsPerAddress, 0, 10_000_000);
		require("max-streams", maxStreams, 1, 10_000);
		require("max-resets", maxResets, 1, 1_000_000);
	}

	static void require(String name, int value, int least, int most) {
		if (value < least || value > most) {
			throw new IllegalArgumentException("%s: %d (expected: %d to %d)".formatted(name, value, least, most));
		}
	}

}
