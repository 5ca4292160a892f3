package dev.holdfast.proxy.backend;

import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

import dev.holdfast.route.BackendSecurity;
import dev.holdfast.tls.TlsMaterial;

/**
 * The bundles by which connections to instances are secured, as they are now. Used by all
 * event loops.
 */
public final class BackendBundles {

	private final Map<String, Supplier<TlsMaterial>> bundles;

	private final Duration handshakeTimeout;

	private volatile Map<BackendSecurity, BackendTls> current = new ConcurrentHashMap<>();

	/**
	 * Prepare to secure connections.
	 * @param bundles what bundles consist of, by name
	 * @param handshakeTimeout how long a handshake may take
	 */
	public BackendBundles(Map<String, Supplier<TlsMaterial>> bundles, Duration handshakeTimeout) {
		this.bundles = bundles;
		this.handshakeTimeout = handshakeTimeout;
	}

	/**
	 * Return what a route's connections are secured with. The same object until the
	 * bundles change.
	 * @param security what the route asks for
	 */
	BackendTls of(BackendSecurity security) {
		BackendTls known = this.current.get(security);
		return (known != null) ? known : this.current.computeIfAbsent(security, this::make);
	}

	private BackendTls make(BackendSecurity security) {
		return new BackendTls(security.bundle().isEmpty() ? null : material(security.bundle()), security.serverName(),
				this.handshakeTimeout);
	}

	/** What the JVM trusts is never taken in the place of a bundle that is missing. */
	private TlsMaterial material(String name) {
		Supplier<TlsMaterial> bundle = this.bundles.get(name);
		if (bundle == null) {
			throw new IllegalStateException("ssl-bundle: \"%s\" (expected: one of %s)".formatted(name,
					String.join(", ", new TreeSet<>(this.bundles.keySet()))));
		}
		return bundle.get();
	}

	/**
	 * Take the bundles anew.
	 */
	public void changed() {
		this.current = new ConcurrentHashMap<>();
	}

}
