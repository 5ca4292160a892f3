package dev.holdfast.proxy.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.client.FakeExchanges.Exchange;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.TrustedProxies;
import dev.holdfast.proxy.transport.EventLoops;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.testing.Patience;
import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;

import static org.awaitility.Awaitility.await;

/**
 * A port that clients can connect to, on one event loop.
 */
final class ClientPort implements AutoCloseable {

	final FakeExchanges exchanges = new FakeExchanges();

	final List<String> rejections = new CopyOnWriteArrayList<>();

	final AtomicBoolean shuttingDown = new AtomicBoolean();

	private final EventLoops loops;

	private final TrafficLoop loop;

	private final ClientConnections connections;

	private final Channel listening;

	ClientPort(Transport transport, @Nullable SslContext tls) throws IOException {
		this.loops = new EventLoops(1, transport);
		this.loop = this.loops.all().getFirst();
		TrafficSettings settings = new TrafficSettings("127.0.0.1", 0, 1, List.of(), "", "", TrafficLimits.DEFAULTS,
				TrafficTimes.DEFAULTS);
		this.connections = new ClientConnections(this.loop, settings, new ClientCount(TrafficLimits.DEFAULTS),
				new TrustedProxies(List.of()), new RequestIds(), new ExchangeListener() {
					@Override
					public void onRejected(String reason) {
						ClientPort.this.rejections.add(reason);
					}
				}, this.shuttingDown::get, this.exchanges);
		this.listening = this.loops.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null,
				(accepting, channel) -> {
					if (tls != null) {
						channel.pipeline().addLast(tls.newHandler(channel.alloc()));
					}
					this.connections.accept(channel);
				});
	}

	int port() {
		return ((InetSocketAddress) this.listening.localAddress()).getPort();
	}

	Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
		socket.setSoTimeout((int) Patience.TIME.toMillis());
		return socket;
	}

	/**
	 * Look at something on the event loop.
	 */
	<T> T ask(Supplier<T> question) {
		return this.loop.eventLoop().submit(question::get).syncUninterruptibly().getNow();
	}

	int open() {
		return ask(this.connections::size);
	}

	void forEach(Consumer<ClientConnection> action) {
		ask(() -> {
			this.connections.forEach(action);
			return true;
		});
	}

	/**
	 * Do something with the last request when there is one.
	 */
	void act(Consumer<Exchange> action) {
		await().until(() -> ask(() -> !this.exchanges.all.isEmpty()));
		ask(() -> {
			action.accept(this.exchanges.last());
			return true;
		});
	}

	@Override
	public void close() {
		this.loops.close();
	}

}
