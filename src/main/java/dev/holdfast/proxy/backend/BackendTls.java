package dev.holdfast.proxy.backend;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

import dev.holdfast.proxy.transport.TlsContexts;
import dev.holdfast.tls.TlsMaterial;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * How connections to instances are secured. It is another one when the bundle has
 * changed, so that connections made with what it was are not used any more. Used by all
 * event loops.
 */
final class BackendTls {

	/** What each protocol has offered by ALPN. */
	private final Map<WireProtocol, SslContext> contexts = new EnumMap<>(WireProtocol.class);

	private final String serverName;

	private final Duration handshakeTimeout;

	/**
	 * Prepare to secure connections.
	 * @param material the certificates and authorities, {@code null} for what the JVM
	 * trusts
	 * @param serverName the name that certificates must be for, empty for the host that
	 * an instance is registered with
	 * @param handshakeTimeout how long a handshake may take
	 */
	BackendTls(@Nullable TlsMaterial material, String serverName, Duration handshakeTimeout) {
		this.serverName = serverName;
		this.handshakeTimeout = handshakeTimeout;
		this.contexts.put(WireProtocol.HTTP1, TlsContexts.forClient(material));
		this.contexts.put(WireProtocol.HTTP2, TlsContexts.forClient(material, ApplicationProtocolNames.HTTP_2));
		this.contexts.put(WireProtocol.NEGOTIATED,
				TlsContexts.forClient(material, ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1));
	}

	/**
	 * Make what secures one connection.
	 * @param protocol what is to be spoken on it
	 * @param host the host that the instance is registered with
	 * @param port its port
	 */
	SslHandler newHandler(WireProtocol protocol, String host, int port) {
		SslContext context = this.contexts.get(protocol);
		if (context == null) {
			throw new IllegalArgumentException("protocol: " + protocol);
		}
		return TlsContexts.handler(context, this.serverName.isEmpty() ? host : this.serverName, port,
				this.handshakeTimeout);
	}

}
