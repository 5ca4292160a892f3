package dev.holdfast.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;

/**
 * SSL bundles of certificates in files.
 */
public final class PemBundles {

	private PemBundles() {
	}

	/**
	 * Reads a bundle.
	 * @param trusted the authority's certificate, {@code null} for the JVM's own
	 * @param own the own certificate and its key, {@code null} for none
	 * @return the bundle
	 */
	public static SslBundle read(@Nullable Path trusted, @Nullable Issued own) {
		PemSslStoreDetails key = (own != null)
				? PemSslStoreDetails.forCertificate(text(own.certificate())).withPrivateKey(text(own.key())) : null;
		PemSslStoreDetails trust = (trusted != null) ? PemSslStoreDetails.forCertificate(text(trusted)) : null;
		return SslBundle.of(new PemSslStoreBundle(key, trust));
	}

	/**
	 * Reads what connections are secured with.
	 * @param trusted the authority's certificate, {@code null} for the JVM's own
	 * @param own the own certificate and its key, {@code null} for none
	 * @param protocols the protocols that are allowed, none for the usual ones
	 * @return the material
	 */
	public static TlsMaterial material(@Nullable Path trusted, @Nullable Issued own, String... protocols) {
		SslBundle bundle = read(trusted, own);
		return new TlsMaterial(bundle.getManagers().getKeyManagerFactory(),
				bundle.getManagers().getTrustManagerFactory(), List.of(protocols), List.of());
	}

	private static String text(Path file) {
		try {
			return Files.readString(file);
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
