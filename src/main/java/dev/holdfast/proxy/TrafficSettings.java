package dev.holdfast.proxy;

import java.time.Duration;
import java.util.List;

/**
 * How the traffic port listens and how long it waits.
 *
 * @param address the address to listen on
 * @param port the port to listen on, 0 for any that is free
 * @param eventLoops how many threads serve requests
 * @param maxHeaderSize the largest head of a request, bytes
 * @param idleTimeout after how long without a byte in either direction a client's
 * connection is closed
 * @param tunnelIdleTimeout after how long without a byte in either direction a connection
 * that has left HTTP for another protocol is closed
 * @param connectTimeout how long making a connection to an instance may take
 * @param requestTimeout how long a request may go without progress until its answer
 * begins: counted from the last byte of the request, over all tries. Once the answer has
 * begun the idle timeout alone applies, so that long downloads and event streams live
 * @param trustedProxies addresses and CIDR blocks of peers whose forwarding headers are
 * believed
 * @param livenessPath the path that answers whether the gateway is alive, empty for none
 * @param readinessPath the path that answers whether the gateway is ready, empty for none
 */
public record TrafficSettings(String address, int port, int eventLoops, int maxHeaderSize, Duration idleTimeout,
		Duration tunnelIdleTimeout, Duration connectTimeout, Duration requestTimeout, List<String> trustedProxies,
		String livenessPath, String readinessPath) {

	private static final int SMALLEST_HEADER_SIZE = 1024;

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public TrafficSettings {
		if (address.isBlank()) {
			throw new IllegalArgumentException(
					"address: \"%s\" (expected: a name or an IP address)".formatted(address));
		}
		require("port", port, 0, 65_535);
		require("event-loops", eventLoops, 1, 1024);
		require("max-header-size", maxHeaderSize, SMALLEST_HEADER_SIZE, 1024 * 1024);
		requirePositive("idle-timeout", idleTimeout);
		requirePositive("tunnel-idle-timeout", tunnelIdleTimeout);
		requirePositive("connect-timeout", connectTimeout);
		requirePositive("request-timeout", requestTimeout);
		trustedProxies = List.copyOf(trustedProxies);
		new TrustedProxies(trustedProxies);
		requirePath("liveness-path", livenessPath);
		requirePath("readiness-path", readinessPath);
	}

	private static void require(String name, int value, int least, int most) {
		if (value < least || value > most) {
			throw new IllegalArgumentException("%s: %d (expected: %d to %d)".formatted(name, value, least, most));
		}
	}

	private static void requirePositive(String name, Duration value) {
		if (value.toMillis() < 1 || value.toMillis() > Integer.MAX_VALUE) {
			throw new IllegalArgumentException("%s: %s (expected: 1ms to 24d)".formatted(name, value));
		}
	}

	private static void requirePath(String name, String value) {
		if (!value.isEmpty() && !value.startsWith("/")) {
			throw new IllegalArgumentException("%s: \"%s\" (expected: a path, or nothing)".formatted(name, value));
		}
	}

}
