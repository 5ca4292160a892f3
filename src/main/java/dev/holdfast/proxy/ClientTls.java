package dev.holdfast.proxy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.ServerKeys;
import dev.holdfast.tls.ServerName;
import dev.holdfast.tls.TlsMaterial;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;

/**
 * How clients' connections to the traffic port are secured.
 *
 * @param otherwise gives the certificate for clients that ask for no name or one that is
 * not listed, and with it the protocols, the ciphers and the trust for all
 * @param names gives the certificates for the names that clients ask for
 * @param clientAuth whether clients must show a certificate
 * @param handshakeTimeout how long a handshake may take
 */
public record ClientTls(Supplier<TlsMaterial> otherwise, Map<ServerName, Supplier<TlsMaterial>> names,
		ClientAuth clientAuth, Duration handshakeTimeout) {

	/**
	 * Copies the names.
	 */
	public ClientTls {
		names = Map.copyOf(names);
	}

	/**
	 * Gives Vert.x's options with the certificates of now. They lead to a TLS context of
	 * their own, so that no session of an earlier one, with its certificate and its trust
	 * in the client's, is resumed.
	 */
	ServerSSLOptions options() {
		TlsMaterial material = this.otherwise.get();
		Map<ServerName, TlsMaterial> named = new LinkedHashMap<>();
		this.names.forEach((name, bundle) -> named.put(name, bundle.get()));
		ServerSSLOptions options = new ServerSSLOptions()
			.setKeyCertOptions(KeyCertOptions.wrap(new ServerKeys(material, named)))
			.setSslHandshakeTimeout(this.handshakeTimeout.toMillis())
			.setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
			.setClientAuth(switch (this.clientAuth) {
				case NONE -> io.vertx.core.http.ClientAuth.NONE;
				case WANT -> io.vertx.core.http.ClientAuth.REQUEST;
				case NEED -> io.vertx.core.http.ClientAuth.REQUIRED;
			});
		if (this.clientAuth != ClientAuth.NONE) {
			options.setTrustOptions(TrustOptions.wrap(material.trust()));
		}
		if (!material.protocols().isEmpty()) {
			options.setEnabledSecureTransportProtocols(new LinkedHashSet<>(material.protocols()));
		}
		material.ciphers().forEach(options::addEnabledCipherSuite);
		return options;
	}

}
