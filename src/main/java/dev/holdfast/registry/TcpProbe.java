package dev.holdfast.registry;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import dev.holdfast.service.Endpoint;

/**
 * Probes by opening a TCP connection, on platform threads that live as long as there is
 * something to probe: the resolution of a name would hold on to the carrier of a virtual
 * one, and with it hold up the registry's own thread.
 */
public final class TcpProbe implements Probe {

	private static final Executor THREADS = Executors
		.newCachedThreadPool(Thread.ofPlatform().daemon().name("probe-", 0).factory());

	private final Duration timeout;

	/**
	 * Creates the probe.
	 * @param timeout how long a connection may take
	 */
	public TcpProbe(Duration timeout) {
		this.timeout = timeout;
	}

	@Override
	public void probe(Endpoint endpoint, Consumer<String> result) {
		THREADS.execute(() -> result.accept(connect(endpoint)));
	}

	private String connect(Endpoint endpoint) {
		try (Socket socket = new Socket()) {
			socket.connect(new InetSocketAddress(endpoint.host(), endpoint.port()),
					Math.toIntExact(this.timeout.toMillis()));
			return "";
		}
		// What sockets throw for a name that cannot be resolved and a port out of range.
		catch (IOException | RuntimeException ex) {
			String reason = ex.getMessage();
			return "no connection to %s: %s".formatted(endpoint.authority(),
					(reason != null) ? reason : ex.getClass().getSimpleName());
		}
	}

}
