package dev.holdfast.proxy;

import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.ServerName;
import dev.holdfast.tls.TlsMaterial;

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

}
