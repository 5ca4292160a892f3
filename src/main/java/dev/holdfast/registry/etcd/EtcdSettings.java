package dev.holdfast.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

import dev.holdfast.tls.TlsMaterial;

/**
 * How to reach etcd.
 *
 * @param endpoints the members' client URLs, at least one, each {@code http://host:port}
 * or all of them {@code https://host:port}
 * @param prefixes what registrations are read from there
 * @param credentials with what to log in, empty for an etcd without authentication
 * @param tls with what connections to https endpoints are secured, asked anew for each;
 * empty for the JVM's own trust store
 * @param discoverMembers whether members that the cluster lists are used besides the
 * endpoints
 * @param connectTimeout how long a TCP connection may take
 * @param keepaliveTime after how long without traffic the connection is pinged; etcd
 * refuses clients that ping more often than every 5 s
 * @param keepaliveTimeout how long a ping may stay unanswered
 */
public record EtcdSettings(List<URI> endpoints, List<EtcdPrefix> prefixes, Optional<Credentials> credentials,
		Optional<Supplier<TlsMaterial>> tls, boolean discoverMembers, Duration connectTimeout, Duration keepaliveTime,
		Duration keepaliveTimeout) {

	/**
	 * How long a unary call may take. An attempt to reach etcd that begins just before
	 * etcd comes back is over after this.
	 */
	static final Duration CALL_TIMEOUT = Duration.ofSeconds(3);

	/**
	 * Checks and copies the lists.
	 * @throws IllegalArgumentException if there is no endpoint
	 */
	public EtcdSettings {
		if (endpoints.isEmpty()) {
			throw new IllegalArgumentException("etcd endpoints: none (expected: at least one URL)");
		}
		endpoints = List.copyOf(endpoints);
		prefixes = List.copyOf(prefixes);
	}

}
