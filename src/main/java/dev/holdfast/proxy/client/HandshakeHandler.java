package dev.holdfast.proxy.client;

import javax.net.ssl.SSLException;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.ExchangeListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;

/**
 * Waits for a client's TLS handshake to end. Nothing is logged of one that fails: whoever
 * can reach the port could fill the log.
 */
final class HandshakeHandler extends ChannelInboundHandlerAdapter {

	private final ExchangeListener listener;

	private final Runnable secured;

	/**
	 * Prepare to wait.
	 * @param listener hears of a handshake that fails
	 * @param secured told when the handshake has succeeded
	 */
	HandshakeHandler(ExchangeListener listener, Runnable secured) {
		this.listener = listener;
		this.secured = secured;
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		if (!(event instanceof SslHandshakeCompletionEvent handshake)) {
			return;
		}
		if (handshake.isSuccess()) {
			this.secured.run();
			context.pipeline().remove(this);
		}
		else if (handshake.cause() instanceof SSLException) {
			this.listener.onRejected(ClientRefusal.TLS_HANDSHAKE.reason());
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
		// The end of the handshake tells the same.
	}

}
