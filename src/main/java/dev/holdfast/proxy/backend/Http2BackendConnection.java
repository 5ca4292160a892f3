package dev.holdfast.proxy.backend;

import java.util.function.BiConsumer;

import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.http2.Http2Connection;
import dev.holdfast.proxy.http2.Http2Limits;
import dev.holdfast.proxy.http2.Http2Stream;
import dev.holdfast.proxy.http2.Http2ViolationException;
import dev.holdfast.proxy.transport.Sockets;
import dev.holdfast.proxy.transport.TlsFailures;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an instance that carries many requests at a time, as streams of HTTP/2.
 */
final class Http2BackendConnection implements BackendConnection, Http2Connection.Listener {

	/** What a stream may bring before the gateway has taken any of it, bytes. */
	private static final int STREAM_WINDOW = 64 * 1024;

	/** What all streams of a connection may bring, bytes. */
	private static final int CONNECTION_WINDOW = 100 * STREAM_WINDOW;

	private static final int MOST_FIELDS = 1000;

	/** Far from where stream ids come to an end. */
	private static final int MOST_STREAMS_EVER = 1 << 29;

	private static final long CANCEL = 0x8;

	private final TrafficLoop loop;

	private final Http2Connection http2;

	private final boolean secure;

	private final ConnectionLifetime lifetime;

	private final Listener listener;

	/** Takes the connection or why there is none, until it has. */
	private @Nullable BiConsumer<@Nullable BackendConnection, @Nullable Throwable> making;

	private @Nullable Channel channel;

	/** Requests that have a place. */
	private int requests;

	/** Those of them that have not been sent. */
	private int unsent;

	private int requestsEver;

	private long idleUntil;

	private boolean reused;

	private boolean leaving;

	private boolean closed;

	private boolean broken;

	/** Whether the instance has refused the handshake behind its end. */
	private boolean refused;

	/**
	 * Prepare to carry requests.
	 * @param loop the event loop
	 * @param secure whether it is secured by TLS
	 * @param maxHeaderSize the largest head of a response, bytes
	 * @param lifetime until when it takes requests
	 * @param listener hears of it, once it has been made
	 * @param made takes the connection when the instance has said how many streams it
	 * takes, or why there is none
	 */
	Http2BackendConnection(TrafficLoop loop, boolean secure, int maxHeaderSize, ConnectionLifetime lifetime,
			Listener listener, BiConsumer<@Nullable BackendConnection, @Nullable Throwable> made) {
		this.loop = loop;
		this.secure = secure;
		this.lifetime = lifetime;
		this.listener = listener;
		this.making = made;
		this.http2 = Http2Connection.client(loop,
				new Http2Limits(0, STREAM_WINDOW, CONNECTION_WINDOW, maxHeaderSize, MOST_FIELDS, 0), this);
	}

	/**
	 * Return what reads the connection.
	 */
	ChannelHandler handler() {
		return this.http2.handler();
	}

	/**
	 * Set the socket that it is on.
	 * @param channel the socket
	 */
	void channel(Channel channel) {
		this.channel = channel;
	}

	@Override
	public BackendStream begin() {
		this.requests++;
		this.unsent++;
		this.requestsEver++;
		return new Http2BackendStream(this, this.loop);
	}

	@Override
	public boolean isShared() {
		return true;
	}

	@Override
	public boolean isStale() {
		return !isOpen() || (this.channel != null && Sockets.isStale(this.channel));
	}

	@Override
	public boolean isDue(long now) {
		return this.lifetime.isOver(now);
	}

	/**
	 * Whether it can take another request.
	 */
	boolean isFree() {
		// How many more than one can be opened is not known.
		return isOpen() && !this.leaving && this.unsent == 0 && this.requestsEver < MOST_STREAMS_EVER
				&& this.http2.canOpen();
	}

	/**
	 * Whether it carries no request.
	 */
	boolean isIdle() {
		return this.requests == 0;
	}

	boolean isReused() {
		return this.reused;
	}

	/**
	 * Whether it has not been closed, which may not have been told yet.
	 */
	boolean isOpen() {
		return !this.closed && (this.channel == null || this.channel.isActive());
	}

	/**
	 * Set until when it stays if no request comes.
	 * @param until until when, nanoseconds
	 */
	void rest(long until) {
		this.idleUntil = until;
	}

	long idleUntil() {
		return this.idleUntil;
	}

	@Override
	public void leave() {
		if (!this.leaving) {
			this.leaving = true;
			if (this.unsent == 0) {
				this.http2.closeWhenIdle();
			}
		}
	}

	/**
	 * Send a request's head.
	 * @param head the head
	 * @param stream hears what comes of it
	 * @return its stream, {@code null} when the instance takes no more
	 */
	@Nullable Http2Stream open(RequestHead head, Http2BackendStream stream) {
		this.unsent--;
		Http2Stream opened = (isOpen() && this.http2.canOpen()) ? this.http2.open(head, this.secure, stream) : null;
		if (this.leaving && this.unsent == 0) {
			this.http2.closeWhenIdle();
		}
		return opened;
	}

	/**
	 * Give a request's place back.
	 * @param sent whether the request had been sent
	 */
	void release(boolean sent) {
		this.requests--;
		if (!sent) {
			this.unsent--;
			if (this.leaving && this.unsent == 0) {
				this.http2.closeWhenIdle();
			}
		}
		this.reused = true;
		if (!this.closed) {
			this.listener.onPlace(this);
		}
	}

	/**
	 * Whether a request is the first to hear that the connection broke.
	 */
	boolean isFirstToBreak() {
		boolean first = !this.broken;
		this.broken = true;
		return first;
	}

	@Override
	public void onSettings() {
		BiConsumer<@Nullable BackendConnection, @Nullable Throwable> told = this.making;
		this.making = null;
		if (told != null) {
			told.accept(this, null);
		}
	}

	@Override
	public void onStreamsAllowed() {
		if (this.making == null && !this.closed) {
			this.listener.onPlace(this);
		}
	}

	@Override
	public void onRequest(Http2Stream stream, RequestHead head, @Nullable Rejection rejection) {
		// Instances may push nothing.
		stream.reset(CANCEL);
	}

	@Override
	public void onGoAway() {
		if (this.making == null) {
			this.listener.onLeft(this);
		}
		leave();
	}

	@Override
	public void onFlood(String reason) {
		// It is closed.
	}

	@Override
	public void onClosed(@Nullable Throwable cause) {
		this.closed = true;
		BiConsumer<@Nullable BackendConnection, @Nullable Throwable> told = this.making;
		this.making = null;
		if (told != null) {
			SSLException tls = TlsFailures.of(cause);
			told.accept(null, (tls != null) ? tls : cause);
		}
		else {
			this.listener.onClosed(this);
		}
	}

	/**
	 * Tell what it means for a request that the connection broke.
	 * @param cause what broke it, {@code null} for an end in order
	 */
	BackendFailure failure(@Nullable Throwable cause) {
		SSLException tls = TlsFailures.of(cause);
		if (tls instanceof SSLHandshakeException && (!this.reused || this.refused)) {
			// For all requests on it: the first one gives its place back.
			this.refused = true;
			return new BackendFailure.HandshakeRefused(TlsFailures.explain(tls));
		}
		if (cause instanceof Http2ViolationException) {
			return new BackendFailure.Malformed(isFirstToBreak());
		}
		return new BackendFailure.ConnectionBroken(isFirstToBreak(), false);
	}

}
