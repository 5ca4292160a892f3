package dev.holdfast.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TransportChoice;
import dev.holdfast.proxy.transport.EventLoops;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.transport.Transport;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traffic port while it is open. Used by one thread at a time, none of them an event
 * loop's.
 */
final class OpenPort {

	private static final Logger logger = LoggerFactory.getLogger(TrafficServer.class);

	/**
	 * Time in which clients are told to go before those that said nothing are sent off.
	 */
	private static final Duration NOTICE = Duration.ofSeconds(1);

	/**
	 * For how long a client that asks again and again may be silent in between.
	 */
	private static final Duration QUIET = Duration.ofSeconds(5);

	/**
	 * Time for handshakes that had begun when the port closed.
	 */
	private static final Duration LAST_HANDSHAKES = Duration.ofMillis(100);

	/**
	 * How often it is looked at who is still waited for.
	 */
	private static final Duration LOG_INTERVAL = Duration.ofMillis(500);

	private final EventLoops loops;

	private final List<EventLoopServer> servers;

	private final List<GracefulShutdown> shutdowns;

	private final ListenSocket socket;

	private final Ticker ticker;

	private OpenPort(EventLoops loops, List<EventLoopServer> servers, Channel socket, Ticker ticker) {
		this.loops = loops;
		this.ticker = ticker;
		this.servers = servers;
		this.shutdowns = servers.stream().map((server) -> new GracefulShutdown(server.loop(), server)).toList();
		this.socket = new ListenSocket(socket);
	}

	/**
	 * Open the port.
	 * @param settings where to listen, and with how many event loops
	 * @param tls what secures clients' connections, {@code null} for clear text
	 * @param listener hears of handshakes that are too many
	 * @param ticker the time
	 * @param serving makes what serves on an event loop, and is called on it
	 * @throws IOException if the port cannot be listened on
	 */
	static OpenPort open(TrafficSettings settings, @Nullable ServerTls tls, ExchangeListener listener, Ticker ticker,
			Function<TrafficLoop, EventLoopServer> serving) throws IOException {
		InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(settings.address()), settings.port());
		EventLoops loops = new EventLoops(settings.eventLoops(), transport(settings.transport()), ticker);
		boolean opened = false;
		try {
			List<EventLoopServer> servers = new ArrayList<>();
			IdentityHashMap<TrafficLoop, EventLoopServer> byLoop = new IdentityHashMap<>();
			for (TrafficLoop loop : loops.all()) {
				EventLoopServer server = CompletableFuture.supplyAsync(() -> serving.apply(loop), loop.eventLoop())
					.join();
				servers.add(server);
				byLoop.put(loop, server);
			}
			Channel socket = loops.listen(address,
					(tls != null) ? new Handshakes(settings.limits().maxConnections(), listener) : null,
					(loop, channel) -> accept(byLoop.get(loop), tls, channel));
			opened = true;
			return new OpenPort(loops, servers, socket, ticker);
		}
		finally {
			if (!opened) {
				loops.close();
			}
		}
	}

	private static Transport transport(TransportChoice choice) {
		Transport asked = Transport.of(choice);
		String problem = asked.problem();
		if (problem == null) {
			return asked;
		}
		Transport best = Transport.best();
		logger.warn("The traffic port uses {} instead of {}, which does not work here: {}", best, asked, problem);
		return best;
	}

	private static void accept(@Nullable EventLoopServer server, @Nullable ServerTls tls, Channel channel) {
		if (tls != null) {
			channel.pipeline().addLast(tls.newHandler(), new HandshakeEnd());
		}
		if (server != null) {
			server.accept(channel);
		}
	}

	/**
	 * Return the port that is listened on.
	 */
	int number() {
		return this.socket.port();
	}

	/**
	 * Return how the event loops learn what happens to their sockets.
	 */
	Transport transport() {
		return this.loops.transport();
	}

	/**
	 * Look at what is due when all that has come by now has been read, and return when
	 * all event loops have.
	 */
	void sweep() {
		CompletableFuture.allOf(this.servers.stream().map(EventLoopServer::sweepNext).toArray(CompletableFuture[]::new))
			.join();
	}

	/**
	 * Let clients go, and return when the last running request has been answered or the
	 * grace is over.
	 * @param grace how long all of it may take
	 */
	void close(Duration grace) {
		// Closing a connection between two requests would lose the one that is on its
		// way, so those in use get a response first that says that it is their last.
		Duration notice = (grace.compareTo(NOTICE.multipliedBy(2)) < 0) ? grace.dividedBy(2) : NOTICE;
		ShutdownLog log = new ShutdownLog(grace, Clock.systemUTC(), this.ticker::nanoTime);
		giveNotice(notice, log);
		await(all(GracefulShutdown::endStreams));
		Duration rest = grace.minus(notice);
		Duration quiet = (rest.compareTo(QUIET.multipliedBy(2)) < 0) ? rest.dividedBy(2) : QUIET;
		CompletableFuture<?> sentOff = all((shutdown) -> shutdown.sendOff(rest, quiet));
		while (!isDone(sentOff)) {
			log.goOn(remaining());
		}
		log.end(remaining());
		await(all(GracefulShutdown::cutOff));
		await(CompletableFuture.allOf(this.servers.stream()
			.map((server) -> CompletableFuture.runAsync(server.backends()::close, server.loop().eventLoop()))
			.toArray(CompletableFuture[]::new)));
		this.loops.close();
	}

	private void giveNotice(Duration notice, ShutdownLog log) {
		Duration half = notice.dividedBy(2);
		await(all(GracefulShutdown::announce));
		log.begin(remaining());
		await(all((shutdown) -> shutdown.await(half)));
		this.socket.refuse();
		await(pause((half.compareTo(LAST_HANDSHAKES) < 0) ? half : LAST_HANDSHAKES));
		this.socket.close();
		await(all((shutdown) -> shutdown.await(half)));
	}

	private RemainingClients remaining() {
		return this.shutdowns.stream()
			.map(GracefulShutdown::remaining)
			.reduce(RemainingClients.NONE, RemainingClients::and);
	}

	private boolean isDone(CompletableFuture<?> future) {
		await(CompletableFuture.anyOf(future, pause(LOG_INTERVAL)));
		return future.isDone();
	}

	private CompletableFuture<?> pause(Duration time) {
		return this.shutdowns.getFirst().pause(time);
	}

	private CompletableFuture<?> all(Function<GracefulShutdown, CompletableFuture<Void>> step) {
		return CompletableFuture.allOf(this.shutdowns.stream().map(step).toArray(CompletableFuture[]::new));
	}

	/**
	 * Wait for a step. One that failed does not keep the port open.
	 */
	private static void await(CompletableFuture<?> step) {
		step.handle((done, failure) -> {
			if (failure != null) {
				logger.warn("A step of the traffic port's end has failed", failure);
			}
			return true;
		}).join();
	}

}
