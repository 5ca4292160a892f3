package dev.holdfast.proxy.transport;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.handler.ssl.SslHandler;

/**
 * Ways to end a connection that is in use, and to see that the other side has.
 */
public final class Sockets {

	/** {@code TCP_ESTABLISHED} of Linux. */
	private static final int TCP_ESTABLISHED = 1;

	private Sockets() {
	}

	/**
	 * Tell a peer that nothing more will come, while what it still sends is read: closing
	 * with something unread would reset the connection and could take along what was
	 * sent.
	 * @param channel the connection, to which everything has been flushed
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // a peer that has gone needs no telling
	public static void endOutput(Channel channel) {
		SslHandler tls = channel.pipeline().get(SslHandler.class);
		if (tls != null) {
			tls.closeOutbound();
		}
		else if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
			duplex.shutdownOutput();
		}
	}

	/**
	 * Return what has been written and not been sent: a number that changes with every
	 * byte that the peer takes.
	 * @param channel the connection
	 */
	public static long untaken(Channel channel) {
		ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() - buffer.currentProgress() : 0;
	}

	/**
	 * Reset a connection, so that no peer takes what it got for a whole message: to
	 * HTTP/1.0, an orderly close says that a response is complete.
	 * @param channel the connection
	 */
	public static void reset(Channel channel) {
		if (channel.isOpen()) {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
			channel.unsafe().close(channel.voidPromise());
		}
	}

	/**
	 * Whether the other side has ended a connection, which this side has not read yet.
	 * Known of Linux sockets; any other passes for sound.
	 * @param channel the connection
	 */
	public static boolean isStale(Channel channel) {
		return switch (channel) {
			case EpollSocketChannel socket -> !socket.isOpen() || socket.tcpInfo().state() != TCP_ESTABLISHED;
			case IoUringSocketChannel socket -> !socket.isOpen() || socket.tcpInfo().state() != TCP_ESTABLISHED;
			default -> false;
		};
	}

}
