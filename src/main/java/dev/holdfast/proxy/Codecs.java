package dev.holdfast.proxy;

import java.util.ArrayList;
import java.util.List;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectEncoder;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.stream.ChunkedWriteHandler;
import io.netty.handler.timeout.IdleStateHandler;
import io.vertx.core.http.HttpConnection;

/**
 * The handlers that make HTTP/1.1 of a connection's bytes.
 */
final class Codecs {

	/** Vert.x's name for its own end of a connection's pipeline. */
	static final String LAST_HANDLER = "handler";

	private static final String DECODER = "httpDecoder";

	private static final String ENCODER = "httpEncoder";

	/** Vert.x's name for decoder and encoder of a connection to a backend. */
	static final String CLIENT_CODEC = "codec";

	private Codecs() {
	}

	/**
	 * Puts another decoder in the place of Vert.x's, which takes many a malformed request
	 * for a good one.
	 */
	static void readStrictly(HttpConnection connection, RequestDecoder decoder) {
		ChannelPipeline pipeline = Connections.channel(connection).pipeline();
		if (pipeline.get(DECODER) instanceof HttpRequestDecoder) {
			pipeline.replace(DECODER, DECODER, decoder);
		}
	}

	/**
	 * The same for a connection to a backend, which is read to its end when nothing more
	 * can be written to it: a backend that wants no more of a request answers, and closes
	 * with some of it unread, which resets the connection (RFC 9112, section 9.6). The
	 * answer has arrived by then, and Netty would close without reading it.
	 */
	static void readStrictly(HttpConnection connection, AnswerDecoder decoder) {
		Channel channel = Connections.channel(connection);
		channel.config().setAutoClose(false);
		ChannelPipeline pipeline = channel.pipeline();
		if (pipeline.get(CLIENT_CODEC) instanceof HttpClientCodec) {
			pipeline.replace(CLIENT_CODEC, CLIENT_CODEC, new BackendCodec(decoder));
			pipeline.addBefore(LAST_HANDLER, null, new LastMessages(connection));
		}
	}

	/**
	 * Stops reading requests. Bytes that were not decoded are passed on as they are.
	 */
	static void removeDecoder(ChannelPipeline pipeline) {
		pipeline.remove(DECODER);
	}

	static void restoreDecoder(ChannelPipeline pipeline, ChannelHandler decoder) {
		pipeline.addBefore(ENCODER, DECODER, decoder);
	}

	/**
	 * Takes everything out of a pipeline that is for HTTP alone. Bytes that were not
	 * decoded are passed on as they are, past all decoders.
	 */
	static void remove(ChannelPipeline pipeline) {
		pipeline.channel().config().setAutoClose(true);
		List<ChannelHandler> handlers = new ArrayList<>(pipeline.toMap().values());
		for (ChannelHandler handler : handlers.reversed()) {
			if (isForHttp(handler)) {
				pipeline.remove(handler);
			}
		}
	}

	private static boolean isForHttp(ChannelHandler handler) {
		return switch (handler) {
			case SslHandler tls -> false;
			case ByteToMessageDecoder decoder -> true;
			case HttpObjectEncoder<?> encoder -> true;
			case BackendCodec codec -> true;
			case TrailerReader trailers -> true;
			case LastMessages messages -> true;
			case ChunkedWriteHandler files -> true;
			// A tunnel counts its idle time itself.
			case IdleStateHandler idle -> true;
			default -> false;
		};
	}

}
