package dev.holdfast.admin;

import java.security.cert.X509Certificate;
import java.util.List;

/**
 * The certificates of an SSL bundle, as they are used at this moment.
 *
 * @param name the bundle's name
 * @param use what it is used for
 * @param chains the certificates that the gateway shows, each followed by those that
 * vouch for it
 * @param authorities the certificates by which others are judged
 */
public record UsedBundle(String name, CertificateUse use, List<List<X509Certificate>> chains,
		List<X509Certificate> authorities) {

	/**
	 * Copies the lists.
	 */
	public UsedBundle {
		chains = chains.stream().map(List::copyOf).toList();
		authorities = List.copyOf(authorities);
	}

}
