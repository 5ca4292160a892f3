package dev.holdfast.proxy;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import dev.holdfast.route.RouteTable;
import dev.holdfast.upstream.Upstreams;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The part of the traffic port that runs on one event loop, with everything that its
 * requests share. Nothing in it is touched by another thread but the shutdown.
 */
final class EventLoopServer extends VerticleBase {

	private static final Logger logger = LoggerFactory.getLogger(EventLoopServer.class);

	private static final int SWEEP_MILLIS = 100;

	private static final int MAX_ANSWER_HEADER_SIZE = 64 * 1024;

	private final TrafficServer owner;

	private final ClientConnections connections;

	private final ProbeAnswers probes;

	private final RequestIds requestIds = new RequestIds();

	private final Line line = new Line();

	private final WaitingRequests waiting = new WaitingRequests();

	private final Deadlines deadlines = new Deadlines(System.nanoTime());

	private final Tunnels tunnels;

	private final Set<Exchange> streams = new HashSet<>();

	private @Nullable HttpServer server;

	private @Nullable BackendConnections backends;

	private @Nullable Departure departure;

	EventLoopServer(TrafficServer owner) {
		this.owner = owner;
		this.tunnels = new Tunnels(owner.settings().times());
		this.probes = new ProbeAnswers(owner);
		this.connections = new ClientConnections(this,
				new Http2Server(HttpConfigs.http2Server(owner.settings().limits()), this::onRequest));
	}

	@Override
	public Future<?> start() {
		TrafficSettings settings = this.owner.settings();
		HttpClientAgent client = this.vertx.createHttpClient(
				HttpConfigs.client(settings.times().connect(), MAX_ANSWER_HEADER_SIZE),
				// No cleaner: it would run on an event loop of its own choice.
				new PoolOptions().setCleanerPeriod(0));
		BackendConnector connector = new BackendConnector(client, this.owner.hosts(), (ContextInternal) this.context,
				settings.times().connect());
		this.backends = new BackendConnections(connector, this.owner.backendBundles(),
				new ConnectionAge(settings.times().connectionAge(), System::nanoTime), this.line,
				MAX_ANSWER_HEADER_SIZE);
		this.departure = new Departure(this.context, this.connections, this.streams, this.tunnels);
		this.vertx.setPeriodic(SWEEP_MILLIS, (timer) -> sweep());
		Optional<ClientTls> tls = this.owner.tls().clients();
		HttpServer created = this.vertx.createHttpServer(HttpConfigs.server(settings.limits(), tls.isPresent()),
				tls.map(ClientTls::options).orElse(null));
		this.server = created;
		return created.connectionHandler(this::onConnection)
			.exceptionHandler(this::onConnectionFailed)
			.requestHandler(this::onRequest)
			.listen(address());
	}

	private SocketAddress address() {
		TrafficSettings settings = this.owner.settings();
		// Any free port must be the same one for all event loops.
		return (settings.port() == 0) ? SocketAddress.sharedRandomPort(1, settings.address())
				: SocketAddress.inetSocketAddress(settings.port(), settings.address());
	}

	/**
	 * Nothing is logged: whoever can reach the port could fill the log.
	 */
	private void onConnectionFailed(Throwable failure) {
		if (failure instanceof SSLException) {
			this.owner.listener().onRejected(ClientRefusal.TLS_HANDSHAKE.reason());
		}
	}

	/**
	 * Secures new connections, also those of the other event loops, with the certificates
	 * of now.
	 */
	void tlsChanged() {
		HttpServer created = this.server;
		if (created != null) {
			this.owner.tls()
				.clients()
				.map(ClientTls::options)
				.ifPresent((options) -> created.updateSSLOptions(options)
					.onFailure((ex) -> logger.warn(
							"The changed certificates are not used, new connections get those of before: {}",
							ex.getMessage())));
		}
	}

	private void onConnection(HttpConnection connection) {
		this.owner.listenSocket().learn(Connections.channel(connection));
		this.connections.add(connection);
	}

	private void onRequest(HttpServerRequest request) {
		ClientConnection connection = this.connections.of(request);
		connection.watch().begin();
		ReceivedRequest received = ReceivedRequest.of(request);
		if (received != null && received.rejection() != null) {
			new Exchange(this, request, connection, null).rejectInvalid(received.rejection());
			return;
		}
		RequestTarget target = RequestTarget.parse(request.uri());
		if (target != null && this.probes.answer(request, target.path())) {
			connection.watch().end();
		}
		else {
			new Exchange(this, request, connection, target).start();
		}
	}

	private void sweep() {
		long now = System.nanoTime();
		this.deadlines.sweep(now);
		this.waiting.serveAll();
		backends().sweep(now);
		this.owner.hosts().forgetUnused();
	}

	/**
	 * Runs a task on this event loop after what it is doing now.
	 */
	void defer(Runnable task) {
		this.context.runOnContext((run) -> task.run());
	}

	/**
	 * Runs a task after some time.
	 * @return a number by which it can be called off
	 */
	long after(long nanos, Runnable task) {
		return this.vertx.setTimer(Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)), (timer) -> task.run());
	}

	/**
	 * Calls a task off.
	 */
	void cancel(long timer) {
		this.vertx.cancelTimer(timer);
	}

	/**
	 * The port that is listened on.
	 */
	int port() {
		return (this.server != null) ? this.server.actualPort() : this.owner.settings().port();
	}

	/**
	 * How the clients leave; it must have been started.
	 */
	Departure departure() {
		if (this.departure == null) {
			throw new IllegalStateException("departure: before the start");
		}
		return this.departure;
	}

	/**
	 * Cuts off those that have not gone, before the connections to instances are closed:
	 * a request without an answer must not get one that blames its instance.
	 */
	Future<Void> cutOff() {
		return (this.server != null) ? this.server.close() : Future.succeededFuture();
	}

	/**
	 * Makes what reads a client's requests.
	 */
	RequestDecoder requestDecoder() {
		return new RequestDecoder(this.line, this.owner.settings().limits());
	}

	boolean isShuttingDown() {
		return this.owner.isShuttingDown();
	}

	RouteTable routes() {
		return this.owner.routes();
	}

	Upstreams upstreams() {
		return this.owner.upstreams();
	}

	ExchangeListener listener() {
		return this.owner.listener();
	}

	TrafficSettings settings() {
		return this.owner.settings();
	}

	WaitingRequests waiting() {
		return this.waiting;
	}

	Deadlines deadlines() {
		return this.deadlines;
	}

	ClientCount clients() {
		return this.owner.clients();
	}

	TrustedProxies trustedProxies() {
		return this.owner.trustedProxies();
	}

	BackendConnections backends() {
		if (this.backends == null) {
			throw new IllegalStateException("backends: before the start");
		}
		return this.backends;
	}

	/**
	 * The answers that may go on until somebody ends them.
	 */
	Set<Exchange> streams() {
		return this.streams;
	}

	Tunnels tunnels() {
		return this.tunnels;
	}

	RequestIds requestIds() {
		return this.requestIds;
	}

}
