package dev.holdfast.proxy.backend;

import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.function.BiConsumer;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import dev.holdfast.proxy.transport.TlsFailures;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.service.Endpoint;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslHandler;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an address on its way: by TCP, by TLS, and with HTTP/2 up to the
 * instance's settings.
 */
final class ConnectAttempt {

	private final TrafficLoop loop;

	private final Destination destination;

	private final WireProtocol protocol;

	private final int maxHeaderSize;

	private final ConnectionLifetime lifetime;

	private final BackendConnection.Listener listener;

	/** {@code null} when it has been told, or nobody waits any more. */
	private @Nullable BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done;

	private @Nullable Channel channel;

	private boolean started;

	/**
	 * Prepare to connect.
	 * @param loop the event loop
	 * @param destination where it goes
	 * @param protocol what it is for
	 * @param maxHeaderSize the largest head of a response, bytes
	 * @param lifetime until when the connection takes requests
	 * @param listener hears of the connection
	 * @param done takes the connection, or why there is none
	 */
	ConnectAttempt(TrafficLoop loop, Destination destination, WireProtocol protocol, int maxHeaderSize,
			ConnectionLifetime lifetime, BackendConnection.Listener listener,
			BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		this.loop = loop;
		this.destination = destination;
		this.protocol = protocol;
		this.maxHeaderSize = maxHeaderSize;
		this.lifetime = lifetime;
		this.listener = listener;
		this.done = done;
	}

	/**
	 * Begin.
	 * @param address where to connect to
	 * @param nanos how long that may take, nanoseconds; a handshake takes its own time
	 */
	void start(InetSocketAddress address, long nanos) {
		if (this.destination instanceof Destination.Secured secured) {
			connect(address, nanos, new Waiting(), () -> secure(secured));
		}
		else if (this.protocol == WireProtocol.HTTP2) {
			Http2BackendConnection made = http2();
			connect(address, nanos, made.handler(), () -> {
				// It is made when the instance's settings have come.
			});
			made.channel(channel());
		}
		else {
			Http1BackendConnection made = http1();
			connect(address, nanos, made, () -> end(made, null));
		}
		this.started = true;
	}

	private Http1BackendConnection http1() {
		return new Http1BackendConnection(this.loop, this.maxHeaderSize, this.lifetime, this.listener);
	}

	private Http2BackendConnection http2() {
		return new Http2BackendConnection(this.loop, this.destination instanceof Destination.Secured,
				this.maxHeaderSize, this.lifetime, this.listener, this::end);
	}

	private void connect(InetSocketAddress address, long nanos, ChannelHandler handler, Runnable connected) {
		ChannelFuture connecting = this.loop.connect(address, nanos, handler);
		this.channel = connecting.channel();
		connecting.addListener((result) -> {
			if (result.isSuccess()) {
				connected.run();
			}
			else {
				end(null, result.cause());
			}
		});
	}

	private Channel channel() {
		if (this.channel == null) {
			throw new IllegalStateException("connect: not begun");
		}
		return this.channel;
	}

	private void secure(Destination.Secured secured) {
		Channel connected = channel();
		Endpoint endpoint = secured.endpoint();
		SslHandler tls = secured.tls().newHandler(this.protocol, endpoint.host(), endpoint.port());
		connected.pipeline().addFirst(tls);
		tls.handshakeFuture().addListener((result) -> {
			if (result.isSuccess()) {
				onSecured(tls.applicationProtocol());
			}
			else {
				end(null, named(result.cause()));
				close();
			}
		});
	}

	private void onSecured(@Nullable String chosen) {
		Channel secured = channel();
		if (this.done == null) {
			close();
		}
		else if (ApplicationProtocolNames.HTTP_2.equals(chosen)) {
			Http2BackendConnection made = http2();
			made.channel(secured);
			secured.pipeline().replace(Waiting.class, null, made.handler());
		}
		else if (this.protocol == WireProtocol.HTTP2) {
			end(null, new Http2RefusedException("chose no protocol"));
			close();
		}
		else {
			Http1BackendConnection made = http1();
			secured.pipeline().replace(Waiting.class, null, made);
			end(made, null);
		}
	}

	/**
	 * Name a handshake that did not come to the HTTP/2 that was asked for.
	 */
	private Throwable named(Throwable failure) {
		SSLException tls = TlsFailures.of(failure);
		if (tls == null) {
			// The instance has gone: a failure of the handshake all the same.
			SSLException broken = new SSLHandshakeException((failure instanceof ClosedChannelException)
					? "the instance closed the connection during the handshake" : String.valueOf(failure.getMessage()));
			broken.initCause((failure instanceof ClosedChannelException) ? null : failure);
			return broken;
		}
		boolean refused = this.protocol == WireProtocol.HTTP2 && TlsFailures.isNoProtocol(tls);
		return refused ? new Http2RefusedException("takes none of what was offered") : tls;
	}

	private void end(@Nullable BackendConnection made, @Nullable Throwable failure) {
		if (!this.started) {
			this.loop.defer(() -> end(made, failure));
			return;
		}
		BiConsumer<@Nullable BackendConnection, @Nullable Throwable> told = this.done;
		this.done = null;
		if (told != null) {
			told.accept(made, failure);
		}
		else if (made != null) {
			made.leave();
		}
	}

	/**
	 * End it, because nobody waits for it any more.
	 */
	void abandon() {
		if (this.done != null) {
			this.done = null;
			close();
		}
	}

	@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
	private void close() {
		channel().close();
	}

	/**
	 * Stands where the connection will, during the handshake.
	 */
	private static final class Waiting extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
			// The handshake tells of it.
		}

	}

}
