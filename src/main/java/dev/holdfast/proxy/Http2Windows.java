package dev.holdfast.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;

/**
 * How much of HTTP/2 goes on at the same time on one connection.
 */
final class Http2Windows {

	/** What a stream may bring before the other side has taken any of it, bytes. */
	private static final int STREAM = 64 * 1024;

	/** What all streams of a connection to an instance may bring, bytes. */
	static final int TO_BACKENDS = 100 * STREAM;

	private Http2Windows() {
	}

	/**
	 * What all streams of a client's connection may bring, bytes: with less, one that
	 * nobody reads from would stop the others.
	 */
	static int ofClients(TrafficLimits limits) {
		return limits.maxStreams() * STREAM;
	}

	/**
	 * Sends what has been written of a message whose body finds no window. Vert.x lets
	 * the head wait for the body, and the other side may wait for the head before it
	 * opens a window.
	 */
	static void sendHead(HttpServerRequest request) {
		ChannelHandlerContext context = ((HttpServerConnection) request.connection()).channelHandlerContext();
		Http2ConnectionHandler handler = (Http2ConnectionHandler) context.handler();
		Http2Stream stream = handler.connection().stream((int) request.streamId());
		if (stream != null && !handler.encoder().flowController().isWritable(stream)) {
			context.flush();
		}
	}

	/**
	 * What clients are told.
	 */
	static Http2Settings toClients(TrafficLimits limits) {
		return new Http2Settings().setMaxConcurrentStreams(limits.maxStreams())
			.setInitialWindowSize(STREAM)
			.setMaxHeaderListSize(limits.maxHeaderSize());
	}

	/**
	 * What instances are told.
	 * @param maxHeaderSize the largest head of an answer, bytes
	 */
	static Http2Settings toBackends(int maxHeaderSize) {
		return new Http2Settings().setPushEnabled(false)
			.setInitialWindowSize(STREAM)
			.setMaxHeaderListSize(maxHeaderSize);
	}

}
