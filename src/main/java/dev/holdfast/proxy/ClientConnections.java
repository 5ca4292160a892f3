package dev.holdfast.proxy;

import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.BiConsumer;

import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * The clients' connections that are open on one event loop. Each is given what reads it
 * before its first byte.
 */
final class ClientConnections {

	private final EventLoopServer server;

	private final Http2Server http2;

	private final IdentityHashMap<HttpConnection, ClientConnection> open = new IdentityHashMap<>();

	/**
	 * Prepares to take connections.
	 * @param http2 serves those that turn out to speak HTTP/2
	 */
	ClientConnections(EventLoopServer server, Http2Server http2) {
		this.server = server;
		this.http2 = http2;
	}

	/**
	 * Takes a connection that has just been made.
	 */
	void add(HttpConnection connection) {
		ClientConnection client = watch(connection);
		HttpServerConnection served = (HttpServerConnection) connection;
		if (connection.protocolVersion() == HttpVersion.HTTP_2) {
			onHttp2(served);
			return;
		}
		Codecs.readStrictly(connection, this.server.requestDecoder());
		TrailerReader trailers = new TrailerReader();
		served.channelHandlerContext()
			.pipeline()
			.addBefore(Codecs.LAST_HANDLER, "trailers", trailers)
			.addBefore(Codecs.LAST_HANDLER, null, new LastMessages(connection));
		client.useTrailers(trailers);
		if (!connection.isSsl()) {
			this.http2.detect(served, (replacement) -> {
				this.open.remove(connection);
				watch(replacement);
			}, this::onHttp2);
		}
	}

	private ClientConnection watch(HttpConnection connection) {
		ClientConnection client = new ClientConnection(this.server, connection);
		this.open.put(connection, client);
		connection.exceptionHandler(new ClientFailure(this.server.listener()));
		connection.closeHandler((closed) -> this.open.remove(connection));
		return client;
	}

	private void onHttp2(HttpServerConnection connection) {
		ClientConnection client = this.open.get(connection);
		if (client != null) {
			client.watch().multiplex();
			client.useFrames(new RequestFrames((Http2ConnectionHandler) connection.channelHandlerContext().handler()));
		}
		if (this.server.isShuttingDown()) {
			Departure.announce(connection);
		}
	}

	/**
	 * Finds the connection that a request came on.
	 */
	ClientConnection of(HttpServerRequest request) {
		ClientConnection connection = this.open.get(request.connection());
		return (connection != null) ? connection : new ClientConnection(this.server, request.connection());
	}

	/**
	 * Those that speak HTTP/2 now.
	 */
	List<HttpConnection> http2() {
		return this.open.keySet()
			.stream()
			.filter((connection) -> connection.protocolVersion() == HttpVersion.HTTP_2)
			.toList();
	}

	/**
	 * Shows each to somebody who may close it.
	 */
	void forEach(BiConsumer<HttpConnection, ClientConnection> action) {
		List.copyOf(this.open.entrySet()).forEach((entry) -> action.accept(entry.getKey(), entry.getValue()));
	}

	boolean isEmpty() {
		return this.open.isEmpty();
	}

}
