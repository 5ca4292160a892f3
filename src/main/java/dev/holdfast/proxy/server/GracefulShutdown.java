package dev.holdfast.proxy.server;

import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import dev.holdfast.proxy.client.ClientConnection;
import dev.holdfast.proxy.transport.TrafficLoop;

/**
 * How the clients of one event loop leave when the gateway stops. HTTP/2 clients know
 * that they are to go, and do when they have all responses. An HTTP/1.1 client learns of
 * it with a response alone, so that one which has just had its last may be about to ask
 * again: its connection stays open until it does or has been quiet for some time. Each
 * step may be asked for on any thread, and is taken on the event loop.
 */
final class GracefulShutdown {

	private static final long CHECK_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	/** How often streams that may have begun since are ended. */
	private static final long STREAMS_NANOS = TimeUnit.SECONDS.toNanos(1);

	/** How long the ends of a tunnel may take to close when they are told to. */
	private static final long TUNNEL_LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

	private final TrafficLoop loop;

	private final Traffic traffic;

	private volatile RemainingClients remaining = RemainingClients.NONE;

	/**
	 * Prepare it.
	 * @param loop the event loop
	 * @param traffic what is on it
	 */
	GracefulShutdown(TrafficLoop loop, Traffic traffic) {
		this.loop = loop;
		this.traffic = traffic;
	}

	/**
	 * Ask HTTP/2 clients to go. What they have sent before they hear of it is still
	 * served, so that no stream is excluded yet (RFC 9113, section 6.8). HTTP/1.1 clients
	 * learn of it with their next response.
	 */
	CompletableFuture<Void> announce() {
		return onEventLoop(() -> {
			this.traffic.forEachClient(ClientConnection::announceGoAway);
			count();
		});
	}

	/**
	 * End what would not end by itself: tunnels and event streams. HTTP/2 clients learn
	 * which of their streams was the last.
	 */
	CompletableFuture<Void> endStreams() {
		return onEventLoop(() -> {
			this.traffic.forEachClient(ClientConnection::goAway);
			stopStreams();
			this.traffic.endTunnels();
			this.loop.after(TUNNEL_LINGER_NANOS, this.traffic::resetTunnels);
		});
	}

	private void stopStreams() {
		this.loop.after(STREAMS_NANOS, this::stopStreams);
		this.traffic.endStreams();
	}

	/**
	 * Wait for some time.
	 */
	CompletableFuture<Void> pause(Duration time) {
		CompletableFuture<Void> over = new CompletableFuture<>();
		this.loop.eventLoop().execute(() -> this.loop.after(time.toNanos(), () -> over.complete(null)));
		return over;
	}

	/**
	 * Wait until every client has gone, or for some time.
	 */
	CompletableFuture<Void> await(Duration longest) {
		return await(this.loop.nanoTime() + longest.toNanos(), (now) -> {
			// They go by themselves.
		});
	}

	/**
	 * Send clients off that are not about to ask, each when it has taken its responses,
	 * and wait until every client has gone, or for some time.
	 * @param quiet for how long a client must have asked nothing
	 */
	CompletableFuture<Void> sendOff(Duration longest, Duration quiet) {
		Set<ClientConnection> sentOff = Collections.newSetFromMap(new IdentityHashMap<>());
		return await(this.loop.nanoTime() + longest.toNanos(), (now) -> this.traffic.forEachClient((client) -> {
			if ((client.isMultiplexed() || client.isQuiet(now - quiet.toNanos())) && sentOff.add(client)) {
				client.closeWhenDone();
			}
		}));
	}

	private CompletableFuture<Void> await(long until, LongConsumer step) {
		CompletableFuture<Void> gone = new CompletableFuture<>();
		this.loop.eventLoop().execute(() -> check(until, step, gone));
		return gone;
	}

	private void check(long until, LongConsumer step, CompletableFuture<Void> gone) {
		long now = this.loop.nanoTime();
		try {
			step.accept(now);
			count();
		}
		catch (RuntimeException ex) {
			gone.completeExceptionally(ex);
			return;
		}
		if (this.remaining.isNobody() || now - until >= 0) {
			gone.complete(null);
		}
		else {
			this.loop.after(CHECK_NANOS, () -> check(until, step, gone));
		}
	}

	/**
	 * Cut off those that have not gone, before the connections to instances are closed: a
	 * request without a response must not get one that blames its instance.
	 */
	CompletableFuture<Void> cutOff() {
		return onEventLoop(() -> this.traffic.forEachClient(ClientConnection::close));
	}

	private CompletableFuture<Void> onEventLoop(Runnable task) {
		return CompletableFuture.runAsync(task, this.loop.eventLoop());
	}

	private void count() {
		int[] sums = new int[2];
		this.traffic.forEachClient((client) -> {
			sums[0]++;
			sums[1] += client.running();
		});
		this.remaining = new RemainingClients(sums[0], sums[1], this.traffic.streamCount(), this.traffic.tunnelCount());
	}

	/**
	 * Return who had not left yet when this was last looked at. Safe on any thread.
	 */
	RemainingClients remaining() {
		return this.remaining;
	}

	/**
	 * What is to come to an end on one event loop.
	 */
	interface Traffic {

		/**
		 * Show each client's connection to somebody who may close it.
		 */
		void forEachClient(Consumer<ClientConnection> action);

		/**
		 * End the responses that may go on until somebody ends them.
		 */
		void endStreams();

		/**
		 * Return how many of them there are.
		 */
		int streamCount();

		/**
		 * End all tunnels in order.
		 */
		void endTunnels();

		/**
		 * End all tunnels at once.
		 */
		void resetTunnels();

		/**
		 * Return how many there are.
		 */
		int tunnelCount();

	}

}
