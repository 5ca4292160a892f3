package dev.holdfast.proxy;

import java.util.List;

/**
 * How the traffic port listens, how much it takes and how long it waits.
 *
 * @param address the address to listen on
 * @param port the port to listen on, 0 for any that is free
 * @param eventLoops how many threads serve requests
 * @param transport how they learn what happens to their sockets
 * @param trustedProxies addresses and CIDR blocks of peers whose forwarding headers are
 * believed
 * @param livenessPath the path that answers whether the gateway is alive, empty for none
 * @param readinessPath the path that answers whether the gateway is ready, empty for none
 * @param limits how much it takes
 * @param times how long it waits
 */
public record TrafficSettings(String address, int port, int eventLoops, TransportChoice transport,
		List<String> trustedProxies, String livenessPath, String readinessPath, TrafficLimits limits,
		TrafficTimes times) {

	/**
	 * Checks the values.
	 * @throws IllegalArgumentException if one of them cannot be used
	 */
	public TrafficSettings {
		if (address.isBlank()) {
			throw new IllegalArgumentException(
					"address: \"%s\" (expected: a name or an IP address)".formatted(address));
		}
		TrafficLimits.require("port", port, 0, 65_535);
		TrafficLimits.require("event-loops", eventLoops, 1, 1024);
		trustedProxies = List.copyOf(trustedProxies);
		new TrustedProxies(trustedProxies);
		requirePath("liveness-path", livenessPath);
		requirePath("readiness-path", readinessPath);
	}

	/**
	 * The same, with the transport that does best here.
	 * @param address the address to listen on
	 * @param port the port to listen on, 0 for any that is free
	 * @param eventLoops how many threads serve requests
	 * @param trustedProxies addresses and CIDR blocks of peers whose forwarding headers
	 * are believed
	 * @param livenessPath the path that answers whether the gateway is alive, empty for
	 * none
	 * @param readinessPath the path that answers whether the gateway is ready, empty for
	 * none
	 * @param limits how much it takes
	 * @param times how long it waits
	 */
	public TrafficSettings(String address, int port, int eventLoops, List<String> trustedProxies, String livenessPath,
			String readinessPath, TrafficLimits limits, TrafficTimes times) {
		this(address, port, eventLoops, TransportChoice.AUTO, trustedProxies, livenessPath, readinessPath, limits,
				times);
	}

	private static void requirePath(String name, String value) {
		if (!value.isEmpty() && !value.startsWith("/")) {
			throw new IllegalArgumentException("%s: \"%s\" (expected: a path, or nothing)".formatted(name, value));
		}
	}

}
