package dev.holdfast.tls;

import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * With what a connection is secured.
 *
 * @param keys the gateway's own certificates and their keys, none in it where nobody asks
 * for one
 * @param trust the authorities whose certificates are believed
 * @param protocols the versions of TLS that are allowed, empty for the usual ones
 * @param ciphers the cipher suites that are allowed, empty for the usual ones
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

	/**
	 * Finds what would else be found by each connection: a key that is not the one of its
	 * certificate, as while one of two files has been replaced, or a protocol or cipher
	 * suite that this JVM does not have.
	 * @param keyNeeded whether there must be a key at all
	 * @throws IllegalArgumentException if no connection can be made with it
	 */
	public void check(boolean keyNeeded) {
		if (!KeyPairs.allMatch(keyManager()) && keyNeeded) {
			throw new IllegalArgumentException("it has no private key with a certificate");
		}
		try {
			SSLParameters supported = SSLContext.getDefault().getSupportedSSLParameters();
			requireSupported("protocol", this.protocols, supported.getProtocols());
			requireSupported("cipher suite", this.ciphers, supported.getCipherSuites());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("the JVM has no TLS", ex);
		}
	}

	private static void requireSupported(String what, List<String> wanted, String[] supported) {
		List<String> known = Arrays.asList(supported);
		for (String one : wanted) {
			if (!known.contains(one)) {
				throw new IllegalArgumentException(
						"%s: \"%s\" (expected: one of %s)".formatted(what, one, String.join(", ", known)));
			}
		}
	}

	/**
	 * What chooses among the keys.
	 * @return the key manager
	 */
	X509ExtendedKeyManager keyManager() {
		return Arrays.stream(this.keys.getKeyManagers())
			.filter(X509ExtendedKeyManager.class::isInstance)
			.map(X509ExtendedKeyManager.class::cast)
			.findFirst()
			.orElseThrow(() -> new IllegalArgumentException("it has no X.509 keys"));
	}

}
