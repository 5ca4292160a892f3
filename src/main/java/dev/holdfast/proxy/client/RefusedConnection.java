package dev.holdfast.proxy.client;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.ClientPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/**
 * A connection beyond the limits. Its client is told so as soon as it asks for something,
 * and nothing of that is read.
 */
final class RefusedConnection extends ServedConnection {

	private boolean told;

	RefusedConnection(ClientContext context, Channel channel, ClientPeer peer) {
		super(context, channel, peer, false);
	}

	void open(ClientRefusal reason) {
		open();
		turnAway(GatewayError.TOO_MANY_CONNECTIONS, reason);
	}

	ChannelHandler handler() {
		return new Handler();
	}

	private void onBytes() {
		if (!this.told) {
			this.told = true;
			sayFarewell(GatewayError.TOO_MANY_CONNECTIONS);
		}
	}

	@Override
	void onHeadOverdue() {
		close();
	}

	@Override
	void endUnused() {
		close();
	}

	@Override
	public void closeWhenDone() {
		close();
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // it hears of the end itself
	public void close() {
		channel().close();
	}

	/**
	 * The connection's only reader.
	 */
	private final class Handler extends ChannelInboundHandlerAdapter {

		@Override
		public void channelRead(ChannelHandlerContext context, Object message) {
			ReferenceCountUtil.release(message);
			onBytes();
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			// Of the connection, which ends by it.
		}

		@Override
		public void channelInactive(ChannelHandlerContext context) {
			leave();
		}

	}

}
