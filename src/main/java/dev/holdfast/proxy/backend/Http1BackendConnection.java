package dev.holdfast.proxy.backend;

import java.io.IOException;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import dev.holdfast.proxy.http1.ResponseParser;
import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.transport.TlsFailures;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.ChannelTunnelEnd;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an instance that carries one HTTP/1.1 request at a time. The last
 * handler of its channel.
 *
 * <p>
 * It is read to its end when nothing more can be written to it: an instance that wants no
 * more of a request answers, and closes with some of it unread, which resets the
 * connection (RFC 9112, section 9.6). The response has arrived by then, and Netty would
 * close without reading it.
 */
final class Http1BackendConnection extends ChannelDuplexHandler implements BackendConnection {

	private final TrafficLoop loop;

	private final ResponseInput input;

	private final ConnectionLifetime lifetime;

	private final Listener listener;

	private @Nullable ChannelHandlerContext context;

	private @Nullable RequestOutput output;

	private @Nullable Http1BackendStream current;

	private long idleUntil;

	private boolean reused;

	/** Whether bytes have come since the request took the connection. */
	private boolean answering;

	private boolean closed;

	/** Whether nothing is read for now. */
	private boolean stopped;

	/**
	 * Prepare to carry requests.
	 * @param loop the event loop
	 * @param maxHeaderSize the largest head of a response, bytes
	 * @param lifetime until when it takes requests
	 * @param listener hears of it
	 */
	Http1BackendConnection(TrafficLoop loop, int maxHeaderSize, ConnectionLifetime lifetime, Listener listener) {
		this.loop = loop;
		this.input = new ResponseInput(this, maxHeaderSize);
		this.lifetime = lifetime;
		this.listener = listener;
	}

	@Override
	public void handlerAdded(ChannelHandlerContext context) {
		this.context = context;
		this.output = new RequestOutput(this.loop, context);
		context.channel().config().setAutoClose(false);
	}

	@Override
	public BackendStream begin() {
		Http1BackendStream stream = new Http1BackendStream(this, this.loop);
		this.current = stream;
		this.answering = false;
		return stream;
	}

	@Override
	public boolean isShared() {
		return false;
	}

	@Override
	public boolean isStale() {
		return !isOpen() || Sockets.isStale(context().channel());
	}

	@Override
	public boolean isDue(long now) {
		return this.lifetime.isOver(now);
	}

	@Override
	public void leave() {
		if (this.current == null) {
			close();
		}
	}

	/**
	 * Close in order.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // its end is told
	void close() {
		context().close();
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Whether it has not been closed, which may not have been told yet.
	 */
	boolean isOpen() {
		return !this.closed && context().channel().isActive();
	}

	boolean isReused() {
		return this.reused;
	}

	/**
	 * Lie in the pool.
	 * @param until until when, nanoseconds
	 */
	void rest(long until) {
		this.reused = true;
		this.idleUntil = until;
	}

	long idleUntil() {
		return this.idleUntil;
	}

	Channel channel() {
		return context().channel();
	}

	ResponseParser parser() {
		return this.input.parser();
	}

	private ChannelHandlerContext context() {
		if (this.context == null) {
			throw new IllegalStateException("connection: not in a channel yet");
		}
		return this.context;
	}

	/**
	 * Return where requests are written.
	 */
	RequestOutput output() {
		if (this.output == null) {
			throw new IllegalStateException("connection: not in a channel yet");
		}
		return this.output;
	}

	@Override
	public void flush(ChannelHandlerContext context) {
		output().flush();
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		ByteBuf data = (ByteBuf) message;
		if (this.current == null || this.closed) {
			// Nobody asked for it, so it must be nobody's response.
			data.release();
			close();
			return;
		}
		this.answering = true;
		this.input.read(context, data, this.current);
	}

	/**
	 * Read on, or no more for now.
	 * @param on whether to read
	 */
	void autoRead(boolean on) {
		if (on == this.stopped) {
			this.stopped = !on;
			context().channel().config().setAutoRead(on);
		}
	}

	/**
	 * End a request: both have been sent whole, the request and the response.
	 * @param stream the request
	 * @param keep whether the connection can carry another
	 * @param announcedSeconds for how long the instance said that it keeps it, -1 when it
	 * did not say
	 */
	void release(Http1BackendStream stream, boolean keep, int announcedSeconds) {
		if (!carries(stream)) {
			return;
		}
		this.current = null;
		if (this.closed) {
			return;
		}
		if (keep) {
			this.listener.onIdle(this, announcedSeconds);
		}
		else {
			close();
		}
	}

	/**
	 * End a request whatever is still to be sent or to come.
	 * @param stream the request
	 */
	void cancel(Http1BackendStream stream) {
		if (carries(stream)) {
			this.current = null;
			this.input.drop();
			Sockets.reset(context().channel());
		}
	}

	/**
	 * Leave HTTP.
	 * @param stream what led to it
	 */
	TunnelEnd switchProtocols(Http1BackendStream stream) {
		if (!carries(stream) || this.closed) {
			throw new IllegalStateException("switch: the request has ended");
		}
		ByteBuf read = this.input.take();
		this.current = null;
		this.closed = true;
		this.listener.onClosed(this);
		// Takes this handler out as well.
		return new ChannelTunnelEnd(this.loop, context().channel(), read);
	}

	/**
	 * Whether a request is the one that is on the connection.
	 */
	boolean carries(Http1BackendStream stream) {
		return stream.equals(this.current);
	}

	/**
	 * End the request that is on the connection, and the connection.
	 */
	void fail(BackendFailure failure) {
		Http1BackendStream stream = this.current;
		this.current = null;
		this.input.drop();
		Sockets.reset(context().channel());
		if (stream != null) {
			stream.onFailed(failure);
		}
	}

	@Override
	public void channelWritabilityChanged(ChannelHandlerContext context) {
		if (this.current != null && context.channel().isWritable()) {
			this.current.onWritable();
		}
	}

	@Override
	public void userEventTriggered(ChannelHandlerContext context, Object event) {
		// Whoever fails to write hears of the reset, and whoever reads then just hears of
		// an end.
		if (event instanceof ChannelOutputShutdownEvent) {
			this.input.onReset();
		}
		if (event instanceof SslCloseCompletionEvent) {
			// Nothing more comes, whether or not the socket is closed as well.
			close();
		}
	}

	@Override
	public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
		SSLException tls = TlsFailures.of(cause);
		if (tls instanceof SSLHandshakeException && !this.reused && this.current != null
				&& !this.current.isResponseRead()) {
			fail(new BackendFailure.HandshakeRefused(TlsFailures.explain(tls)));
		}
		else if (cause instanceof IOException && tls == null) {
			// What has come before is still to be read; the end follows.
			this.input.onReset();
		}
		else {
			this.input.onReset();
			close();
		}
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		if (this.closed) {
			return;
		}
		this.closed = true;
		this.listener.onClosed(this);
		Http1BackendStream stream = this.current;
		if (stream != null && stream.isExpecting() && this.input.isBodyEnd()) {
			this.input.drop();
			stream.onEnd(false);
		}
		else if (stream != null && !stream.isResponseRead()) {
			fail(new BackendFailure.ConnectionBroken(true, this.reused && !this.answering));
		}
		else {
			this.input.drop();
		}
	}

	@Override
	public void handlerRemoved(ChannelHandlerContext context) {
		this.input.drop();
	}

}
