package dev.holdfast.testing;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;

/**
 * A small HTTP/1.1 backend that answers with its id and with what it was asked, as JSON.
 */
public final class TestBackend implements AutoCloseable {

	private static final String ADDRESS = "127.0.0.1";

	private static final int PORT_TRIES = 10;

	private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));

	private final String id;

	private final Handler<HttpServerRequest> handler;

	private final AtomicLong requests = new AtomicLong();

	private final int port;

	private HttpServer server;

	private TestBackend(String id, Handler<HttpServerRequest> handler) {
		this.id = id;
		this.handler = handler;
		this.server = listenSomewhere();
		this.port = this.server.actualPort();
	}

	/**
	 * Starts a backend that answers 200 with {@code id}, {@code method}, {@code path}
	 * (with the query) and {@code headers} (names in lower case).
	 * @param id its id
	 * @return the running backend
	 */
	public static TestBackend start(String id) {
		return start(id, (request) -> echo(id, request));
	}

	/**
	 * Starts a backend that answers as told.
	 * @param id its id
	 * @param handler answers each request, on an event loop
	 * @return the running backend
	 */
	public static TestBackend start(String id, Handler<HttpServerRequest> handler) {
		return new TestBackend(id, handler);
	}

	/**
	 * The id that its answers carry.
	 * @return the id
	 */
	public String id() {
		return this.id;
	}

	/**
	 * The port that it listens on.
	 * @return the port, the same after each restart
	 */
	public int port() {
		return this.port;
	}

	/**
	 * Its address as registered in plain format.
	 * @return host and port
	 */
	public String address() {
		return ADDRESS + ":" + this.port;
	}

	/**
	 * Its URL.
	 * @return an http URL without path
	 */
	public String url() {
		return "http://" + address();
	}

	/**
	 * Counts the requests whose headers arrived.
	 * @return the number since the first start
	 */
	public long requests() {
		return this.requests.get();
	}

	/**
	 * Closes listener and connections at once, in the middle of whatever they do.
	 */
	public void kill() {
		await(this.server.close());
	}

	/**
	 * Listens on the same port again, after {@link #kill()}.
	 */
	public void restart() {
		this.server = await(listen(this.port));
	}

	@Override
	public void close() {
		await(this.vertx.close());
	}

	private HttpServer listenSomewhere() {
		for (int i = 1; true; i++) {
			try {
				return await(listen(FreePorts.choose(ADDRESS)));
			}
			catch (IllegalStateException ex) {
				if (i == PORT_TRIES) {
					throw ex;
				}
			}
		}
	}

	private Future<HttpServer> listen(int onPort) {
		HttpServerOptions options = new HttpServerOptions().setMaxHeaderSize(64 * 1024)
			.setMaxInitialLineLength(64 * 1024)
			// The kernel might take all of a large body by itself.
			.setReceiveBufferSize(1024 * 1024)
			.setAcceptBacklog(1024);
		return this.vertx.createHttpServer(options).requestHandler((request) -> {
			this.requests.incrementAndGet();
			this.handler.handle(request);
		}).listen(onPort, ADDRESS);
	}

	private static void echo(String id, HttpServerRequest request) {
		Map<String, Object> headers = new TreeMap<>();
		request.headers()
			.names()
			.forEach((name) -> headers.put(name.toLowerCase(Locale.ROOT),
					String.join(", ", request.headers().getAll(name))));
		String body = new JsonObject().put("id", id)
			.put("method", request.method().name())
			.put("path", request.uri())
			.put("headers", new JsonObject(headers))
			.encode();
		request.endHandler((end) -> request.response().putHeader("content-type", "application/json").end(body));
	}

	private static <T> T await(Future<T> future) {
		try {
			return future.await(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new IllegalStateException("the backend did not start or stop within 10 s", ex);
		}
		catch (RuntimeException ex) {
			throw new IllegalStateException("the backend cannot start or stop: " + ex, ex);
		}
	}

}
