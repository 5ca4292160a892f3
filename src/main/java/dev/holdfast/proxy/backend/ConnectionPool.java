package dev.holdfast.proxy.backend;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

import dev.holdfast.proxy.transport.TrafficLoop;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to one endpoint, and the requests that wait for one to be
 * made.
 */
final class ConnectionPool implements BackendConnection.Listener {

	private static final int MOST_IDLE = 1024;

	/** Shorter than the keep-alive time of servers that do not announce it. */
	private static final long IDLE_TIME = Duration.ofSeconds(15).toNanos();

	/** An announced time is cut short by this, lest both ends act at the same moment. */
	private static final int SAFETY_SECONDS = 1;

	private final TrafficLoop loop;

	private final BackendConnector connector;

	private final Destination destination;

	/** {@code null} when the endpoint is an address. */
	private final @Nullable HostAddresses host;

	/** All that have been made and not closed. */
	private final Set<BackendConnection> open = new HashSet<>();

	/** Connections with one request at a time, the one used last at the end. */
	private final Deque<Http1BackendConnection> idle = new ArrayDeque<>();

	/** Connections with many requests at a time, the oldest first. */
	private final List<Http2BackendConnection> shared = new ArrayList<>();

	/** Of requests that only HTTP/2 will do for. */
	private final Dial http2 = new Dial(WireProtocol.HTTP2);

	/** Of requests that take what the handshake comes to. */
	private final Dial negotiated = new Dial(WireProtocol.NEGOTIATED);

	private int connecting;

	private boolean closed;

	/**
	 * Prepare to keep connections.
	 * @param loop the event loop
	 * @param connector makes them
	 * @param destination where they go
	 */
	ConnectionPool(TrafficLoop loop, BackendConnector connector, Destination destination) {
		this.loop = loop;
		this.connector = connector;
		this.destination = destination;
		this.host = connector.host(destination.endpoint());
	}

	/**
	 * Ask for a place on a connection.
	 * @param protocol which HTTP it is for
	 * @param avoidStale whether a connection that the instance has ended must not be
	 * taken
	 * @param listener is told
	 * @return calls the asking off when run
	 */
	Runnable acquire(WireProtocol protocol, boolean avoidStale, ConnectListener listener) {
		BackendConnection there = take(protocol, avoidStale);
		if (there != null) {
			listener.onConnected(there.begin());
			return ConnectionPool::nothing;
		}
		Asking asking = new Asking(listener);
		switch (protocol) {
			case HTTP1 -> connectFor(asking, protocol);
			case HTTP2 -> this.http2.await(asking);
			case NEGOTIATED -> this.negotiated.await(asking);
		}
		return asking;
	}

	private static void nothing() {
		// There is nothing to call off any more.
	}

	private @Nullable BackendConnection take(WireProtocol protocol, boolean avoidStale) {
		BackendConnection there = (protocol == WireProtocol.HTTP2) ? null : takeIdle(avoidStale);
		return (there != null || protocol == WireProtocol.HTTP1) ? there : findShared(avoidStale);
	}

	private @Nullable Http1BackendConnection takeIdle(boolean avoidStale) {
		Http1BackendConnection last = this.idle.pollLast();
		while (last != null && (avoidStale ? last.isStale() : !last.isOpen())) {
			last.leave();
			last = this.idle.pollLast();
		}
		return last;
	}

	/**
	 * Find a place on a shared connection. The oldest one is filled first, so that the
	 * surplus of a burst grows old and is closed.
	 */
	private @Nullable Http2BackendConnection findShared(boolean avoidStale) {
		for (int i = 0; i < this.shared.size(); i++) {
			Http2BackendConnection connection = this.shared.get(i);
			if (connection.isFree()) {
				if (!avoidStale || !connection.isStale()) {
					return connection;
				}
				this.shared.remove(i);
				i--;
				connection.leave();
			}
		}
		return null;
	}

	/**
	 * Make a connection for one request alone.
	 */
	private void connectFor(Asking asking, WireProtocol protocol) {
		connect(protocol, (made, failure) -> {
			if (made == null) {
				asking.fail(failure);
			}
			else {
				handOut(made, asking);
			}
		});
	}

	private void connect(WireProtocol protocol, BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		this.connecting++;
		this.connector.connect(this.destination, protocol, this, (made, failure) -> {
			this.connecting--;
			if (made != null) {
				this.open.add(made);
			}
			done.accept(made, failure);
		});
	}

	private void handOut(BackendConnection made, Asking asking) {
		switch (made) {
			case Http1BackendConnection exclusive -> {
				if (asking.isOff()) {
					keep(exclusive, IDLE_TIME);
				}
				else {
					asking.serve(exclusive.begin());
				}
			}
			case Http2BackendConnection common -> {
				this.negotiated.exclusive = false;
				share(common);
				if (!asking.isOff() && common.isFree()) {
					asking.serve(common.begin());
				}
				else {
					asking.fail(takesNoStreams());
				}
				serveWaiting();
			}
		}
	}

	private void share(Http2BackendConnection made) {
		made.rest(this.loop.nanoTime() + IDLE_TIME);
		if (this.closed) {
			made.leave();
		}
		else {
			this.shared.add(made);
		}
	}

	private static IOException takesNoStreams() {
		return new IOException("connect: an instance that takes no streams");
	}

	private void serveWaiting() {
		this.http2.serveWaiting();
		this.negotiated.serveWaiting();
	}

	@Override
	public void onIdle(Http1BackendConnection connection, int announcedSeconds) {
		long idleNanos = (announcedSeconds < 0) ? IDLE_TIME
				: Math.min(IDLE_TIME, TimeUnit.SECONDS.toNanos(announcedSeconds - SAFETY_SECONDS));
		keep(connection, idleNanos);
	}

	private void keep(Http1BackendConnection connection, long idleNanos) {
		long now = this.loop.nanoTime();
		if (this.closed || idleNanos <= 0 || this.idle.size() >= MOST_IDLE || connection.isDue(now)) {
			connection.leave();
			return;
		}
		connection.rest(now + idleNanos);
		this.idle.addLast(connection);
	}

	@Override
	public void onPlace(Http2BackendConnection connection) {
		connection.rest(this.loop.nanoTime() + IDLE_TIME);
		serveWaiting();
	}

	@Override
	public void onLeft(BackendConnection connection) {
		switch (connection) {
			case Http1BackendConnection exclusive -> this.idle.remove(exclusive);
			case Http2BackendConnection common -> this.shared.remove(common);
		}
	}

	@Override
	public void onClosed(BackendConnection connection) {
		this.open.remove(connection);
		onLeft(connection);
	}

	/**
	 * Close what has been idle for too long, and let go of what is due.
	 * @param now the time, nanoseconds
	 */
	void sweep(long now) {
		if (this.host != null && !this.open.isEmpty()) {
			this.host.keepFresh();
		}
		List<BackendConnection> leaving = new ArrayList<>();
		// All of them: instances announce how long they keep a connection, so one may be
		// over before those that have been idle for longer.
		Iterator<Http1BackendConnection> exclusive = this.idle.iterator();
		while (exclusive.hasNext()) {
			Http1BackendConnection connection = exclusive.next();
			if (now - connection.idleUntil() >= 0 || connection.isDue(now)) {
				exclusive.remove();
				leaving.add(connection);
			}
		}
		Iterator<Http2BackendConnection> common = this.shared.iterator();
		while (common.hasNext()) {
			Http2BackendConnection connection = common.next();
			if ((connection.isIdle() && now - connection.idleUntil() >= 0) || connection.isDue(now)) {
				common.remove();
				leaving.add(connection);
			}
		}
		leaving.forEach(BackendConnection::leave);
	}

	/**
	 * Whether there is nothing to be kept.
	 */
	boolean isEmpty() {
		return this.open.isEmpty() && this.connecting == 0;
	}

	/**
	 * Keep nothing from now on.
	 */
	void close() {
		this.closed = true;
		List<BackendConnection> leaving = new ArrayList<>(this.idle);
		leaving.addAll(this.shared);
		this.idle.clear();
		this.shared.clear();
		leaving.forEach(BackendConnection::leave);
	}

	/**
	 * A request that waits for a connection. Calls itself off when run.
	 */
	private static final class Asking implements Runnable {

		private @Nullable ConnectListener listener;

		private Asking(ConnectListener listener) {
			this.listener = listener;
		}

		@Override
		public void run() {
			this.listener = null;
		}

		private boolean isOff() {
			return this.listener == null;
		}

		private void serve(BackendStream stream) {
			ConnectListener told = this.listener;
			this.listener = null;
			if (told != null) {
				told.onConnected(stream);
			}
			else {
				stream.cancel();
			}
		}

		private void fail(@Nullable Throwable failure) {
			ConnectListener told = this.listener;
			this.listener = null;
			if (told != null) {
				told.onConnectFailed(ConnectFailures.reason(failure), ConnectFailures.explain(failure));
			}
		}

	}

	/**
	 * A connection that is being made, and the requests that wait for it. Each may take a
	 * place on one that another has made.
	 */
	private final class Dial {

		private final WireProtocol protocol;

		private final Deque<Asking> waiting = new ArrayDeque<>();

		private boolean connecting;

		/** Whether the last handshake came to HTTP/1.1. */
		private boolean exclusive;

		private Dial(WireProtocol protocol) {
			this.protocol = protocol;
		}

		private void await(Asking asking) {
			if (this.exclusive) {
				connectFor(asking, this.protocol);
				return;
			}
			this.waiting.add(asking);
			if (!this.connecting) {
				connect();
			}
		}

		private void connect() {
			this.connecting = true;
			ConnectionPool.this.connect(this.protocol, (made, failure) -> {
				this.connecting = false;
				switch (made) {
					case null -> failAll(failure);
					case Http1BackendConnection exclusive -> serve(exclusive);
					case Http2BackendConnection common -> serve(common);
				}
			});
		}

		private void failAll(@Nullable Throwable failure) {
			// What one of them does may find others a place, and may ask again.
			for (Asking asking : List.copyOf(this.waiting)) {
				if (this.waiting.remove(asking)) {
					asking.fail(failure);
				}
			}
		}

		private void serve(Http1BackendConnection made) {
			this.exclusive = true;
			Asking first = next();
			if (first != null) {
				first.serve(made.begin());
			}
			else {
				keep(made, IDLE_TIME);
			}
			for (Asking asking = next(); asking != null; asking = next()) {
				connectFor(asking, this.protocol);
			}
		}

		private void serve(Http2BackendConnection made) {
			this.exclusive = false;
			share(made);
			if (!made.isFree()) {
				failAll(takesNoStreams());
			}
			ConnectionPool.this.serveWaiting();
			if (next(false) != null && !this.connecting) {
				connect();
			}
		}

		private void serveWaiting() {
			Http2BackendConnection free = (next(false) != null) ? findShared(false) : null;
			while (free != null) {
				Asking asking = next();
				if (asking == null) {
					return;
				}
				asking.serve(free.begin());
				free = (next(false) != null) ? findShared(false) : null;
			}
		}

		private @Nullable Asking next() {
			return next(true);
		}

		/**
		 * Find the first who still waits.
		 */
		private @Nullable Asking next(boolean taken) {
			Asking first = this.waiting.peek();
			while (first != null && first.isOff()) {
				this.waiting.remove();
				first = this.waiting.peek();
			}
			return taken ? this.waiting.poll() : first;
		}

	}

}
