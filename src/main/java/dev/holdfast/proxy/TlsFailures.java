package dev.holdfast.proxy;

import java.security.cert.CertificateExpiredException;

import javax.net.ssl.SSLException;

import io.netty.handler.codec.DecoderException;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Why handshakes failed, in words for operators.
 */
final class TlsFailures {

	private static final int MOST_CAUSES = 10;

	/** The alert of RFC 7301, section 3.2, as the JDK spells it. */
	private static final String NO_APPLICATION_PROTOCOL = "no_application_protocol";

	private TlsFailures() {
	}

	/**
	 * Finds a failure of TLS in what a connection reports.
	 * @return the failure, {@code null} when it is another
	 */
	static @Nullable SSLException of(@Nullable Throwable failure) {
		if (failure instanceof SSLException tls) {
			return tls;
		}
		return (failure instanceof DecoderException && failure.getCause() instanceof SSLException tls) ? tls : null;
	}

	/**
	 * Names a handshake that did not come to the HTTP/2 that was asked for. Of one that
	 * came to no protocol, Vert.x says only that the connection is in a wrong state.
	 */
	static Throwable named(Throwable failure, HttpConnectOptions options) {
		if (!options.isSsl() || options.getProtocolVersion() != HttpVersion.HTTP_2) {
			return failure;
		}
		if (failure instanceof IllegalStateException) {
			return new Http2RefusedException("chose no protocol");
		}
		boolean refused = failure instanceof SSLException && explain(failure).contains(NO_APPLICATION_PROTOCOL);
		return refused ? new Http2RefusedException("takes none of what was offered") : failure;
	}

	/**
	 * Finds the innermost cause: those around it say only that a handshake failed.
	 */
	static String explain(Throwable failure) {
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
