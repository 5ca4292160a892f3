package dev.holdfast.proxy.backend;

import java.time.Duration;
import java.util.Map;
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
		Supplier<TlsMaterial> bundle = this.bundles.get(security.bundle());
		return new BackendTls((bundle != null) ? bundle.get() : null, security.serverName(), this.handshakeTimeout);
	}

	/**
	 * Take the bundles anew.
	 */
	public void changed() {
		this.current = new ConcurrentHashMap<>();
	}

}
