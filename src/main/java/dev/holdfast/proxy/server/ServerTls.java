package dev.holdfast.proxy.server;

import java.util.LinkedHashMap;
import java.util.Map;

import dev.holdfast.proxy.ClientTls;
import dev.holdfast.proxy.transport.TlsContexts;
import dev.holdfast.tls.ServerName;
import dev.holdfast.tls.TlsMaterial;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What secures new connections of clients, on all event loops.
 */
final class ServerTls {

	private static final Logger logger = LoggerFactory.getLogger(TrafficServer.class);

	private final ClientTls settings;

	private volatile SslContext context;

	/**
	 * Take the certificates of now.
	 * @throws IllegalArgumentException if they cannot be used
	 */
	ServerTls(ClientTls settings) {
		this.settings = settings;
		this.context = context(settings);
	}

	private static SslContext context(ClientTls settings) {
		Map<ServerName, TlsMaterial> named = new LinkedHashMap<>();
		TlsMaterial material = settings.otherwise().get();
		settings.names().forEach((name, bundle) -> named.put(name, bundle.get()));
		return TlsContexts.forServer(material, named, settings.clientAuth());
	}

	/**
	 * Take the certificates of now, if they can be used.
	 */
	void changed() {
		try {
			this.context = context(this.settings);
		}
		catch (IllegalArgumentException ex) {
			logger.warn("The changed certificates are not used, new connections get those of before: {}",
					ex.getMessage());
		}
	}

	/**
	 * Make what secures one connection.
	 */
	SslHandler newHandler() {
		return TlsContexts.handler(this.context, this.settings.handshakeTimeout());
	}

}
