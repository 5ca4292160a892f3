package dev.holdfast.proxy;

import java.time.Duration;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import javax.net.ssl.SSLException;

import dev.holdfast.route.RouteTable;
import dev.holdfast.upstream.Upstreams;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2ClientConfig;
import io.vertx.core.http.Http2ServerConfig;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketServerConfig;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * The part of the traffic port that runs on one event loop, with everything that its
 * requests share. Nothing in it is touched by another thread but the shutdown.
 */
final class EventLoopServer extends VerticleBase {

	private static final int SWEEP_MILLIS = 100;

	/** In which {@code max-resets} counts. */
	private static final Duration RESET_WINDOW = Duration.ofSeconds(30);

	private static final int DEPARTURE_MILLIS = 10;

	/** How often streams that may have begun since are ended. */
	private static final int STREAMS_MILLIS = 1000;

	/** How long the ends of a tunnel may take to close when they are told to. */
	private static final int TUNNEL_LINGER_MILLIS = 1000;

	/** Stands for the last stream that the client began. */
	private static final int LAST_SEEN = -1;

	/** HTTP/2's code for an end that is nobody's fault. */
	private static final long NO_ERROR = 0x0;

	private static final int MAX_ANSWER_HEADER_SIZE = 64 * 1024;

	private final TrafficServer owner;

	private final IdentityHashMap<HttpConnection, ClientConnection> connections = new IdentityHashMap<>();

	private final RequestIds requestIds = new RequestIds();

	private final Line line = new Line();

	private final WaitingRequests waiting = new WaitingRequests();

	private final Deadlines deadlines = new Deadlines(System.nanoTime());

	private final Http2Server http2;

	private final Tunnels tunnels;

	private final Set<Exchange> streams = new HashSet<>();

	private @Nullable HttpServer server;

	private @Nullable BackendConnections backends;

	EventLoopServer(TrafficServer owner) {
		this.owner = owner;
		this.tunnels = new Tunnels(owner.settings().times());
		this.http2 = new Http2Server(http2Config(), this::onRequest);
	}

	@Override
	public Future<?> start() {
		// No cleaner: it would run on an event loop of its own choice.
		this.backends = new BackendConnections(
				this.vertx.createHttpClient(clientConfig(), new PoolOptions().setCleanerPeriod(0)), this.line,
				MAX_ANSWER_HEADER_SIZE, this.owner.backendBundles());
		this.vertx.setPeriodic(SWEEP_MILLIS, (timer) -> sweep());
		HttpServer created = this.vertx.createHttpServer(serverConfig(),
				this.owner.tls().clients().map(ClientTls::options).orElse(null));
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

	private HttpServerConfig serverConfig() {
		HttpServerConfig config = new HttpServerConfig();
		if (this.owner.tls().clients().isPresent()) {
			config.setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);
			config.setHttp2Config(http2Config());
		}
		else {
			// The detector finds HTTP/2.
			config.setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);
		}
		config.setHandle100ContinueAutomatically(false);
		config.setWebSocketConfig(
				new WebSocketServerConfig().setUsePerFrameCompression(false).setUsePerMessageCompression(false));
		return config;
	}

	private Http2ServerConfig http2Config() {
		TrafficLimits limits = this.owner.settings().limits();
		return new Http2ServerConfig().setInitialSettings(Http2Windows.toClients(limits))
			.setConnectionWindowSize(Http2Windows.ofClients(limits))
			.setRstFloodMaxRstFramePerWindow(limits.maxResets())
			.setRstFloodWindowDuration(RESET_WINDOW);
	}

	private HttpClientConfig clientConfig() {
		TrafficSettings settings = this.owner.settings();
		HttpClientConfig config = new HttpClientConfig();
		config.setVersions(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);
		config.setConnectTimeout(settings.times().connect());
		config.setHttp2Config(new Http2ClientConfig().setClearTextUpgrade(false)
			.setInitialSettings(Http2Windows.toBackends(MAX_ANSWER_HEADER_SIZE)));
		return config;
	}

	/**
	 * Nothing is logged: whoever can reach the port could fill the log.
	 */
	private void onConnectionFailed(Throwable failure) {
		if (failure instanceof SSLException) {
			this.owner.listener().onRejected("tls-handshake");
		}
	}

	/**
	 * Secures new connections, also those of the other event loops, with the certificates
	 * of now.
	 */
	void tlsChanged() {
		if (this.server != null) {
			this.owner.tls().clients().map(ClientTls::options).ifPresent(this.server::updateSSLOptions);
		}
	}

	private void onConnection(HttpConnection connection) {
		this.owner.listenSocket().learn(Connections.channel(connection));
		ClientConnection client = watch(connection);
		HttpServerConnection served = (HttpServerConnection) connection;
		if (connection.protocolVersion() == HttpVersion.HTTP_2) {
			onHttp2(served);
			return;
		}
		Codecs.readStrictly(connection, requestDecoder());
		TrailerReader trailers = new TrailerReader();
		served.channelHandlerContext()
			.pipeline()
			.addBefore(Codecs.LAST_HANDLER, "trailers", trailers)
			.addBefore(Codecs.LAST_HANDLER, null, new LastMessages(connection));
		client.useTrailers(trailers);
		if (!connection.isSsl()) {
			this.http2.detect(served, (replacement) -> {
				this.connections.remove(connection);
				watch(replacement);
			}, this::onHttp2);
		}
	}

	private ClientConnection watch(HttpConnection connection) {
		ClientConnection client = new ClientConnection(this, connection);
		this.connections.put(connection, client);
		connection.exceptionHandler(new ClientFailure(this.owner.listener()));
		connection.closeHandler((closed) -> this.connections.remove(connection));
		return client;
	}

	private void onHttp2(HttpServerConnection connection) {
		ClientConnection client = this.connections.get(connection);
		if (client != null) {
			client.watch().multiplex();
			client.useFrames(new RequestFrames((Http2ConnectionHandler) connection.channelHandlerContext().handler()));
		}
		if (isShuttingDown()) {
			announceShutdown(connection);
		}
	}

	private void onRequest(HttpServerRequest request) {
		ClientConnection connection = connectionOf(request);
		connection.watch().begin();
		ReceivedRequest received = ReceivedRequest.of(request);
		if (received != null && received.rejection() != null) {
			new Exchange(this, request, connection).rejectInvalid(received.rejection());
		}
		else if (answeredProbe(request)) {
			connection.watch().end();
		}
		else {
			new Exchange(this, request, connection).start();
		}
	}

	private ClientConnection connectionOf(HttpServerRequest request) {
		ClientConnection connection = this.connections.get(request.connection());
		return (connection != null) ? connection : new ClientConnection(this, request.connection());
	}

	private boolean answeredProbe(HttpServerRequest request) {
		TrafficSettings settings = this.owner.settings();
		String path = request.uri();
		if (settings.livenessPath().equals(path)) {
			boolean live = this.owner.probes().live();
			answerProbe(request, live, live ? "ok" : "not live");
			return true;
		}
		if (settings.readinessPath().equals(path)) {
			boolean ready = this.owner.probes().ready();
			answerProbe(request, ready, ready ? "ok" : this.owner.probes().notReadyReason());
			return true;
		}
		return false;
	}

	private void answerProbe(HttpServerRequest request, boolean passed, String text) {
		if (isShuttingDown() && request.version() != HttpVersion.HTTP_2) {
			request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
			Connections.closeAfterAnswer(request.connection());
		}
		request.response()
			.setStatusCode(passed ? 200 : 503)
			.putHeader(HttpHeaders.CONTENT_TYPE, "text/plain; charset=utf-8")
			.end(text + "\n");
	}

	private void sweep() {
		long now = System.nanoTime();
		this.deadlines.sweep(now);
		this.waiting.serveAll();
		backends().sweep(now);
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
	 * Asks HTTP/2 clients to go. What they have sent before they hear of it is still
	 * served, so that no stream is excluded yet (RFC 9113, section 6.8). HTTP/1.1 clients
	 * learn of it with their next answer.
	 */
	Future<Void> announceShutdown() {
		return onEventLoop(() -> http2Connections().forEach(EventLoopServer::announceShutdown));
	}

	private static void announceShutdown(HttpConnection connection) {
		goAway(connection, Integer.MAX_VALUE);
	}

	/**
	 * Ends what would not end by itself: tunnels and event streams. HTTP/2 clients learn
	 * which of their streams was the last.
	 */
	Future<Void> endStreams() {
		return onEventLoop(() -> {
			http2Connections().forEach((connection) -> goAway(connection, LAST_SEEN));
			stopStreams();
			this.vertx.setPeriodic(STREAMS_MILLIS, (timer) -> stopStreams());
			this.tunnels.end();
			this.vertx.setTimer(TUNNEL_LINGER_MILLIS, (timer) -> this.tunnels.reset());
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

	private List<HttpConnection> http2Connections() {
		return this.connections.keySet()
			.stream()
			.filter((connection) -> connection.protocolVersion() == HttpVersion.HTTP_2)
			.toList();
	}

	private Future<Void> onEventLoop(Runnable task) {
		Promise<Void> done = Promise.promise();
		defer(() -> {
			task.run();
			done.complete();
		});
		return done.future();
	}

	/**
	 * Waits until every client has gone, or for some time.
	 */
	Future<Void> departure(Duration longest) {
		return departure(System.nanoTime() + longest.toNanos(), (now) -> {
			// They go by themselves.
		});
	}

	/**
	 * Sends clients off that are not about to ask, and waits until every client has gone,
	 * or for some time.
	 * @param quiet for how long a client must have asked nothing
	 */
	Future<Void> sendOff(Duration longest, Duration quiet) {
		long until = System.nanoTime() + longest.toNanos();
		return departure(until, new Departure(this.connections, quiet, until)::sendOff);
	}

	/**
	 * Cuts off those that have not gone, before the connections to instances are closed:
	 * a request without an answer must not get one that blames its instance.
	 */
	Future<Void> cutOff() {
		return (this.server != null) ? this.server.close() : Future.succeededFuture();
	}

	private Future<Void> departure(long until, LongConsumer step) {
		Promise<Void> gone = Promise.promise();
		defer(() -> this.vertx.setPeriodic(DEPARTURE_MILLIS, (timer) -> {
			long now = System.nanoTime();
			step.accept(now);
			if (this.connections.isEmpty() || now - until >= 0) {
				this.vertx.cancelTimer(timer);
				gone.complete();
			}
		}));
		return gone.future();
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
