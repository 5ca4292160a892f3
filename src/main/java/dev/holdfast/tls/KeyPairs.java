package dev.holdfast.tls;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

import javax.net.ssl.X509KeyManager;

import org.jspecify.annotations.Nullable;

/**
 * Private keys and whether each is the one of its certificate.
 */
final class KeyPairs {

	private static final List<String> TYPES = List.of("EC", "RSA", "RSASSA-PSS", "EdDSA", "DSA");

	private static final byte[] PROBE = { 'h', 'o', 'l', 'd' };

	private KeyPairs() {
	}

	/**
	 * Tells whether there are any, and refuses those that do not match.
	 * @return whether there is a key at all
	 * @throws IllegalArgumentException if a key is not the one of its certificate
	 */
	static boolean allMatch(X509KeyManager keys) {
		boolean found = false;
		for (String type : TYPES) {
			@Nullable String @Nullable [] aliases = keys.getServerAliases(type, null);
			for (String alias : (aliases != null) ? aliases : new String[0]) {
				X509Certificate[] chain = keys.getCertificateChain(alias);
				PrivateKey key = keys.getPrivateKey(alias);
				if (chain != null && chain.length > 0 && key != null) {
					requireMatch(key, chain[0]);
					found = true;
				}
			}
		}
		return found;
	}

	private static void requireMatch(PrivateKey key, X509Certificate certificate) {
		boolean match;
		try {
			match = match(key, certificate.getPublicKey());
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalArgumentException("the private key of %s cannot be used: %s"
				.formatted(certificate.getSubjectX500Principal(), ex.getMessage()), ex);
		}
		if (!match) {
			throw new IllegalArgumentException(
					"the private key is not the one of the certificate of " + certificate.getSubjectX500Principal());
		}
	}

	private static boolean match(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
		String algorithm = switch (key.getAlgorithm()) {
			case "RSA" -> "SHA256withRSA";
			case "EC" -> "SHA256withECDSA";
			case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
			case "DSA" -> "SHA256withDSA";
			// Would need the parameters that the certificate was made with.
			default -> "";
		};
		if (algorithm.isEmpty()) {
			return true;
		}
		Signature signature = Signature.getInstance(algorithm);
		signature.initSign(key);
		signature.update(PROBE);
		byte[] signed = signature.sign();
		Signature verification = Signature.getInstance(algorithm);
		verification.initVerify(certified);
		verification.update(PROBE);
		return verification.verify(signed);
	}

}
