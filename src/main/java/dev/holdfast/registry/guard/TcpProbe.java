package dev.holdfast.registry.guard;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

import dev.holdfast.registry.Probe;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;

/**
 * Probes by opening a TCP connection to one of the endpoint's addresses, on platform
 * threads that live as long as there is something to probe: the resolution of a name
 * would hold on to the carrier of a virtual one, and with it hold up the registry's own
 * thread.
 */
public final class TcpProbe implements Probe {

	private static final Executor THREADS = Executors
		.newCachedThreadPool(Thread.ofPlatform().daemon().name("probe-", 0).factory());

	private final Duration timeout;

	private final HostLookup lookup;

	/**
	 * Creates the probe.
	 * @param timeout how long a connection may take
	 */
	public TcpProbe(Duration timeout) {
		this(timeout, HostLookup.system());
	}

	TcpProbe(Duration timeout, HostLookup lookup) {
		this.timeout = timeout;
		this.lookup = lookup;
	}

	@Override
	public void probe(Endpoint endpoint, Consumer<String> result) {
		THREADS.execute(() -> result.accept(connect(endpoint)));
	}

	private String connect(Endpoint endpoint) {
		String reason = "the name has no address";
		try {
			List<InetAddress> addresses = this.lookup.lookUp(endpoint.host());
			long end = System.nanoTime() + this.timeout.toNanos();
			for (int i = 0; i < addresses.size(); i++) {
				// Each gets its share of the time, what others did not need included.
				long share = Math.max(1, (end - System.nanoTime()) / (addresses.size() - i) / 1_000_000);
				reason = connect(new InetSocketAddress(addresses.get(i), endpoint.port()), Math.toIntExact(share));
				if (reason.isEmpty()) {
					return "";
				}
			}
		}
		// What lookups throw for a name that cannot be resolved.
		catch (IOException | RuntimeException ex) {
			reason = reason(ex);
		}
		return "no connection to %s: %s".formatted(endpoint.authority(), reason);
	}

	private static String connect(InetSocketAddress address, int millis) {
		try (Socket socket = new Socket()) {
			socket.connect(address, millis);
			return "";
		}
		catch (IOException ex) {
			return reason(ex);
		}
	}

	private static String reason(Exception failure) {
		String reason = failure.getMessage();
		return (reason != null) ? reason : failure.getClass().getSimpleName();
	}

}
