package dev.holdfast.proxy.transport;

import java.security.cert.CertificateExpiredException;

import javax.net.ssl.SSLException;

import io.netty.handler.codec.DecoderException;
import org.jspecify.annotations.Nullable;

/**
 * Why handshakes failed, in words for operators.
 */
public final class TlsFailures {

	private static final int MOST_CAUSES = 10;

	/** The alert of RFC 7301, section 3.2, as the JDK spells it. */
	private static final String NO_APPLICATION_PROTOCOL = "no_application_protocol";

	private TlsFailures() {
	}

	/**
	 * Find a failure of TLS in what a connection reports.
	 * @param failure what it reports
	 * @return the failure, {@code null} when it is another
	 */
	public static @Nullable SSLException of(@Nullable Throwable failure) {
		if (failure instanceof SSLException tls) {
			return tls;
		}
		return (failure instanceof DecoderException && failure.getCause() instanceof SSLException tls) ? tls : null;
	}

	/**
	 * Whether the other side took none of the protocols that it was offered.
	 * @param failure what a connection reports
	 */
	public static boolean isNoProtocol(@Nullable Throwable failure) {
		SSLException tls = of(failure);
		return tls != null && explain(tls).contains(NO_APPLICATION_PROTOCOL);
	}

	/**
	 * Find the innermost cause: those around it say only that a handshake failed.
	 * @param failure what a connection reports
	 * @return words for operators
	 */
	public static String explain(Throwable failure) {
		Throwable innermost = failure;
		for (int i = 0; i < MOST_CAUSES; i++) {
			Throwable cause = innermost.getCause();
			if (cause == null) {
				break;
			}
			innermost = cause;
		}
		return (innermost instanceof CertificateExpiredException) ? "the certificate has expired"
				: String.valueOf(innermost.getMessage());
	}

}
