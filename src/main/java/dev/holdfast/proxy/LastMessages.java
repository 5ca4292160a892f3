package dev.holdfast.proxy;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.VertxConnection;

/**
 * Lets a connection's last messages come before its end. While nobody takes what it has
 * read, Vert.x queues messages twice, and would forget one of the queues when the
 * connection ends: an answer that came whole would count as broken off, and the buffers
 * would leak.
 */
final class LastMessages extends ChannelInboundHandlerAdapter {

	private final VertxConnection connection;

	LastMessages(HttpConnection connection) {
		this.connection = (VertxConnection) Connections.actual(connection);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		// Moves all to the other queue, which is kept, and is not read on account of
		// this.
		this.connection.doResume();
		context.fireChannelInactive();
	}

}
