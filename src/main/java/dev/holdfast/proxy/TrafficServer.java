package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import dev.holdfast.route.RouteTable;
import dev.holdfast.service.HostLookup;
import dev.holdfast.upstream.Upstreams;
import io.vertx.core.Future;
import io.netty.channel.epoll.Epoll;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.impl.transports.TransportInternal;
import io.vertx.core.file.FileSystemOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The traffic port: an HTTP/1.1 reverse proxy on event loops of its own. A connection
 * stays on one event loop, and so do the connections to the backends of its requests.
 */
public final class TrafficServer {

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

	private final TrafficSettings settings;

	private final TrafficTls tls;

	private final BackendBundles backendBundles;

	private final HostResolver hosts;

	private final RouteTable routes;

	private final Upstreams upstreams;

	private final Probes probes;

	private final ExchangeListener listener;

	private final TrustedProxies trustedProxies;

	private final ListenSocket listenSocket = new ListenSocket();

	private final ClientCount clients;

	private final List<EventLoopServer> servers = new ArrayList<>();

	private @Nullable Vertx vertx;

	private volatile boolean shuttingDown;

	/**
	 * Prepares the port; nothing is opened before {@link #start}.
	 * @param settings how to listen and how long to wait
	 * @param tls what is secured
	 * @param routes where requests go
	 * @param upstreams the instances that they go to
	 * @param probes what to say of the gateway's own health
	 * @param listener hears of every request
	 */
	public TrafficServer(TrafficSettings settings, TrafficTls tls, RouteTable routes, Upstreams upstreams,
			Probes probes, ExchangeListener listener) {
		this(settings, tls, new HostResolver(HostLookup.system()), routes, upstreams, probes, listener);
	}

	/**
	 * The same, with another way to find the addresses of instances' names.
	 */
	TrafficServer(TrafficSettings settings, TrafficTls tls, HostResolver hosts, RouteTable routes, Upstreams upstreams,
			Probes probes, ExchangeListener listener) {
		this.hosts = hosts;
		this.settings = settings;
		this.tls = tls;
		this.backendBundles = new BackendBundles(tls.backends(), settings.times().connect());
		this.routes = routes;
		this.upstreams = upstreams;
		this.probes = probes;
		this.listener = listener;
		this.trustedProxies = new TrustedProxies(settings.trustedProxies());
		this.clients = new ClientCount(settings.limits());
	}

	/**
	 * Starts to listen, and returns when the port is open.
	 * @throws TrafficPortUnavailableException if the port cannot be listened on
	 * @throws IllegalStateException if it was started before
	 */
	public synchronized void start() {
		if (this.vertx != null) {
			throw new IllegalStateException("traffic port: started already (expected: once)");
		}
		this.vertx = vertx();
		try {
			// One after another, so that each gets an event loop of its own.
			for (int i = 0; i < this.settings.eventLoops(); i++) {
				EventLoopServer server = new EventLoopServer(this);
				await(this.vertx.deployVerticle(server));
				this.servers.add(server);
			}
		}
		catch (CompletionException ex) {
			await(this.vertx.close());
			throw explain(ex);
		}
		logger.info("Traffic port listens on {}:{}{}, {} event loops on {}", this.settings.address(), port(),
				this.tls.clients().isPresent() ? " with TLS" : "", this.settings.eventLoops(),
				this.vertx.isNativeTransportEnabled() ? "native transport" : "NIO");
	}

	/**
	 * Secures new connections with the certificates of now. Those that are open go on.
	 * Does nothing when it is not started.
	 */
	public synchronized void tlsChanged() {
		this.backendBundles.changed();
		// The first server holds the TLS context of all.
		if (!this.servers.isEmpty()) {
			this.servers.getFirst().tlsChanged();
		}
	}

	private Vertx vertx() {
		VertxBuilder builder = Vertx.builder().with(options());
		if (Epoll.isAvailable()) {
			builder.withTransport(new TransportInternal("epoll", true, null, new EpollTransport(handshakes())));
		}
		return builder.build();
	}

	private @Nullable Handshakes handshakes() {
		return this.tls.clients().isPresent() ? new Handshakes(this.settings.limits().maxConnections(), this.listener)
				: null;
	}

	private VertxOptions options() {
		return new VertxOptions().setEventLoopPoolSize(this.settings.eventLoops())
			.setPreferNativeTransport(true)
			.setWorkerPoolSize(1)
			.setInternalBlockingPoolSize(2)
			.setFileSystemOptions(
					new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false));
	}

	private RuntimeException explain(CompletionException failure) {
		Throwable cause = (failure.getCause() != null) ? failure.getCause() : failure;
		if (cause instanceof IOException) {
			return new TrafficPortUnavailableException(this.settings.address(), this.settings.port(), cause);
		}
		return new IllegalStateException("Cannot open the traffic port on %s:%d: %s".formatted(this.settings.address(),
				this.settings.port(), cause.getMessage()), cause);
	}

	/**
	 * The port that is listened on.
	 * @return the port, also when any was asked for
	 */
	public synchronized int port() {
		return this.servers.isEmpty() ? this.settings.port() : this.servers.getFirst().port();
	}

	/**
	 * Asks clients to go: from now on every answer closes its connection. New connections
	 * are still taken, because load balancers may not have heard yet.
	 */
	public void beginShutdown() {
		this.shuttingDown = true;
	}

	/**
	 * Tells clients to go, stops to listen, and returns when the last running request has
	 * been answered or the grace is over. Does nothing when it is not started.
	 * @param grace how long all of it may take
	 */
	public synchronized void stop(Duration grace) {
		if (this.vertx == null) {
			return;
		}
		beginShutdown();
		// Closing a connection between two requests would lose the one that is on its
		// way,
		// so those in use get an answer first that says that it is their last.
		Duration notice = (grace.compareTo(NOTICE.multipliedBy(2)) < 0) ? grace.dividedBy(2) : NOTICE;
		Duration half = notice.dividedBy(2);
		ShutdownLog log = new ShutdownLog(grace, Clock.systemUTC(), System::nanoTime);
		awaitAll((server) -> server.departure().announce());
		log.begin(remaining());
		awaitAll((server) -> server.departure().await(half));
		this.listenSocket.refuse();
		await(this.vertx.timer(Math.min(half.toMillis(), LAST_HANDSHAKES.toMillis()) + 1, TimeUnit.MILLISECONDS));
		this.listenSocket.close();
		awaitAll((server) -> server.departure().await(half));
		awaitAll((server) -> server.departure().endStreams());
		Duration rest = grace.minus(notice);
		Duration quiet = (rest.compareTo(QUIET.multipliedBy(2)) < 0) ? rest.dividedBy(2) : QUIET;
		Future<?> sentOff = all((server) -> server.departure().sendOff(rest, quiet));
		while (!isDone(sentOff, LOG_INTERVAL)) {
			log.goOn(remaining());
		}
		log.end(remaining());
		awaitAll(EventLoopServer::cutOff);
		await(this.vertx.close());
		this.servers.clear();
		this.vertx = null;
	}

	private RemainingClients remaining() {
		return this.servers.stream()
			.map((server) -> server.departure().remaining())
			.reduce(RemainingClients.NONE, RemainingClients::and);
	}

	private void awaitAll(Function<EventLoopServer, Future<Void>> step) {
		await(all(step));
	}

	private Future<?> all(Function<EventLoopServer, Future<Void>> step) {
		return Future.join(this.servers.stream().map(step).toList()).otherwiseEmpty();
	}

	private static boolean isDone(Future<?> future, Duration longest) {
		CompletableFuture<?> completable = future.toCompletionStage().toCompletableFuture();
		return completable.thenApply((value) -> true)
			.completeOnTimeout(false, longest.toMillis(), TimeUnit.MILLISECONDS)
			.join();
	}

	private static void await(Future<?> future) {
		future.toCompletionStage().toCompletableFuture().join();
	}

	TrafficTls tls() {
		return this.tls;
	}

	BackendBundles backendBundles() {
		return this.backendBundles;
	}

	HostResolver hosts() {
		return this.hosts;
	}

	TrafficSettings settings() {
		return this.settings;
	}

	RouteTable routes() {
		return this.routes;
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	Probes probes() {
		return this.probes;
	}

	ExchangeListener listener() {
		return this.listener;
	}

	ClientCount clients() {
		return this.clients;
	}

	TrustedProxies trustedProxies() {
		return this.trustedProxies;
	}

	ListenSocket listenSocket() {
		return this.listenSocket;
	}

	boolean isShuttingDown() {
		return this.shuttingDown;
	}

}
