package dev.holdfast.proxy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

import dev.holdfast.service.Endpoint;
import io.netty.channel.EventLoop;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Makes one event loop's connections to instances. Of one that is registered by name,
 * each address is tried until one can be connected to.
 */
final class BackendConnector {

	private final HttpClientAgent client;

	private final HostResolver resolver;

	private final ContextInternal context;

	private final long connectNanos;

	/**
	 * Prepares to connect.
	 * @param client makes connections to addresses
	 * @param resolver finds the addresses of names
	 * @param context the event loop
	 * @param connectTimeout how long finding an address that can be connected to may
	 * take, and as long again a handshake
	 */
	BackendConnector(HttpClientAgent client, HostResolver resolver, ContextInternal context, Duration connectTimeout) {
		this.client = client;
		this.resolver = resolver;
		this.context = context;
		this.connectNanos = connectTimeout.toNanos();
	}

	/**
	 * Gives what is known of an endpoint's name.
	 * @return its addresses, {@code null} when it is registered by address
	 */
	@Nullable HostAddresses host(Endpoint endpoint) {
		String host = endpoint.host();
		return (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) ? null : this.resolver.of(host);
	}

	/**
	 * Makes a connection.
	 */
	Future<Connected> connect(Destination destination, WireProtocol protocol) {
		Endpoint endpoint = destination.endpoint();
		HostAddresses host = host(endpoint);
		if (host == null) {
			return connectToAddress(destination, protocol);
		}
		long begun = loop().ticker().nanoTime();
		return find(host).compose((addresses) -> {
			long left = this.connectNanos - (loop().ticker().nanoTime() - begun);
			return race(destination, protocol, host, addresses, Math.max(1, left));
		});
	}

	private Future<Connected> connectToAddress(Destination destination, WireProtocol protocol) {
		Endpoint endpoint = destination.endpoint();
		HttpConnectOptions options = options(destination, protocol,
				SocketAddress.inetSocketAddress(endpoint.port(), endpoint.host()));
		InetAddress address = NetUtil.createInetAddressFromIpAddressString(endpoint.host());
		if (protocol == WireProtocol.HTTP1 || address == null) {
			return open(options).map((made) -> new Connected(made, () -> false));
		}
		// A race of one, for its time: all requests wait for the connection, and Vert.x
		// waits for an instance's settings for ever.
		Promise<Connected> promise = this.context.promise();
		start(destination, protocol,
				new ConnectRace<>(new HostAddresses(endpoint.host(), this.resolver), List.of(address), loop(),
						(same, done) -> this.context.dispatch(() -> open(options).onComplete(done::accept)),
						new FinishOfOne(promise)),
				this.connectNanos);
		return promise.future();
	}

	private EventLoop loop() {
		return this.context.nettyEventLoop();
	}

	private Future<List<InetAddress>> find(HostAddresses host) {
		List<InetAddress> known = host.known();
		if (!known.isEmpty()) {
			return this.context.succeededFuture(known);
		}
		Promise<List<InetAddress>> promise = this.context.promise();
		ask(host, promise);
		return promise.future();
	}

	@SuppressWarnings("FutureReturnValueIgnored") // completes the promise
	private void ask(HostAddresses host, Promise<List<InetAddress>> promise) {
		long patience = host.patience(this.connectNanos);
		ScheduledFuture<?> late = loop().schedule(
				() -> settle(host, promise,
						new UnknownHostException("%s: no answer from its name servers within %d ms"
							.formatted(host.name(), TimeUnit.NANOSECONDS.toMillis(patience)))),
				patience, TimeUnit.NANOSECONDS);
		host.ask().whenCompleteAsync((found, failure) -> {
			late.cancel(false);
			if (found != null) {
				promise.tryComplete(found);
			}
			else {
				settle(host, promise, failure);
			}
		}, loop());
	}

	private static void settle(HostAddresses host, Promise<List<InetAddress>> promise, Throwable failure) {
		List<InetAddress> last = host.last();
		if (last.isEmpty()) {
			promise.tryFail(failure);
		}
		else {
			promise.tryComplete(last);
		}
	}

	private Future<Connected> race(Destination destination, WireProtocol protocol, HostAddresses host,
			List<InetAddress> addresses, long connectNanos) {
		Promise<Connected> promise = this.context.promise();
		int port = destination.endpoint().port();
		ConnectRace<HttpClientConnection> race = new ConnectRace<>(host, host.inOrder(addresses), loop(),
				// Vert.x connects on the event loop of the context that it is in.
				(address,
						done) -> this.context.dispatch(() -> open(options(destination, protocol,
								SocketAddress.inetSocketAddress(new InetSocketAddress(address, port))))
							.onComplete(done::accept)),
				new Finish(promise, host.name(), this.resolver));
		start(destination, protocol, race, connectNanos);
		return promise.future();
	}

	private void start(Destination destination, WireProtocol protocol, ConnectRace<HttpClientConnection> race,
			long connectNanos) {
		// HTTP/2 in clear text waits for the instance's preface as well.
		boolean handshake = destination.endpoint().scheme().isSecure() || protocol == WireProtocol.HTTP2;
		race.start(connectNanos, handshake ? this.connectNanos : 0);
	}

	private Future<HttpClientConnection> open(HttpConnectOptions options) {
		return this.client.connect(options)
			.recover((failure) -> Future.failedFuture(TlsFailures.named(failure, options)));
	}

	private static HttpConnectOptions options(Destination destination, WireProtocol protocol, SocketAddress server) {
		Endpoint endpoint = destination.endpoint();
		HttpConnectOptions options = new HttpConnectOptions().setServer(server)
			.setHost(endpoint.host())
			.setPort(endpoint.port())
			.setSsl(false)
			.setProtocolVersion(protocol.version());
		if (destination instanceof Destination.Secured secured) {
			options.setSsl(true)
				.setSslOptions(secured.tls().options())
				.setHost(secured.tls().serverName(endpoint.host()));
		}
		return options;
	}

	/**
	 * A connection that has come about.
	 *
	 * @param connection the connection
	 * @param outdated tells whether its address is none of its name's any more
	 */
	record Connected(HttpClientConnection connection, BooleanSupplier outdated) {
	}

	/**
	 * Hands on what the race came to.
	 */
	private record Finish(Promise<Connected> promise, String name,
			HostResolver resolver) implements ConnectRace.Finish<HttpClientConnection> {

		@Override
		public void onConnected(InetAddress address, HttpClientConnection made) {
			this.promise.complete(new Connected(made, () -> !this.resolver.of(this.name).has(address)));
		}

		@Override
		public void onFailed(UnreachableHostException failure) {
			this.promise.fail(failure);
		}

		@Override
		public void onSurplus(HttpClientConnection made) {
			made.close();
		}

	}

	/**
	 * Hands on what connecting to the one address that there is came to.
	 */
	private record FinishOfOne(Promise<Connected> promise) implements ConnectRace.Finish<HttpClientConnection> {

		@Override
		public void onConnected(InetAddress address, HttpClientConnection made) {
			this.promise.complete(new Connected(made, () -> false));
		}

		@Override
		public void onFailed(UnreachableHostException failure) {
			// The endpoint tells the address already.
			this.promise.fail(failure.getCause());
		}

		@Override
		public void onSurplus(HttpClientConnection made) {
			made.close();
		}

	}

}
