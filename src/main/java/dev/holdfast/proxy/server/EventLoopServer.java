package dev.holdfast.proxy.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import dev.holdfast.proxy.backend.BackendConnections;
import dev.holdfast.proxy.backend.HostResolver;
import dev.holdfast.proxy.client.ClientConnection;
import dev.holdfast.proxy.client.ClientConnections;
import dev.holdfast.proxy.exchange.Exchanges;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.Tunnels;
import io.netty.channel.Channel;

/**
 * The part of the traffic port that runs on one event loop: what its requests share, and
 * the beat by which time passes for it. Made and used on the event loop alone.
 *
 * @param loop the event loop
 * @param clients the connections of clients
 * @param exchanges their requests
 * @param tunnels the connections that have left HTTP
 * @param backends the connections to instances
 * @param hosts the addresses of instances' names, which all event loops share
 */
record EventLoopServer(TrafficLoop loop, ClientConnections clients, Exchanges exchanges, Tunnels tunnels,
		BackendConnections backends, HostResolver hosts) implements GracefulShutdown.Traffic {

	private static final long SWEEP_MILLIS = 100;

	/**
	 * Begin to look at what is due.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // ends with the event loop
	void start() {
		// As a task of its own, so that a sweep that fails is logged and not the last
		// one.
		this.loop.eventLoop()
			.scheduleAtFixedRate(() -> this.loop.defer(this::sweep), SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
	}

	private void sweep() {
		long now = this.loop.nanoTime();
		this.loop.deadlines().sweep(now);
		this.loop.runTimers();
		this.exchanges.sweep();
		this.backends.sweep(now);
		this.hosts.forgetUnused();
	}

	/**
	 * Look at what is due when all that has come by now has been read.
	 */
	CompletableFuture<Void> sweepNext() {
		CompletableFuture<Void> swept = new CompletableFuture<>();
		this.loop.eventLoop().execute(() -> this.loop.nextTurn(() -> {
			sweep();
			swept.complete(null);
		}));
		return swept;
	}

	/**
	 * Take a client's connection that has just been accepted, and secured if it is to be.
	 */
	void accept(Channel channel) {
		this.clients.accept(channel);
	}

	@Override
	public void forEachClient(Consumer<ClientConnection> action) {
		this.clients.forEach(action);
	}

	@Override
	public void endStreams() {
		this.exchanges.endStreams();
	}

	@Override
	public int streamCount() {
		return this.exchanges.streams();
	}

	@Override
	public void endTunnels() {
		this.tunnels.end();
	}

	@Override
	public void resetTunnels() {
		this.tunnels.reset();
	}

	@Override
	public int tunnelCount() {
		return this.tunnels.size();
	}

}
