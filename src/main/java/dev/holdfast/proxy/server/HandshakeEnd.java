package dev.holdfast.proxy.server;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Tells the {@link Handshakes} that one of them has ended. Stands behind TLS until then.
 */
final class HandshakeEnd extends ChannelInboundHandlerAdapter {

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (event instanceof SslHandshakeCompletionEvent ended) {
			Handshakes.end(context.channel());
			if (ended.isSuccess()) {
				context.pipeline().remove(this);
			}
		}
		context.fireUserEventTriggered(event);
	}

	/**
	 * The handshake's end has told it.
	 */
	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // it may have been closed already
	public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
		context.close();
	}

}
