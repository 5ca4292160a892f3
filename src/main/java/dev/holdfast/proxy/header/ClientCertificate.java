package dev.holdfast.proxy.header;

import java.security.cert.CertificateEncodingException;
import java.util.Base64;

import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

import org.jspecify.annotations.Nullable;

/**
 * The Client-Cert field (RFC 9440, section 2.2).
 */
public final class ClientCertificate {

	private ClientCertificate() {
	}

	/**
	 * Return the certificate that a client has proven to be its own.
	 * @param session the client's session
	 * @return the field's value, {@code null} when the client showed none
	 */
	public static @Nullable String of(SSLSession session) {
		try {
			return ":" + Base64.getEncoder().encodeToString(session.getPeerCertificates()[0].getEncoded()) + ":";
		}
		catch (SSLPeerUnverifiedException ex) {
			return null;
		}
		catch (CertificateEncodingException ex) {
			throw new IllegalStateException("a certificate that was just read cannot be written", ex);
		}
	}

}
