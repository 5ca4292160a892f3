package dev.holdfast.configuration;

import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import dev.holdfast.admin.CertificateUse;
import dev.holdfast.admin.UsedBundle;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;

/**
 * The certificates of an SSL bundle.
 *
 * @param chains those that are shown, each followed by those that vouch for it
 * @param authorities those by which others are judged, none for the JVM's own
 */
record BundleCertificates(List<List<X509Certificate>> chains, List<X509Certificate> authorities) {

	/**
	 * Reads them; no key is read for it.
	 */
	static BundleCertificates of(SslBundle bundle) {
		try {
			return new BundleCertificates(chains(bundle.getStores().getKeyStore(), bundle.getKey().getAlias()),
					authorities(bundle.getStores().getTrustStore()));
		}
		catch (KeyStoreException ex) {
			throw new IllegalStateException("its certificates cannot be read: " + ex.getMessage(), ex);
		}
	}

	private static List<List<X509Certificate>> chains(@Nullable KeyStore store, @Nullable String only)
			throws KeyStoreException {
		List<List<X509Certificate>> chains = new ArrayList<>();
		for (String alias : aliases(store)) {
			Certificate[] chain = (store != null && (only == null || alias.equalsIgnoreCase(only)))
					? store.getCertificateChain(alias) : null;
			if (chain != null) {
				chains.add(x509(chain));
			}
		}
		return List.copyOf(chains);
	}

	private static List<X509Certificate> authorities(@Nullable KeyStore store) throws KeyStoreException {
		List<X509Certificate> authorities = new ArrayList<>();
		for (String alias : aliases(store)) {
			Certificate certificate = (store != null) ? store.getCertificate(alias) : null;
			if (certificate != null) {
				authorities.addAll(x509(certificate));
			}
		}
		return List.copyOf(authorities);
	}

	private static List<String> aliases(@Nullable KeyStore store) throws KeyStoreException {
		return (store != null) ? Collections.list(store.aliases()) : List.of();
	}

	private static List<X509Certificate> x509(Certificate... certificates) {
		return Arrays.stream(certificates)
			.filter(X509Certificate.class::isInstance)
			.map(X509Certificate.class::cast)
			.toList();
	}

	UsedBundle as(String name, CertificateUse use) {
		return new UsedBundle(name, use, this.chains, this.authorities);
	}

}
