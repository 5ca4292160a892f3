package dev.holdfast.proxy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;

/**
 * How the clients of one event loop leave when the gateway stops. HTTP/2 clients know
 * that they are to go, and do when they have all answers. An HTTP/1.1 client learns of it
 * with an answer alone, so that one which has just had its last may be about to ask
 * again: its connection stays open until it does or has been quiet for some time. Each
 * step may be asked for on any thread, and is taken on the event loop.
 */
final class Departure {

	private static final int CHECK_MILLIS = 10;

	/** How often streams that may have begun since are ended. */
	private static final int STREAMS_MILLIS = 1000;

	/** How long the ends of a tunnel may take to close when they are told to. */
	private static final int TUNNEL_LINGER_MILLIS = 1000;

	/** Stands for the last stream that the client began. */
	private static final int LAST_SEEN = -1;

	/** HTTP/2's code for an end that is nobody's fault. */
	private static final long NO_ERROR = 0x0;

	private final Context eventLoop;

	private final ClientConnections clients;

	private final Set<Exchange> streams;

	private final Tunnels tunnels;

	private volatile RemainingClients remaining = RemainingClients.NONE;

	/**
	 * Prepares it.
	 * @param streams the answers that may go on until somebody ends them
	 * @param tunnels what may go on as long
	 */
	Departure(Context eventLoop, ClientConnections clients, Set<Exchange> streams, Tunnels tunnels) {
		this.eventLoop = eventLoop;
		this.clients = clients;
		this.streams = streams;
		this.tunnels = tunnels;
	}

	/**
	 * Asks HTTP/2 clients to go. What they have sent before they hear of it is still
	 * served, so that no stream is excluded yet (RFC 9113, section 6.8). HTTP/1.1 clients
	 * learn of it with their next answer.
	 */
	Future<Void> announce() {
		return onEventLoop(() -> {
			this.clients.http2().forEach(Departure::announce);
			count();
		});
	}

	/**
	 * Asks a client that came late.
	 */
	static void announce(HttpConnection connection) {
		goAway(connection, Integer.MAX_VALUE);
	}

	/**
	 * Ends what would not end by itself: tunnels and event streams. HTTP/2 clients learn
	 * which of their streams was the last.
	 */
	Future<Void> endStreams() {
		return onEventLoop(() -> {
			this.clients.http2().forEach((connection) -> goAway(connection, LAST_SEEN));
			stopStreams();
			this.eventLoop.owner().setPeriodic(STREAMS_MILLIS, (timer) -> stopStreams());
			this.tunnels.end();
			this.eventLoop.owner().setTimer(TUNNEL_LINGER_MILLIS, (timer) -> this.tunnels.reset());
		});
	}

	private void stopStreams() {
		List.copyOf(this.streams).forEach(Exchange::endStream);
	}

	/** Deprecated because with HTTP/3 it works in another way. */
	@SuppressWarnings("deprecation")
	private static void goAway(HttpConnection connection, int lastStream) {
		connection.goAway(NO_ERROR, lastStream);
	}

	private Future<Void> onEventLoop(Runnable task) {
		Promise<Void> done = Promise.promise();
		this.eventLoop.runOnContext((run) -> {
			task.run();
			done.complete();
		});
		return done.future();
	}

	/**
	 * Waits until every client has gone, or for some time.
	 */
	Future<Void> await(Duration longest) {
		return await(System.nanoTime() + longest.toNanos(), (now) -> {
			// They go by themselves.
		});
	}

	/**
	 * Sends clients off that are not about to ask, each when it has taken its answers,
	 * and waits until every client has gone, or for some time.
	 * @param quiet for how long a client must have asked nothing
	 */
	Future<Void> sendOff(Duration longest, Duration quiet) {
		long until = System.nanoTime() + longest.toNanos();
		Set<HttpConnection> sentOff = Collections.newSetFromMap(new IdentityHashMap<>());
		return await(until, (now) -> {
			Duration rest = Duration.ofNanos(Math.max(0, until - now));
			this.clients.forEach((connection, client) -> {
				if ((connection.protocolVersion() == HttpVersion.HTTP_2
						|| client.watch().isQuiet(now - quiet.toNanos())) && sentOff.add(connection)) {
					connection.shutdown(rest);
				}
			});
		});
	}

	private Future<Void> await(long until, LongConsumer step) {
		Promise<Void> gone = Promise.promise();
		this.eventLoop.runOnContext((run) -> this.eventLoop.owner().setPeriodic(CHECK_MILLIS, (timer) -> {
			long now = System.nanoTime();
			step.accept(now);
			count();
			if (this.clients.isEmpty() || now - until >= 0) {
				this.eventLoop.owner().cancelTimer(timer);
				gone.complete();
			}
		}));
		return gone.future();
	}

	private void count() {
		List<ClientConnection> open = new ArrayList<>();
		this.clients.forEach((connection, client) -> open.add(client));
		this.remaining = new RemainingClients(open.size(),
				open.stream().mapToInt((client) -> client.watch().running()).sum(), this.streams.size(),
				this.tunnels.size());
	}

	/**
	 * Who had not left yet when this was last looked at. Safe on any thread.
	 */
	RemainingClients remaining() {
		return this.remaining;
	}

}
