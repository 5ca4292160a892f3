package dev.holdfast.proxy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.holdfast.service.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnectOptions;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to instances that wait for their next request. The last
 * one used is taken first, so that the surplus of a burst grows old and is closed.
 *
 * <p>
 * Vert.x's own pool is for all event loops, with locks and a dozen allocated futures a
 * request, and does not tell a connection that failed from one that broke.
 */
final class BackendConnections {

	/** Shorter than the keep-alive time of servers that do not announce it. */
	private static final Duration IDLE_TIME = Duration.ofSeconds(15);

	/** An announced time is cut short by this, lest both ends act at the same moment. */
	private static final int SAFETY_SECONDS = 1;

	private static final int MOST_IDLE_PER_ENDPOINT = 1024;

	private final Map<Endpoint, Deque<BackendConnection>> idle = new HashMap<>();

	private final HttpClientAgent client;

	BackendConnections(HttpClientAgent client) {
		this.client = client;
	}

	/**
	 * Takes an idle connection.
	 * @return the connection, {@code null} when there is none
	 */
	@Nullable BackendConnection take(Endpoint endpoint) {
		Deque<BackendConnection> connections = this.idle.get(endpoint);
		return (connections != null) ? connections.pollLast() : null;
	}

	/**
	 * Makes a connection.
	 */
	Future<BackendConnection> connect(Endpoint endpoint) {
		HttpConnectOptions options = new HttpConnectOptions().setHost(endpoint.host())
			.setPort(endpoint.port())
			.setSsl(endpoint.scheme().isSecure());
		return this.client.connect(options).map((connection) -> {
			BackendConnection made = new BackendConnection(endpoint, connection);
			connection.closeHandler((closed) -> onClosed(made));
			connection.exceptionHandler((failure) -> {
				// The request on it hears of it as well, and an idle one is just closed.
			});
			return made;
		});
	}

	/**
	 * Keeps a connection for the next request.
	 * @param announcedSeconds for how long the instance said that it keeps it, -1 when it
	 * did not say
	 * @param now the time, nanoseconds
	 */
	void release(BackendConnection connection, int announcedSeconds, long now) {
		if (connection.isClosed()) {
			return;
		}
		Deque<BackendConnection> connections = this.idle.computeIfAbsent(connection.endpoint(),
				(endpoint) -> new ArrayDeque<>());
		long idleNanos = (announcedSeconds < 0) ? IDLE_TIME.toNanos()
				: Math.min(IDLE_TIME.toNanos(), TimeUnit.SECONDS.toNanos(announcedSeconds - SAFETY_SECONDS));
		if (idleNanos <= 0 || connections.size() >= MOST_IDLE_PER_ENDPOINT) {
			connection.close();
			return;
		}
		connection.idleUntil(now + idleNanos);
		connections.addLast(connection);
	}

	private void onClosed(BackendConnection connection) {
		connection.onClosed();
		Deque<BackendConnection> connections = this.idle.get(connection.endpoint());
		if (connections != null) {
			connections.remove(connection);
		}
	}

	/**
	 * Closes what has been idle for too long.
	 */
	void sweep(long now) {
		Iterator<Deque<BackendConnection>> endpoints = this.idle.values().iterator();
		while (endpoints.hasNext()) {
			Deque<BackendConnection> connections = endpoints.next();
			BackendConnection oldest = connections.peekFirst();
			while (oldest != null && now - oldest.idleUntil() >= 0) {
				connections.pollFirst();
				oldest.close();
				oldest = connections.peekFirst();
			}
			if (connections.isEmpty()) {
				endpoints.remove();
			}
		}
	}

}
