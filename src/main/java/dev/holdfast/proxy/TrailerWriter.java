package dev.holdfast.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.MultiMap;

/**
 * Adds trailers to the end of one HTTP/1.1 request, for which Vert.x has no way.
 */
final class TrailerWriter extends ChannelOutboundHandlerAdapter {

	private final MultiMap trailers;

	TrailerWriter(MultiMap trailers) {
		this.trailers = trailers;
	}

	@Override
	public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
		if (!(message instanceof LastHttpContent last)) {
			super.write(context, message, promise);
			return;
		}
		LastHttpContent replacement = new DefaultLastHttpContent(last.content());
		this.trailers.forEach((name, value) -> replacement.trailingHeaders().add(name, value));
		super.write(context, replacement, promise);
		context.pipeline().remove(this);
	}

}
