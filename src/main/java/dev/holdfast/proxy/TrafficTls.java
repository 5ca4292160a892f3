package dev.holdfast.proxy;

import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

import dev.holdfast.tls.TlsMaterial;

/**
 * What of the traffic port's connections is secured, and with what.
 *
 * @param clients how clients' connections are secured, empty for clear text
 * @param backends gives what connections to instances are secured with, by the names of
 * the bundles that routes name
 */
public record TrafficTls(Optional<ClientTls> clients, Map<String, Supplier<TlsMaterial>> backends) {

	/** Clear text to clients, and to instances that speak TLS what the JVM trusts. */
	public static final TrafficTls NONE = new TrafficTls(Optional.empty(), Map.of());

	/**
	 * Copies the map.
	 */
	public TrafficTls {
		backends = Map.copyOf(backends);
	}

}
