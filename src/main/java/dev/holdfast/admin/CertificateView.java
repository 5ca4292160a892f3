package dev.holdfast.admin;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;

/**
 * A certificate that the gateway shows, or judges others by.
 *
 * @param bundle the name of the SSL bundle that it is in
 * @param use what the bundle is used for
 * @param role whether the gateway shows it ({@code SHOWN}) or judges others by it
 * ({@code TRUSTED})
 * @param position its place in the chain that is shown, 0 for the first one; 0 for one
 * that is trusted
 * @param subject whom it is for
 * @param issuer who vouches for it
 * @param serialNumber its number, in hexadecimal
 * @param names the DNS names and addresses that it is for
 * @param notBefore from when on it is valid
 * @param notAfter until when it is valid
 * @param status how that stands now
 */
record CertificateView(String bundle, SortedSet<CertificateUse> use, Role role, int position, String subject,
		String issuer, String serialNumber, List<String> names, Instant notBefore, Instant notAfter, Status status) {

	private static final int DNS_NAME = 2;

	private static final int IP_ADDRESS = 7;

	static CertificateView of(String bundle, SortedSet<CertificateUse> use, Role role, int position,
			X509Certificate certificate, Instant now) {
		Instant notBefore = certificate.getNotBefore().toInstant();
		Instant notAfter = certificate.getNotAfter().toInstant();
		return new CertificateView(bundle, use, role, position, certificate.getSubjectX500Principal().getName(),
				certificate.getIssuerX500Principal().getName(), certificate.getSerialNumber().toString(16),
				names(certificate), notBefore, notAfter, Status.of(notBefore, notAfter, now));
	}

	private static List<String> names(X509Certificate certificate) {
		try {
			Collection<List<?>> names = certificate.getSubjectAlternativeNames();
			return (names == null) ? List.of()
					: names.stream()
						.filter((name) -> Objects.equals(name.get(0), DNS_NAME)
								|| Objects.equals(name.get(0), IP_ADDRESS))
						.map((name) -> String.valueOf(name.get(1)))
						.toList();
		}
		catch (CertificateParsingException ex) {
			return List.of();
		}
	}

	boolean matches(String text) {
		return Text.contains(text, this.bundle, this.subject, this.issuer, String.join(" ", this.names));
	}

	/**
	 * What a certificate does in its bundle.
	 */
	enum Role {

		/** The gateway shows it to its peers. */
		SHOWN,

		/** Those of peers are judged by it. */
		TRUSTED

	}

	/**
	 * How long a certificate is still good for.
	 */
	enum Status {

		/** It is valid. */
		VALID,

		/**
		 * It is valid for less than two weeks, or, where it was made for less than ten,
		 * for the last fifth of its time.
		 */
		EXPIRES_SOON,

		/** It has been valid. */
		EXPIRED,

		/** It is going to be valid. */
		NOT_YET_VALID;

		private static final Duration SOON = Duration.ofDays(14);

		static Status of(Instant notBefore, Instant notAfter, Instant now) {
			if (now.isAfter(notAfter)) {
				return EXPIRED;
			}
			if (now.isBefore(notBefore)) {
				return NOT_YET_VALID;
			}
			Duration fifth = Duration.between(notBefore, notAfter).dividedBy(5);
			Duration soon = (fifth.compareTo(SOON) < 0) ? fifth : SOON;
			return now.plus(soon).isAfter(notAfter) ? EXPIRES_SOON : VALID;
		}

	}

}
