package dev.holdfast.proxy;

import java.util.List;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.CombinedChannelDuplexHandler;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestEncoder;

/**
 * What stands between a connection to a backend and Vert.x: a decoder that is told of
 * each request that goes out.
 */
final class BackendCodec extends CombinedChannelDuplexHandler<AnswerDecoder, HttpRequestEncoder> {

	BackendCodec(AnswerDecoder decoder) {
		super(decoder, new Encoder(decoder));
	}

	private static final class Encoder extends HttpRequestEncoder {

		private final AnswerDecoder decoder;

		private Encoder(AnswerDecoder decoder) {
			this.decoder = decoder;
		}

		@Override
		protected void encode(ChannelHandlerContext context, Object message, List<Object> out) throws Exception {
			if (message instanceof HttpRequest request) {
				this.decoder.ask(request.method());
			}
			super.encode(context, message, out);
		}

	}

}
