package dev.holdfast.proxy.backend;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Connections with one request at a time that carry none. The one used last is taken
 * first, so that the surplus of a burst grows old and is closed.
 */
final class IdleConnections {

	private static final int MOST = 1024;

	/** The one used last at the end. */
	private final Deque<Http1BackendConnection> idle = new ArrayDeque<>();

	/**
	 * Keep a connection, or let go of it if there are too many.
	 * @param connection the connection
	 * @param until until when it stays, nanoseconds
	 */
	void add(Http1BackendConnection connection, long until) {
		if (this.idle.size() >= MOST) {
			connection.leave();
			return;
		}
		connection.rest(until);
		this.idle.addLast(connection);
	}

	/**
	 * Take a connection.
	 * @param avoidStale whether one that the instance has ended must not be taken
	 * @return the connection, {@code null} for none
	 */
	@Nullable Http1BackendConnection take(boolean avoidStale) {
		Http1BackendConnection last = this.idle.pollLast();
		while (last != null && (avoidStale ? last.isStale() : !last.isOpen())) {
			last.leave();
			last = this.idle.pollLast();
		}
		return last;
	}

	void remove(Http1BackendConnection connection) {
		this.idle.remove(connection);
	}

	/**
	 * Close what has been idle for too long or is due. All are looked at: instances
	 * announce how long they keep a connection, so one may be over before those that have
	 * been idle for longer.
	 * @param now the time, nanoseconds
	 */
	void sweep(long now) {
		List<Http1BackendConnection> leaving = List.of();
		Iterator<Http1BackendConnection> connections = this.idle.iterator();
		while (connections.hasNext()) {
			Http1BackendConnection connection = connections.next();
			if (now - connection.idleUntil() >= 0 || connection.isDue(now)) {
				connections.remove();
				leaving = leaving.isEmpty() ? new ArrayList<>() : leaving;
				leaving.add(connection);
			}
		}
		leaving.forEach(Http1BackendConnection::leave);
	}

	/**
	 * Close all of them.
	 */
	void close() {
		List<Http1BackendConnection> leaving = new ArrayList<>(this.idle);
		this.idle.clear();
		leaving.forEach(Http1BackendConnection::leave);
	}

}
