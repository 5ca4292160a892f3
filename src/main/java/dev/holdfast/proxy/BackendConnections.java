package dev.holdfast.proxy;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * One event loop's connections to instances that can take another request. The last one
 * used is taken first, so that the surplus of a burst grows old and is closed.
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

	/** By endpoint: the destination of the usual request need not outlive the lookup. */
	private final Map<Endpoint, EndpointConnections> plain = new HashMap<>();

	private final Map<Destination.Secured, EndpointConnections> secured = new HashMap<>();

	private final BackendConnector connector;

	private final BackendBundles bundles;

	private final ConnectionAge age;

	private final Line line;

	private final int maxHeaderSize;

	/**
	 * Prepares to connect.
	 * @param connector makes the connections
	 * @param bundles what secures the connections
	 * @param age how old they become
	 * @param line shared by the decoders of the event loop
	 * @param maxHeaderSize the largest head of an answer, bytes
	 */
	BackendConnections(BackendConnector connector, BackendBundles bundles, ConnectionAge age, Line line,
			int maxHeaderSize) {
		this.connector = connector;
		this.bundles = bundles;
		this.age = age;
		this.line = line;
		this.maxHeaderSize = maxHeaderSize;
	}

	/**
	 * Takes a connection that is there already.
	 * @return the connection, {@code null} when there is none
	 */
	@Nullable BackendConnection take(Endpoint endpoint, WireProtocol protocol, BackendSecurity security) {
		EndpointConnections connections = find(destination(endpoint, security));
		if (connections == null) {
			return null;
		}
		return switch (protocol) {
			case HTTP1 -> connections.takeIdle();
			case HTTP2 -> connections.takeShared();
			case NEGOTIATED -> {
				BackendConnection idle = connections.takeIdle();
				yield (idle != null) ? idle : connections.takeShared();
			}
		};
	}

	/**
	 * Makes a connection, or waits for the one that is being made.
	 */
	Future<BackendConnection> connect(Endpoint endpoint, WireProtocol protocol, BackendSecurity security) {
		Destination destination = destination(endpoint, security);
		return (protocol == WireProtocol.HTTP1) ? open(destination, protocol)
				: of(destination).await(protocol, () -> open(destination, protocol));
	}

	private Destination destination(Endpoint endpoint, BackendSecurity security) {
		return endpoint.scheme().isSecure() ? new Destination.Secured(endpoint, this.bundles.of(security))
				: new Destination.Plain(endpoint);
	}

	private @Nullable EndpointConnections find(Destination destination) {
		return switch (destination) {
			case Destination.Plain(Endpoint endpoint) -> this.plain.get(endpoint);
			case Destination.Secured key -> this.secured.get(key);
		};
	}

	private EndpointConnections of(Destination destination) {
		return switch (destination) {
			case Destination.Plain(Endpoint endpoint) -> this.plain.computeIfAbsent(endpoint, this::make);
			case Destination.Secured key -> this.secured.computeIfAbsent(key, (absent) -> make(absent.endpoint()));
		};
	}

	private EndpointConnections make(Endpoint endpoint) {
		return new EndpointConnections(this.connector.host(endpoint));
	}

	private Future<BackendConnection> open(Destination destination, WireProtocol protocol) {
		return this.connector.connect(destination, protocol).map((connected) -> {
			HttpClientConnection connection = connected.connection();
			AnswerDecoder decoder = new AnswerDecoder(this.line, this.maxHeaderSize);
			BackendConnection made = new BackendConnection(destination, connection, decoder, this.age.end(),
					connected.outdated());
			connection.closeHandler((closed) -> onClosed(made));
			connection.exceptionHandler((failure) -> {
				// The request on it hears of it as well, and an idle one is just closed.
			});
			if (!made.isShared()) {
				Codecs.readStrictly(connection, decoder);
			}
			else {
				connection.setWindowSize(Http2Windows.TO_BACKENDS);
				made.onGoAway(() -> onGoAway(made));
			}
			return made;
		});
	}

	/**
	 * Takes a connection back when its request has ended. Does nothing to one that is
	 * closed.
	 * @param announcedSeconds for how long the instance said that it keeps it, -1 when it
	 * did not say
	 * @param now the time, nanoseconds
	 */
	void release(BackendConnection connection, int announcedSeconds, long now) {
		connection.release();
		if (connection.isClosed()) {
			return;
		}
		if (connection.isShared()) {
			of(connection.destination()).release(connection, now + IDLE_TIME.toNanos());
			return;
		}
		long idleNanos = (announcedSeconds < 0) ? IDLE_TIME.toNanos()
				: Math.min(IDLE_TIME.toNanos(), TimeUnit.SECONDS.toNanos(announcedSeconds - SAFETY_SECONDS));
		if (idleNanos <= 0 || !connection.isClean() || connection.isDue(now)) {
			connection.close();
			return;
		}
		of(connection.destination()).add(connection, now + idleNanos);
	}

	/**
	 * Takes a connection back whose answer has been read to its end, or closes it as the
	 * instance is about to.
	 * @param headers the answer's fields
	 * @param version the answer's version
	 * @param now the time, nanoseconds
	 */
	void release(BackendConnection connection, AnswerHeaders headers, HttpVersion version, long now) {
		if (connection.isShared() || headers.keepsConnection(version)) {
			release(connection, headers.keepAliveSeconds(), now);
		}
		else {
			connection.close();
		}
	}

	/**
	 * Throws a connection away that was taken and turned out to be of no use.
	 */
	void discard(BackendConnection connection) {
		connection.release();
		connection.onClosed();
		forget(connection);
	}

	private void onGoAway(BackendConnection connection) {
		forget(connection);
		connection.leave();
	}

	private void onClosed(BackendConnection connection) {
		connection.onClosed();
		forget(connection);
	}

	private void forget(BackendConnection connection) {
		EndpointConnections connections = find(connection.destination());
		if (connections != null) {
			connections.remove(connection);
		}
	}

	/**
	 * Closes what has been idle for too long, and lets go of what is too old or leads
	 * where the instance is not any more.
	 */
	void sweep(long now) {
		sweep(this.plain.values(), now);
		sweep(this.secured.values(), now);
	}

	private static void sweep(Collection<EndpointConnections> all, long now) {
		for (EndpointConnections connections : all) {
			connections.sweep(now);
		}
		all.removeIf(EndpointConnections::isEmpty);
	}

}
