package dev.holdfast.registry.etcd;

import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;

/**
 * With what a connection to etcd is secured.
 *
 * @param keys the gateway's own certificate and its key, none in it where etcd asks for
 * none
 * @param trust the authorities whose certificates are believed
 * @param protocols the versions of TLS that are allowed, empty for the JVM's default
 * @param ciphers the cipher suites that are allowed, empty for what HTTP/2 allows
 */
public record TlsMaterial(KeyManagerFactory keys, TrustManagerFactory trust, List<String> protocols,
		List<String> ciphers) {

	/**
	 * Copies the lists.
	 */
	public TlsMaterial {
		protocols = List.copyOf(protocols);
		ciphers = List.copyOf(ciphers);
	}

}
