package dev.holdfast.proxy.backend;

import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
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

	private final IdleConnections idle = new IdleConnections();

	private final SharedConnections shared = new SharedConnections();

	/** Requests that only HTTP/2 will do for. */
	private final PendingAcquires http2 = new PendingAcquires(this, WireProtocol.HTTP2);

	/** Requests that take what the handshake comes to. */
	private final PendingAcquires negotiated = new PendingAcquires(this, WireProtocol.NEGOTIATED);

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
		PendingAcquire pending = new PendingAcquire(listener);
		switch (protocol) {
			case HTTP1 -> connectFor(pending, protocol);
			case HTTP2 -> this.http2.await(pending);
			case NEGOTIATED -> this.negotiated.await(pending);
		}
		return pending;
	}

	private static void nothing() {
		// There is nothing to call off any more.
	}

	private @Nullable BackendConnection take(WireProtocol protocol, boolean avoidStale) {
		BackendConnection there = (protocol == WireProtocol.HTTP2) ? null : this.idle.take(avoidStale);
		return (there != null || protocol == WireProtocol.HTTP1) ? there : this.shared.findFree(avoidStale);
	}

	/**
	 * Make a connection for one request alone.
	 */
	void connectFor(PendingAcquire pending, WireProtocol protocol) {
		connect(protocol, (made, failure) -> {
			if (made == null) {
				pending.fail(failure);
			}
			else {
				handOut(made, pending);
			}
		});
	}

	/**
	 * Make a connection.
	 * @param protocol what it is for
	 * @param done takes the connection, or why there is none
	 */
	void connect(WireProtocol protocol, BiConsumer<@Nullable BackendConnection, @Nullable Throwable> done) {
		this.connecting++;
		this.connector.connect(this.destination, protocol, this, (made, failure) -> {
			this.connecting--;
			if (made != null) {
				this.open.add(made);
			}
			done.accept(made, failure);
		});
	}

	private void handOut(BackendConnection made, PendingAcquire pending) {
		switch (made) {
			case Http1BackendConnection exclusive -> {
				if (pending.isOff()) {
					keep(exclusive);
				}
				else {
					pending.serve(exclusive.begin());
				}
			}
			case Http2BackendConnection common -> {
				this.negotiated.expectShared();
				share(common);
				if (!pending.isOff() && common.isFree()) {
					pending.serve(common.begin());
				}
				else {
					pending.fail(takesNoStreams());
				}
				servePending();
			}
		}
	}

	/**
	 * Let others have places on a connection.
	 */
	void share(Http2BackendConnection made) {
		made.rest(this.loop.nanoTime() + IDLE_TIME);
		if (this.closed) {
			made.leave();
		}
		else {
			this.shared.add(made);
		}
	}

	static IOException takesNoStreams() {
		return new IOException("connect: an instance that takes no streams");
	}

	/**
	 * Find a connection with a place for another request, {@code null} for none.
	 */
	@Nullable Http2BackendConnection findShared() {
		return this.shared.findFree(false);
	}

	/**
	 * Let those who wait take what places there are.
	 */
	void servePending() {
		this.http2.serve();
		this.negotiated.serve();
	}

	@Override
	public void onIdle(Http1BackendConnection connection, int announcedSeconds) {
		long idleNanos = (announcedSeconds < 0) ? IDLE_TIME
				: Math.min(IDLE_TIME, TimeUnit.SECONDS.toNanos(announcedSeconds - SAFETY_SECONDS));
		keep(connection, idleNanos);
	}

	/**
	 * Keep a connection that nobody waits for any more.
	 */
	void keep(Http1BackendConnection connection) {
		keep(connection, IDLE_TIME);
	}

	private void keep(Http1BackendConnection connection, long idleNanos) {
		long now = this.loop.nanoTime();
		if (this.closed || idleNanos <= 0 || connection.isDue(now)) {
			connection.leave();
		}
		else {
			this.idle.add(connection, now + idleNanos);
		}
	}

	@Override
	public void onPlace(Http2BackendConnection connection) {
		connection.rest(this.loop.nanoTime() + IDLE_TIME);
		servePending();
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
		this.idle.sweep(now);
		this.shared.sweep(now);
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
		this.idle.close();
		this.shared.close();
	}

}
