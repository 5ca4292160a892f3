package dev.holdfast.proxy;

import java.time.Duration;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Ways to end a connection that is in use, and to see that the other side has.
 */
final class Connections {

	/** How long a client may take to notice that nothing more of its body is wanted. */
	private static final Duration LINGER = Duration.ofSeconds(5);

	/** {@code TCP_ESTABLISHED} of Linux. */
	private static final int TCP_ESTABLISHED = 1;

	private Connections() {
	}

	/**
	 * Closes an HTTP/1.1 connection when the answer in progress has been sent. Until
	 * then, and for a while, what the client still sends is read: closing at once would
	 * reset the connection and could take the answer along.
	 */
	static void closeAfterAnswer(HttpConnection connection) {
		connection.shutdown(LINGER);
	}

	/**
	 * Tells a client that nothing more will come, while what it still sends is read:
	 * closing with something unread would reset the connection and could take the answer
	 * along.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // a client that has gone needs no
													// telling
	static void endOutput(HttpConnection connection) {
		Channel channel = channel(connection);
		SslHandler tls = channel.pipeline().get(SslHandler.class);
		if (tls != null) {
			tls.closeOutbound();
		}
		else if (channel instanceof DuplexChannel duplex && duplex.isActive()) {
			duplex.shutdownOutput();
		}
	}

	/**
	 * What has been written and not been sent: a number that changes with every byte that
	 * the peer takes.
	 */
	static long untaken(HttpConnection connection) {
		ChannelOutboundBuffer buffer = channel(connection).unsafe().outboundBuffer();
		return (buffer != null) ? buffer.totalPendingWriteBytes() - buffer.currentProgress() : 0;
	}

	/**
	 * Resets an HTTP/1.1 connection, so that no peer takes what it got for a whole
	 * message: to HTTP/1.0, an orderly close says that an answer is complete.
	 */
	static void reset(HttpConnection connection) {
		// Vert.x has no reset for HTTP/1.1, only an orderly close that waits for slow
		// readers.
		reset(channel(connection));
	}

	static void reset(Channel channel) {
		if (channel.isOpen()) {
			channel.config().setOption(ChannelOption.SO_LINGER, 0);
			channel.unsafe().close(channel.voidPromise());
		}
	}

	/**
	 * Whether the other side has ended a connection, which this side has not read yet.
	 * Known of Linux sockets; any other passes for sound.
	 */
	static boolean isStale(HttpConnection connection) {
		return channel(connection) instanceof EpollSocketChannel socket
				&& (!socket.isOpen() || socket.tcpInfo().state() != TCP_ESTABLISHED);
	}

	/**
	 * The socket that a connection is on.
	 */
	static Channel channel(HttpConnection connection) {
		return ((ConnectionBase) actual(connection)).channel();
	}

	/**
	 * The connection behind the face that Vert.x gives one to a backend.
	 */
	static HttpConnection actual(HttpConnection connection) {
		return (connection instanceof UnpooledHttpClientConnection unpooled) ? unpooled.unwrap() : connection;
	}

}
