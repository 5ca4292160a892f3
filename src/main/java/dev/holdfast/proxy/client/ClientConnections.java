package dev.holdfast.proxy.client;

import java.net.InetSocketAddress;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.header.ClientCertificate;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.TrustedProxies;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.channel.Channel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * The clients' connections that are open on one event loop. Each is given what reads it
 * before its first byte.
 */
public final class ClientConnections {

	private static final String UNKNOWN = "unknown";

	private final ClientContext context;

	private final TrustedProxies trusted;

	/**
	 * Begin with none.
	 * @param loop the event loop
	 * @param settings how much they may, and for how long
	 * @param count counts them, on all event loops
	 * @param trusted the peers whose forwarding fields are believed
	 * @param ids makes ids for what is told to clients without a request
	 * @param listener hears of clients that are turned away
	 * @param shuttingDown whether clients are to go
	 * @param handler takes their requests
	 */
	public ClientConnections(TrafficLoop loop, TrafficSettings settings, ClientCount count, TrustedProxies trusted,
			RequestIds ids, ExchangeListener listener, BooleanSupplier shuttingDown, RequestHandler handler) {
		this.context = new ClientContext(loop, settings, count, new OpenConnections(),
				new RequestParsers(settings.limits()), ids, listener, shuttingDown, handler);
		this.trusted = trusted;
	}

	/**
	 * Take a connection that has just been accepted. Behind TLS, the channel's pipeline
	 * has an {@link io.netty.handler.ssl.SslHandler} whose handshake may not have ended:
	 * the connection counts, and is heard of, from its end on. A handshake that fails is
	 * told to the listener.
	 * @param channel the connection
	 */
	public void accept(Channel channel) {
		SslHandler tls = channel.pipeline().get(SslHandler.class);
		if (tls == null) {
			begin(channel, null);
		}
		else if (tls.handshakeFuture().isSuccess()) {
			begin(channel, tls);
		}
		else {
			channel.pipeline().addLast(new HandshakeHandler(this.context.listener(), () -> begin(channel, tls)));
		}
	}

	private void begin(Channel channel, @Nullable SslHandler tls) {
		if (!channel.isActive()) {
			return;
		}
		ClientPeer peer = peer(channel, tls);
		ClientRefusal refusal = this.context.count().admit(peer.address());
		if (refusal != null) {
			RefusedConnection refused = new RefusedConnection(this.context, channel, peer);
			refused.open(refusal);
			channel.pipeline().addLast(refused.handler());
			return;
		}
		if (tls != null && ApplicationProtocolNames.HTTP_2.equals(tls.applicationProtocol())) {
			Http2ClientConnection served = new Http2ClientConnection(this.context, channel, peer);
			served.open();
			channel.pipeline().addLast(served.handler());
		}
		else {
			Http1Connection served = new Http1Connection(this.context, channel, peer);
			served.open();
			channel.pipeline().addLast(served.handler());
		}
	}

	private ClientPeer peer(Channel channel, @Nullable SslHandler tls) {
		String address = address(channel);
		boolean believed = this.trusted.contains(address);
		String certificate = (tls != null && !believed) ? ClientCertificate.of(tls.engine().getSession()) : null;
		return new ClientPeer(address, believed, tls != null, certificate);
	}

	private static String address(Channel channel) {
		return (channel.remoteAddress() instanceof InetSocketAddress remote && remote.getAddress() != null)
				? remote.getAddress().getHostAddress() : UNKNOWN;
	}

	/**
	 * Show each open connection to somebody who may close it.
	 * @param action is given the connection
	 */
	public void forEach(Consumer<ClientConnection> action) {
		this.context.open().forEach(action);
	}

	/**
	 * Return how many are open.
	 */
	public int size() {
		return this.context.open().size();
	}

}
