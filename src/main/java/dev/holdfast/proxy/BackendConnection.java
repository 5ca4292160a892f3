package dev.holdfast.proxy;

import dev.holdfast.service.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;

/**
 * A connection to an instance. Carries one request at a time, and lies idle in
 * {@link BackendConnections} between them.
 */
final class BackendConnection {

	/** Only read: what differs between requests is set on each one. */
	private static final RequestOptions OPTIONS = new RequestOptions();

	private final Endpoint endpoint;

	private final HttpClientConnection connection;

	private boolean reused;

	private long idleUntil;

	private boolean closed;

	BackendConnection(Endpoint endpoint, HttpClientConnection connection) {
		this.endpoint = endpoint;
		this.connection = connection;
	}

	Future<HttpClientRequest> request() {
		return this.connection.request(OPTIONS);
	}

	/**
	 * Closes it in order. It must be idle.
	 */
	void close() {
		this.closed = true;
		this.connection.close();
	}

	/**
	 * Closes it at once, whatever is still to be sent: the instance is to stop working on
	 * a request that nobody waits for, and one that reads nothing must not hold it open.
	 */
	void reset() {
		this.closed = true;
		Connections.reset(this.connection);
	}

	void idleUntil(long time) {
		this.reused = true;
		this.idleUntil = time;
	}

	long idleUntil() {
		return this.idleUntil;
	}

	/**
	 * Whether it carried a request before, so that the instance may just be about to
	 * close it.
	 */
	boolean isReused() {
		return this.reused;
	}

	void onClosed() {
		this.closed = true;
	}

	boolean isClosed() {
		return this.closed;
	}

	Endpoint endpoint() {
		return this.endpoint;
	}

}
