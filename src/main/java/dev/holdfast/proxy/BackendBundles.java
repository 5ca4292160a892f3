package dev.holdfast.proxy;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.holdfast.route.BackendSecurity;
import dev.holdfast.tls.TlsMaterial;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.TrustOptions;

/**
 * The bundles by which connections to instances are secured, as they are now.
 */
final class BackendBundles {

	private final Map<String, Supplier<TlsMaterial>> bundles;

	private final Duration handshakeTimeout;

	private volatile Map<BackendSecurity, BackendTls> current = new ConcurrentHashMap<>();

	BackendBundles(Map<String, Supplier<TlsMaterial>> bundles, Duration handshakeTimeout) {
		this.bundles = bundles;
		this.handshakeTimeout = handshakeTimeout;
	}

	/**
	 * Gives what a route's connections are secured with. The same object until the
	 * bundles change.
	 */
	BackendTls of(BackendSecurity security) {
		BackendTls known = this.current.get(security);
		return (known != null) ? known : this.current.computeIfAbsent(security, this::make);
	}

	private BackendTls make(BackendSecurity security) {
		ClientSSLOptions options = new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS");
		options.setSslHandshakeTimeout(this.handshakeTimeout.toMillis());
		options.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
		Supplier<TlsMaterial> bundle = this.bundles.get(security.bundle());
		if (bundle != null) {
			TlsMaterial material = bundle.get();
			options.setKeyCertOptions(KeyCertOptions.wrap(material.keys()));
			options.setTrustOptions(TrustOptions.wrap(material.trust()));
			if (!material.protocols().isEmpty()) {
				options.setEnabledSecureTransportProtocols(new LinkedHashSet<>(material.protocols()));
			}
			material.ciphers().forEach(options::addEnabledCipherSuite);
		}
		return new BackendTls(options, security.serverName());
	}

	/**
	 * Takes the bundles anew.
	 */
	void changed() {
		this.current = new ConcurrentHashMap<>();
	}

}
