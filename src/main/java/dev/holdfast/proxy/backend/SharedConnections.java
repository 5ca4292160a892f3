package dev.holdfast.proxy.backend;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Connections with many requests at a time. The oldest one is filled first, so that the
 * surplus of a burst grows old and is closed.
 */
final class SharedConnections {

	/** The oldest first. */
	private final List<Http2BackendConnection> shared = new ArrayList<>();

	void add(Http2BackendConnection connection) {
		this.shared.add(connection);
	}

	/**
	 * Find a connection with a place for another request. Stale ones that are met are let
	 * go.
	 * @param avoidStale whether one that the instance has ended must not be taken
	 * @return the connection, {@code null} for none
	 */
	@Nullable Http2BackendConnection findFree(boolean avoidStale) {
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

	void remove(Http2BackendConnection connection) {
		this.shared.remove(connection);
	}

	/**
	 * Close what has carried no request for too long, and let go of what is due.
	 * @param now the time, nanoseconds
	 */
	void sweep(long now) {
		List<Http2BackendConnection> leaving = List.of();
		Iterator<Http2BackendConnection> connections = this.shared.iterator();
		while (connections.hasNext()) {
			Http2BackendConnection connection = connections.next();
			if ((connection.isIdle() && now - connection.idleUntil() >= 0) || connection.isDue(now)) {
				connections.remove();
				leaving = leaving.isEmpty() ? new ArrayList<>() : leaving;
				leaving.add(connection);
			}
		}
		leaving.forEach(Http2BackendConnection::leave);
	}

	/**
	 * Close those that carry no request, and the others when their requests have ended.
	 */
	void close() {
		List<Http2BackendConnection> leaving = new ArrayList<>(this.shared);
		this.shared.clear();
		leaving.forEach(Http2BackendConnection::leave);
	}

}
