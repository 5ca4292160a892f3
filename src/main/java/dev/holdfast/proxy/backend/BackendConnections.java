package dev.holdfast.proxy.backend;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;

/**
 * One event loop's connections to instances that can take another request. The last one
 * used is taken first, so that the surplus of a burst grows old and is closed.
 */
public final class BackendConnections implements ConnectionSource {

	private static final int MAX_RESPONSE_HEADER_SIZE = 64 * 1024;

	/** By endpoint: the destination of the usual request need not outlive the lookup. */
	private final Map<Endpoint, ConnectionPool> plain = new HashMap<>();

	private final Map<Destination.Secured, ConnectionPool> secured = new HashMap<>();

	private final TrafficLoop loop;

	private final BackendConnector connector;

	private final BackendBundles bundles;

	private boolean closed;

	/**
	 * Prepare to connect.
	 * @param loop the event loop
	 * @param hosts finds the addresses of names
	 * @param bundles what secures the connections
	 * @param times how long making a connection may take, and how old it becomes
	 */
	public BackendConnections(TrafficLoop loop, HostResolver hosts, BackendBundles bundles, TrafficTimes times) {
		this.loop = loop;
		this.bundles = bundles;
		this.connector = new BackendConnector(loop, hosts, times.connect().toNanos(),
				new ConnectionAge(times.connectionAge(), loop::nanoTime), MAX_RESPONSE_HEADER_SIZE);
	}

	@Override
	public Runnable acquire(Endpoint endpoint, WireProtocol protocol, BackendSecurity security, boolean avoidStale,
			ConnectListener listener) {
		return pool(endpoint, security).acquire(protocol, avoidStale, listener);
	}

	private ConnectionPool pool(Endpoint endpoint, BackendSecurity security) {
		if (endpoint.scheme().isSecure()) {
			Destination.Secured destination = new Destination.Secured(endpoint, this.bundles.of(security));
			ConnectionPool known = this.secured.get(destination);
			return (known != null) ? known : this.secured.computeIfAbsent(destination, this::make);
		}
		ConnectionPool known = this.plain.get(endpoint);
		return (known != null) ? known
				: this.plain.computeIfAbsent(endpoint, (absent) -> make(new Destination.Plain(absent)));
	}

	private ConnectionPool make(Destination destination) {
		ConnectionPool made = new ConnectionPool(this.loop, this.connector, destination);
		if (this.closed) {
			made.close();
		}
		return made;
	}

	/**
	 * Close what has been idle for too long, and let go of what is too old or leads where
	 * the instance is not any more.
	 * @param now the time, nanoseconds
	 */
	public void sweep(long now) {
		sweep(this.plain.values(), now);
		sweep(this.secured.values(), now);
	}

	private static void sweep(Collection<ConnectionPool> pools, long now) {
		for (ConnectionPool pool : pools) {
			pool.sweep(now);
		}
		pools.removeIf(ConnectionPool::isEmpty);
	}

	/**
	 * Close all that are idle, and the others when their requests have ended.
	 */
	public void close() {
		this.closed = true;
		this.plain.values().forEach(ConnectionPool::close);
		this.secured.values().forEach(ConnectionPool::close);
	}

}
