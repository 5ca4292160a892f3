package dev.holdfast.proxy;

import java.time.Duration;
import java.util.IdentityHashMap;

import javax.net.ssl.SSLException;

import dev.holdfast.proxy.RequestGuard.Rejection;
import dev.holdfast.route.RouteTable;
import dev.holdfast.upstream.Upstreams;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http1ClientConfig;
import io.vertx.core.http.Http1ServerConfig;
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

	private static final int DEPARTURE_MILLIS = 10;

	/** As much as one read brings: every chunk is a write and a flush. */
	private static final int MAX_CHUNK_SIZE = 64 * 1024;

	private static final int MAX_ANSWER_HEADER_SIZE = 64 * 1024;

	private final TrafficServer owner;

	private final IdentityHashMap<HttpConnection, ClientConnection> connections = new IdentityHashMap<>();

	private final RequestIds requestIds = new RequestIds();

	private final RunningExchanges running;

	private final Http2Server http2;

	private @Nullable HttpServer server;

	private @Nullable BackendConnections backends;

	EventLoopServer(TrafficServer owner) {
		this.owner = owner;
		this.running = new RunningExchanges(owner.settings().requestTimeout().toNanos());
		this.http2 = new Http2Server(http2Config(), this::onRequest);
	}

	@Override
	public Future<?> start() {
		// No cleaner: it would run on an event loop of its own choice.
		this.backends = new BackendConnections(
				this.vertx.createHttpClient(clientConfig(), new PoolOptions().setCleanerPeriod(0)),
				this.owner.backendBundles());
		this.vertx.setPeriodic(SWEEP_MILLIS, (timer) -> sweep());
		HttpServer created = this.vertx.createHttpServer(serverConfig(),
				this.owner.tls().clients().map(ClientTls::options).orElse(null));
		this.server = created;
		return created.connectionHandler(this::onConnection)
			.exceptionHandler(this::onConnectionFailed)
			.requestHandler(this::onRequest)
			.invalidRequestHandler(this::onInvalidRequest)
			.listen(address());
	}

	private SocketAddress address() {
		TrafficSettings settings = this.owner.settings();
		// Any free port must be the same one for all event loops.
		return (settings.port() == 0) ? SocketAddress.sharedRandomPort(1, settings.address())
				: SocketAddress.inetSocketAddress(settings.port(), settings.address());
	}

	private HttpServerConfig serverConfig() {
		TrafficSettings settings = this.owner.settings();
		HttpServerConfig config = new HttpServerConfig();
		if (this.owner.tls().clients().isPresent()) {
			config.setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1, HttpVersion.HTTP_2);
			config.setHttp2Config(http2Config());
		}
		else {
			config.setVersions(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);
		}
		config.setIdleTimeout(settings.idleTimeout());
		config.setHandle100ContinueAutomatically(false);
		config.setHttp1Config(new Http1ServerConfig().setMaxChunkSize(MAX_CHUNK_SIZE)
			.setMaxHeaderSize(settings.maxHeaderSize())
			.setMaxInitialLineLength(settings.maxHeaderSize()));
		config.setWebSocketConfig(
				new WebSocketServerConfig().setUsePerFrameCompression(false).setUsePerMessageCompression(false));
		return config;
	}

	private Http2ServerConfig http2Config() {
		return new Http2ServerConfig().setInitialSettings(Http2Windows.toClients(this.owner.settings().maxHeaderSize()))
			.setConnectionWindowSize(Http2Windows.CONNECTION);
	}

	private HttpClientConfig clientConfig() {
		TrafficSettings settings = this.owner.settings();
		HttpClientConfig config = new HttpClientConfig();
		config.setVersions(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1);
		config.setConnectTimeout(settings.connectTimeout());
		config.setHttp2Config(new Http2ClientConfig().setClearTextUpgrade(false)
			.setInitialSettings(Http2Windows.toBackends(MAX_ANSWER_HEADER_SIZE)));
		config.setHttp1Config(
				new Http1ClientConfig().setMaxChunkSize(MAX_CHUNK_SIZE).setMaxHeaderSize(MAX_ANSWER_HEADER_SIZE));
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
		watch(connection);
		if (connection.protocolVersion() == HttpVersion.HTTP_2) {
			onHttp2((HttpServerConnection) connection);
		}
		else if (!connection.isSsl()) {
			this.http2.detect((HttpServerConnection) connection, (replacement) -> {
				this.connections.remove(connection);
				watch(replacement);
			}, this::onHttp2);
		}
	}

	private void watch(HttpConnection connection) {
		this.connections.put(connection, new ClientConnection(connection, this.owner.trustedProxies()));
		connection.closeHandler((closed) -> this.connections.remove(connection));
	}

	private void onHttp2(HttpServerConnection connection) {
		ClientConnection client = this.connections.get(connection);
		if (client != null) {
			client.useFrames(RequestFrames.of((Http2ConnectionHandler) connection.channelHandlerContext().handler()));
		}
	}

	private void onRequest(HttpServerRequest request) {
		if (!answeredProbe(request)) {
			new Exchange(this, request, connectionOf(request)).start();
		}
	}

	private void onInvalidRequest(HttpServerRequest request) {
		Rejection rejection = switch (request.decoderResult().cause()) {
			case TooLongHttpLineException tooLong -> Rejection.TARGET_TOO_LONG;
			case TooLongHttpHeaderException tooLarge -> Rejection.HEADERS_TOO_LARGE;
			case null, default -> Rejection.SYNTAX;
		};
		new Exchange(this, request, connectionOf(request)).rejectInvalid(rejection);
	}

	private ClientConnection connectionOf(HttpServerRequest request) {
		ClientConnection connection = this.connections.get(request.connection());
		return (connection != null) ? connection
				: new ClientConnection(request.connection(), this.owner.trustedProxies());
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
		this.running.sweep(now);
		backends().sweep(now);
	}

	/**
	 * Runs a task on this event loop after what it is doing now.
	 */
	void defer(Runnable task) {
		this.context.runOnContext((run) -> task.run());
	}

	/**
	 * The port that is listened on.
	 */
	int port() {
		return (this.server != null) ? this.server.actualPort() : this.owner.settings().port();
	}

	/**
	 * Waits until every client has gone, or for some time.
	 */
	Future<Void> departure(Duration longest) {
		Promise<Void> gone = Promise.promise();
		long until = System.nanoTime() + longest.toNanos();
		defer(() -> this.vertx.setPeriodic(DEPARTURE_MILLIS, (timer) -> {
			if (this.connections.isEmpty() || System.nanoTime() - until >= 0) {
				this.vertx.cancelTimer(timer);
				gone.complete();
			}
		}));
		return gone.future();
	}

	/**
	 * Stops to listen, closes idle connections, and the others when their answers have
	 * been sent, at the latest after the grace.
	 */
	Future<Void> shutdown(Duration grace) {
		return (this.server != null) ? this.server.shutdown(grace) : Future.succeededFuture();
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

	RunningExchanges running() {
		return this.running;
	}

	BackendConnections backends() {
		if (this.backends == null) {
			throw new IllegalStateException("backends: before the start");
		}
		return this.backends;
	}

	RequestIds requestIds() {
		return this.requestIds;
	}

}
