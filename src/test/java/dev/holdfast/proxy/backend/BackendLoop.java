package dev.holdfast.proxy.backend;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.transport.EventLoops;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;
import dev.holdfast.testing.Patience;
import dev.holdfast.tls.TlsMaterial;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections to instances on an event loop whose time is moved by hand.
 */
final class BackendLoop implements AutoCloseable {

	static final Duration AGE = Duration.ofMinutes(100);

	private final BackendSecurity security;

	private final MockTicker time = Ticker.newMockTicker();

	private final EventLoops eventLoops = new EventLoops(1, Transport.best(), this.time);

	private final TrafficLoop loop = this.eventLoops.all().getFirst();

	private final BackendConnections connections;

	final BackendBundles bundles;

	BackendLoop(HostResolver hosts, Map<String, Supplier<TlsMaterial>> own, Duration connect) {
		TrafficTimes usual = TrafficTimes.DEFAULTS;
		this.security = own.isEmpty() ? BackendSecurity.DEFAULTS : new BackendSecurity("own", "");
		this.bundles = new BackendBundles(own, connect);
		this.connections = new BackendConnections(this.loop, hosts, this.bundles, new TrafficTimes(usual.idle(),
				usual.tunnelIdle(), usual.header(), usual.write(), usual.queue(), connect, AGE));
	}

	/**
	 * Asks for a connection, and waits for what comes of it.
	 */
	RecordedResponse acquire(Endpoint endpoint, WireProtocol protocol) {
		RecordedResponse asking = new RecordedResponse();
		ask(endpoint, protocol, false, asking);
		await().until(() -> !asking.events.isEmpty());
		return asking;
	}

	/**
	 * Asks for a connection.
	 * @return calls it off
	 */
	Runnable ask(Endpoint endpoint, WireProtocol protocol, boolean avoidStale, ConnectListener listener) {
		Runnable callOff = call(() -> askNow(endpoint, protocol, avoidStale, listener));
		return () -> run(callOff);
	}

	/**
	 * The same from the event loop.
	 */
	Runnable askNow(Endpoint endpoint, WireProtocol protocol, boolean avoidStale, ConnectListener listener) {
		return this.connections.acquire(endpoint, protocol, this.security, avoidStale, listener);
	}

	/**
	 * Sends a request without a body.
	 */
	void get(RecordedResponse response) {
		run(() -> getNow(response));
	}

	/**
	 * The same from the event loop.
	 */
	static void getNow(RecordedResponse response) {
		RequestHead head = new RequestHead();
		head.begin(response.stream().version(), "GET", "/orders");
		if (response.stream().version() == HttpVersion.HTTP_2) {
			head.pseudo("orders", null);
		}
		else {
			head.fields().add("Host", "orders");
		}
		response.stream().writeHead(head, response);
	}

	/**
	 * Asks for a connection, sends a request, and waits for its response.
	 * @return what came
	 */
	String exchange(Endpoint endpoint, WireProtocol protocol) {
		RecordedResponse response = acquire(endpoint, protocol);
		get(response);
		await().until(() -> response.events.getLast().startsWith("end"));
		assertThat(response.events).contains("head 200", "body ok");
		return response.events.getFirst();
	}

	void sweep() {
		run(() -> {
			this.loop.runTimers();
			this.connections.sweep(this.loop.nanoTime());
		});
	}

	void after(Duration time) {
		this.time.advance(time.toNanos(), TimeUnit.NANOSECONDS);
		sweep();
	}

	void shutDown() {
		run(this.connections::close);
	}

	void run(Runnable task) {
		call(() -> {
			task.run();
			return true;
		});
	}

	private <T> T call(Supplier<T> task) {
		try {
			return this.loop.eventLoop().submit(task::get).get(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
		}
		catch (InterruptedException | ExecutionException | TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

	@Override
	public void close() {
		this.eventLoops.close();
	}

}
