package dev.holdfast.proxy.backend;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.service.Endpoint;
import io.netty.util.NetUtil;
import org.jspecify.annotations.Nullable;

/**
 * Makes one event loop's connections to instances. Of one that is registered by name,
 * each address is tried until one can be connected to.
 */
final class BackendConnector {

	private final TrafficLoop loop;

	private final HostResolver resolver;

	private final long connectNanos;

	private final ConnectionAge age;

	private final int maxHeaderSize;

	/**
	 * Prepare to connect.
	 * @param loop the event loop
	 * @param resolver finds the addresses of names
	 * @param connectNanos how long finding an address that can be connected to may take,
	 * and as long again a handshake, nanoseconds
	 * @param age how old connections become
	 * @param maxHeaderSize the largest head of a response, bytes
	 */
	BackendConnector(TrafficLoop loop, HostResolver resolver, long connectNanos, ConnectionAge age, int maxHeaderSize) {
		this.loop = loop;
		this.resolver = resolver;
		this.connectNanos = connectNanos;
		this.age = age;
		this.maxHeaderSize = maxHeaderSize;
	}

	/**
	 * Return what is known of an endpoint's name.
	 * @param endpoint the endpoint
	 * @return its addresses, {@code null} when it is registered by address
	 */
	@Nullable HostAddresses host(Endpoint endpoint) {
		return (address(endpoint) != null) ? null : this.resolver.of(endpoint.host());
	}

	private static @Nullable InetAddress address(Endpoint endpoint) {
		return NetUtil.createInetAddressFromIpAddressString(endpoint.host());
	}

	/**
	 * Make a connection.
	 * @param destination where it goes
	 * @param protocol what it is for
	 * @param listener hears of the connection
	 * @param done takes the connection, or why there is none; never before this returns
	 */
	void connect(Destination destination, WireProtocol protocol, BackendConnection.Listener listener,
			BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		InetAddress address = address(destination.endpoint());
		if (address != null) {
			connectToAddress(new Target(destination, protocol, null, listener), address, done);
			return;
		}
		HostAddresses host = this.resolver.of(destination.endpoint().host());
		Target target = new Target(destination, protocol, host, listener);
		List<InetAddress> known = host.known();
		if (!known.isEmpty()) {
			race(target, host, known, this.connectNanos, done);
			return;
		}
		long begun = this.loop.nanoTime();
		new Search(this.loop, host, (found, failure) -> {
			if (found == null) {
				done.accept(null, failure);
				return;
			}
			long left = this.connectNanos - (this.loop.nanoTime() - begun);
			race(target, host, found, Math.max(1, left), done);
		}).start(host.patience(this.connectNanos));
	}

	private void connectToAddress(Target target, InetAddress address,
			BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		if (target.protocol() == WireProtocol.HTTP1) {
			open(target, address, done);
			return;
		}
		// A race of one, for its time: all requests wait for the connection, and the
		// settings of an instance may never come.
		HostAddresses alone = new HostAddresses(target.destination().endpoint().host(), this.resolver);
		new ConnectRace<>(alone, List.of(address), this.loop, (same, taker) -> open(target, same, taker),
				new Finish(done, false))
			.start(this.connectNanos, handshakeNanos(target));
	}

	private void race(Target target, HostAddresses host, List<InetAddress> addresses, long nanos,
			BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		new ConnectRace<>(host, host.inOrder(addresses), this.loop, (address, taker) -> open(target, address, taker),
				new Finish(done, true))
			.start(nanos, handshakeNanos(target));
	}

	private long handshakeNanos(Target target) {
		// HTTP/2 in clear text waits for the instance's settings as well.
		return (target.destination() instanceof Destination.Secured || target.protocol() == WireProtocol.HTTP2)
				? this.connectNanos : 0;
	}

	private Runnable open(Target target, InetAddress address,
			BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		ConnectionLifetime lifetime = new ConnectionLifetime(this.age.end(), target.host(), address);
		ConnectAttempt attempt = new ConnectAttempt(this.loop, target.destination(), target.protocol(),
				this.maxHeaderSize, lifetime, target.listener(), done);
		attempt.start(new InetSocketAddress(address, target.destination().endpoint().port()), this.connectNanos);
		return attempt::abandon;
	}

	/**
	 * What is connected to.
	 *
	 * @param destination where connections go
	 * @param protocol what they are for
	 * @param host what is known of its name, {@code null} when it is an address
	 * @param listener hears of the connection
	 */
	private record Target(Destination destination, WireProtocol protocol, @Nullable HostAddresses host,
			BackendConnection.Listener listener) {
	}

	/**
	 * The search for a name's addresses, which ends with the last known ones when it
	 * takes too long.
	 */
	private static final class Search {

		private final TrafficLoop loop;

		private final HostAddresses host;

		private final BiConsumer<@Nullable List<InetAddress>, @Nullable Throwable> done;

		private boolean ended;

		private Search(TrafficLoop loop, HostAddresses host,
				BiConsumer<@Nullable List<InetAddress>, @Nullable Throwable> done) {
			this.loop = loop;
			this.host = host;
			this.done = done;
		}

		@SuppressWarnings("FutureReturnValueIgnored") // its result is taken
		private void start(long patience) {
			TrafficLoop.Timer late = this.loop.after(patience,
					() -> settle(new UnknownHostException("%s: no answer from its name servers within %d ms"
						.formatted(this.host.name(), TimeUnit.NANOSECONDS.toMillis(patience)))));
			this.host.ask().whenCompleteAsync((found, failure) -> {
				late.cancel();
				if (found != null) {
					end(found, null);
				}
				else {
					settle((failure instanceof CompletionException && failure.getCause() != null) ? failure.getCause()
							: failure);
				}
			}, this.loop.eventLoop());
		}

		private void settle(Throwable failure) {
			List<InetAddress> last = this.host.last();
			if (last.isEmpty()) {
				end(null, failure);
			}
			else {
				end(last, null);
			}
		}

		private void end(@Nullable List<InetAddress> found, @Nullable Throwable failure) {
			if (!this.ended) {
				this.ended = true;
				this.done.accept(found, failure);
			}
		}

	}

	/**
	 * Hands on what a race came to.
	 *
	 * @param done takes it
	 * @param named whether failures are told with their addresses
	 */
	private record Finish(BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done,
			boolean named) implements ConnectRace.Finish<BackendConnection> {

		@Override
		public void onConnected(InetAddress address, BackendConnection made) {
			this.done.accept(made, null);
		}

		@Override
		public void onFailed(UnreachableHostException failure) {
			// An endpoint without a name tells the address already.
			this.done.accept(null, this.named ? failure : failure.getCause());
		}

		@Override
		public void onSurplus(BackendConnection made) {
			made.leave();
		}

	}

}
