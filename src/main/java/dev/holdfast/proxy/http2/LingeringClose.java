package dev.holdfast.proxy.http2;

import java.time.Duration;

import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.DuplexChannel;

/**
 * Closes a connection when its peer has had the time to read the last that it was sent.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that is closed tells of it
final class LingeringClose {

	/** How long a peer may take to read that it is to go. */
	private static final Duration LINGER = Duration.ofSeconds(1);

	/** How long a client may take to read the last that it was sent. */
	private static final Duration READ_TIME = Duration.ofSeconds(5);

	private final TrafficLoop loop;

	private final ChannelHandlerContext context;

	private final boolean toClient;

	/**
	 * Prepare to close.
	 * @param loop the event loop
	 * @param context the connection's last handler
	 * @param toClient whether the peer is a client
	 */
	LingeringClose(TrafficLoop loop, ChannelHandlerContext context, boolean toClient) {
		this.loop = loop;
		this.context = context;
		this.toClient = toClient;
	}

	/**
	 * Close when the socket has taken what was sent, or has not for too long.
	 * @param sent completed when it has
	 */
	void closeBehind(ChannelFuture sent) {
		TrafficLoop.Timer timer = this.loop.after(LINGER.toNanos(), () -> this.context.close());
		sent.addListener((done) -> {
			timer.cancel();
			close();
		});
	}

	/**
	 * Ends this side's direction first: to close while a client still tells of windows
	 * would reset the connection, and take along what the client has not read.
	 */
	private void close() {
		if (this.toClient && this.context.channel() instanceof DuplexChannel channel && channel.isActive()) {
			Sockets.endOutput(channel);
			this.loop.after(READ_TIME.toNanos(), () -> this.context.close());
		}
		else {
			this.context.close();
		}
	}

}
