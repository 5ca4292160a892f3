package dev.holdfast.proxy;

import io.netty.channel.ChannelHandler;
import io.vertx.core.Handler;
import io.vertx.core.http.Http2ServerConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.QueryParamDecoderConfig;
import io.vertx.core.http.impl.HttpServerConnection;
import io.vertx.core.http.impl.HttpServerRequestImpl;
import io.vertx.core.http.impl.HttpServerStream;
import io.vertx.core.http.impl.http2.codec.Http2ServerConnectionImpl;
import io.vertx.core.http.impl.http2.codec.VertxHttp2ConnectionHandler;
import io.vertx.core.http.impl.http2.codec.VertxHttp2ConnectionHandlerBuilder;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.QueryParamDecoder;
import io.vertx.core.tracing.TracingPolicy;

/**
 * Serves clients that begin in clear text with HTTP/2's preface. With TLS, Vert.x's own
 * server does the same after the handshake.
 */
final class Http2Server {

	private static final QueryParamDecoder QUERIES = new QueryParamDecoder(new QueryParamDecoderConfig());

	/** Of no use to a proxy: it reads no forms. */
	private static final int NO_FORMS = 0;

	private final Http2ServerConfig config;

	private final Handler<HttpServerRequest> requests;

	/**
	 * Prepares to serve.
	 * @param requests is given every request
	 */
	Http2Server(Http2ServerConfig config, Handler<HttpServerRequest> requests) {
		this.config = config;
		this.requests = requests;
	}

	/**
	 * Lets the first bytes of a connection decide which protocol it speaks.
	 * @param connection a new connection, served as HTTP/1.1 for now
	 * @param replaced is given the connection that takes its place if it speaks HTTP/2
	 * @param ready is given that connection again when the client's settings have arrived
	 */
	void detect(HttpServerConnection connection, Handler<HttpServerConnection> replaced,
			Handler<HttpServerConnection> ready) {
		connection.channelHandlerContext()
			.pipeline()
			.addFirst(new Http2Detector(() -> handler(connection.context(), replaced, ready)));
	}

	private ChannelHandler handler(ContextInternal context, Handler<HttpServerConnection> replaced,
			Handler<HttpServerConnection> ready) {
		int seconds = (int) this.config.getRstFloodWindowDuration().toSeconds();
		VertxHttp2ConnectionHandler<Http2ServerConnectionImpl> handler = new VertxHttp2ConnectionHandlerBuilder<Http2ServerConnectionImpl>()
			.server(true)
			.gracefulShutdownTimeoutMillis(0)
			.decoderEnforceMaxSmallContinuationFrames(this.config.getMaxSmallContinuationFrames())
			.decoderEnforceMaxRstFramesPerWindow(this.config.getRstFloodMaxRstFramePerWindow(), seconds)
			.encoderEnforceMaxRstFramesPerWindow(this.config.getRstFloodMaxRstFramePerWindow(), seconds)
			.initialSettings(this.config.getInitialSettings())
			.connectionFactory((made) -> {
				Http2ServerConnectionImpl connection = connection(context, made);
				replaced.handle(connection);
				return connection;
			})
			.build();
		return handler.addHandler((connection) -> {
			connection.setWindowSize(this.config.getConnectionWindowSize());
			ready.handle(connection);
		});
	}

	private Http2ServerConnectionImpl connection(ContextInternal context,
			VertxHttp2ConnectionHandler<Http2ServerConnectionImpl> handler) {
		Http2ServerConnectionImpl connection = new Http2ServerConnectionImpl(context, () -> context, handler, null,
				TracingPolicy.IGNORE, null, null);
		connection.streamHandler(this::serve);
		return connection;
	}

	private void serve(HttpServerStream stream) {
		new HttpServerRequestImpl(this.requests, stream, stream.context(), false, NO_FORMS, NO_FORMS, NO_FORMS, QUERIES,
				"")
			.init();
	}

}
