package dev.holdfast.proxy.transport;

import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;

import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.ServerKeys;
import dev.holdfast.tls.ServerName;
import dev.holdfast.tls.TlsMaterial;
import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import org.jspecify.annotations.Nullable;

/**
 * Makes Netty's TLS contexts of certificates and authorities.
 */
public final class TlsContexts {

	private static final String HTTP_1_0 = "http/1.0";

	private static final List<String> PROTOCOLS = List.of("TLSv1.2", "TLSv1.3");

	private TlsContexts() {
	}

	/**
	 * Make what clients' connections are secured with. Offers {@code h2} and
	 * {@code http/1.1} by ALPN. A context of its own each time, so that no session of an
	 * earlier one, with its certificate and its trust in the client's, is resumed.
	 * @param material the certificate for clients that ask for no name or one that is not
	 * listed, and with it the protocols, the ciphers and the trust for all
	 * @param named the certificates for the names that clients ask for
	 * @param clientAuth whether clients must show a certificate
	 * @return the context
	 * @throws IllegalArgumentException if none can be made of it
	 */
	public static SslContext forServer(TlsMaterial material, Map<ServerName, TlsMaterial> named,
			ClientAuth clientAuth) {
		SslContextBuilder builder = SslContextBuilder.forServer(new ServerKeys(material, named))
			.clientAuth(switch (clientAuth) {
				case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
				case WANT -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
				case NEED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
			});
		if (clientAuth != ClientAuth.NONE) {
			builder.trustManager(material.trust());
		}
		return build(builder, material, ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1, HTTP_1_0);
	}

	/**
	 * Make what connections to instances are secured with. Host names are verified.
	 * @param material the certificates and authorities, {@code null} for what the JVM
	 * trusts
	 * @param alpn the protocols to offer, the preferred one first; none for no ALPN
	 * @return the context
	 * @throws IllegalArgumentException if none can be made of it
	 */
	public static SslContext forClient(@Nullable TlsMaterial material, String... alpn) {
		SslContextBuilder builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm("HTTPS");
		if (material != null) {
			builder.keyManager(material.keys()).trustManager(material.trust());
		}
		return build(builder, material, alpn);
	}

	private static SslContext build(SslContextBuilder builder, @Nullable TlsMaterial material, String... alpn) {
		boolean protocols = material != null && !material.protocols().isEmpty();
		boolean ciphers = material != null && !material.ciphers().isEmpty();
		builder.sslProvider(SslProvider.JDK)
			.protocols((material != null && protocols) ? material.protocols() : PROTOCOLS)
			.ciphers((material != null && ciphers) ? material.ciphers() : usualCiphers());
		if (alpn.length > 0) {
			builder.applicationProtocolConfig(new ApplicationProtocolConfig(Protocol.ALPN,
					SelectorFailureBehavior.FATAL_ALERT, SelectedListenerFailureBehavior.FATAL_ALERT, alpn));
		}
		try {
			SslContext context = builder.build();
			// Refuses what each connection would else be refused for.
			context.newEngine(allocator());
			return context;
		}
		catch (SSLException ex) {
			throw new IllegalArgumentException(ex.getMessage(), ex);
		}
	}

	/**
	 * Return the JDK's choice: Netty's own is shorter, and some clients' would be
	 * missing.
	 */
	private static List<String> usualCiphers() {
		try {
			return List.of(SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites());
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("the JVM has no TLS", ex);
		}
	}

	/**
	 * Make what stands first in the pipeline of a client's connection.
	 * @param context the context
	 * @param handshakeTimeout how long the handshake may take
	 * @return the handler
	 */
	public static SslHandler handler(SslContext context, Duration handshakeTimeout) {
		return limited(context.newHandler(allocator()), handshakeTimeout);
	}

	/**
	 * Make what stands first in the pipeline of a connection to an instance.
	 * @param context the context
	 * @param host the name that the instance's certificate must be for, which it is told
	 * if it is a DNS name
	 * @param port the instance's port
	 * @param handshakeTimeout how long the handshake may take
	 * @return the handler
	 */
	public static SslHandler handler(SslContext context, String host, int port, Duration handshakeTimeout) {
		return limited(context.newHandler(allocator(), host, port), handshakeTimeout);
	}

	private static SslHandler limited(SslHandler handler, Duration handshakeTimeout) {
		handler.setHandshakeTimeoutMillis(handshakeTimeout.toMillis());
		return handler;
	}

	private static ByteBufAllocator allocator() {
		return TrafficLoop.ALLOCATOR;
	}

}
