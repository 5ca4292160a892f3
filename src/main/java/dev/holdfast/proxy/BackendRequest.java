package dev.holdfast.proxy;

import java.util.Locale;
import java.util.Map;

import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Headers;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpClientRequestImpl;
import io.vertx.core.http.impl.HttpClientStream;
import org.jspecify.annotations.Nullable;

/**
 * A request to an instance, which may end with trailers.
 */
final class BackendRequest extends HttpClientRequestImpl {

	private static final Buffer NOTHING = Buffer.buffer();

	BackendRequest(HttpClientConnection connection, HttpClientStream stream) {
		super(stream.connection().authority(), connection, stream);
	}

	/**
	 * Ends it.
	 * @param last the last of its body, {@code null} when all was sent
	 * @param trailers its trailers; to HTTP/1.1 they can be sent only behind chunks
	 */
	void finish(@Nullable Buffer last,
			Iterable<? extends Map.Entry<? extends CharSequence, ? extends CharSequence>> trailers) {
		MultiMap fields = MultiMap.caseInsensitiveMultiMap();
		Trailers.copy(trailers, fields);
		if (fields.isEmpty() || (version() != HttpVersion.HTTP_2 && !isChunked())) {
			finish(last);
		}
		else if (version() == HttpVersion.HTTP_2) {
			// Not before the body has left Vert.x's own queue.
			write((last != null) ? last : NOTHING).onSuccess((written) -> endStream(fields));
		}
		else {
			this.stream.connection()
				.channelHandlerContext()
				.pipeline()
				.addAfter(Codecs.CLIENT_CODEC, "trailers", new TrailerWriter(fields));
			finish(last);
		}
	}

	/**
	 * Ends it without trailers.
	 * @param last the last of its body, {@code null} when all was sent
	 */
	void finish(@Nullable Buffer last) {
		if (last != null) {
			end(last);
		}
		else {
			end();
		}
	}

	private void endStream(MultiMap fields) {
		ChannelHandlerContext context = this.stream.connection().channelHandlerContext();
		Http2ConnectionHandler handler = (Http2ConnectionHandler) context.handler();
		int id = (int) streamId();
		if (handler.connection().stream(id) == null) {
			return;
		}
		Http2Headers trailers = new DefaultHttp2Headers();
		fields.forEach((name, value) -> trailers.add(name.toLowerCase(Locale.ROOT), value));
		ChannelFuture written = handler.encoder().writeHeaders(context, id, trailers, 0, true, context.newPromise());
		context.flush();
		if (written.cause() == null && handler.connection().stream(id) != null) {
			// Netty sends nothing behind the end; but Vert.x is to know that it is there.
			end();
		}
	}

}
