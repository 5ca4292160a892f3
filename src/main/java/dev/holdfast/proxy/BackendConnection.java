package dev.holdfast.proxy;

import java.util.function.BooleanSupplier;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an instance. With HTTP/1.1 it carries one request at a time, with
 * HTTP/2 as many as the instance allows. Lies in {@link BackendConnections} while it can
 * take another.
 */
final class BackendConnection {

	/** What the instance is told when nobody waits for its answer any more. */
	private static final long CANCEL = 0x8;

	/** Far from where stream ids come to an end. */
	private static final int MOST_STREAMS_EVER = 1 << 29;

	private final Destination destination;

	private final HttpClientConnection connection;

	private final AnswerDecoder decoder;

	private final boolean shared;

	/** {@code null} when it is not shared. */
	private final @Nullable PausableStreams streams;

	private final long dueAt;

	private final BooleanSupplier outdated;

	private int requests;

	private int requestsEver;

	private boolean reused;

	private long idleUntil;

	private boolean leaving;

	private boolean closed;

	private boolean broken;

	/**
	 * Takes a connection that has come about.
	 * @param dueAt when it is too old, nanoseconds
	 * @param outdated tells whether it leads where the instance is not any more
	 */
	BackendConnection(Destination destination, HttpClientConnection connection, AnswerDecoder decoder, long dueAt,
			BooleanSupplier outdated) {
		this.decoder = decoder;
		this.dueAt = dueAt;
		this.outdated = outdated;
		this.destination = destination;
		this.connection = connection;
		this.shared = connection.protocolVersion() == HttpVersion.HTTP_2;
		this.streams = this.shared ? new PausableStreams(http2Handler()) : null;
	}

	/**
	 * Begins a request. An HTTP/1.1 connection must have been taken for it, one that is
	 * shared must be {@link #isFree() free}.
	 */
	Future<BackendRequest> request() {
		// Past Vert.x's own count of streams: it never gets back what was given up early.
		return actual().createStream(actual().context()).map((stream) -> new BackendRequest(this.connection, stream));
	}

	/**
	 * Hears of it when the instance takes no more requests on a shared connection. Vert.x
	 * would tell as well, but leaks a buffer each time.
	 */
	void onGoAway(Runnable task) {
		http2().addListener(new Http2ConnectionAdapter() {
			@Override
			public void onGoAwayReceived(int lastStreamId, long errorCode, ByteBuf debugData) {
				task.run();
			}
		});
	}

	/**
	 * Whether the instance said that it has not looked at a request on a shared
	 * connection.
	 */
	boolean neverSaw(HttpClientRequest request) {
		return this.shared && http2().goAwayReceived() && request.streamId() > http2().local().lastStreamKnownByPeer();
	}

	private Http2Connection http2() {
		return http2Handler().connection();
	}

	private Http2ConnectionHandler http2Handler() {
		return (Http2ConnectionHandler) actual().channelHandlerContext().handler();
	}

	private io.vertx.core.http.impl.HttpClientConnection actual() {
		return ((UnpooledHttpClientConnection) this.connection).unwrap();
	}

	/**
	 * Counts a request that is about to begin.
	 */
	void acquire() {
		this.requests++;
		this.requestsEver++;
	}

	/**
	 * Counts a request that has ended.
	 */
	void release() {
		this.reused = true;
		this.requests--;
		if (this.leaving && this.requests == 0) {
			close();
		}
	}

	/**
	 * Closes it in order. It must be idle.
	 */
	void close() {
		this.closed = true;
		this.connection.close();
	}

	/**
	 * Ends a request whatever is still to be sent: the instance is to stop working on
	 * what nobody waits for, and one that reads nothing must not hold the connection
	 * open.
	 */
	void giveUp(HttpClientRequest request) {
		if (this.shared) {
			request.reset(CANCEL);
		}
		else {
			this.closed = true;
			Connections.reset(this.connection);
		}
	}

	/**
	 * The socket that it is on.
	 */
	Channel channel() {
		return Connections.channel(this.connection);
	}

	/**
	 * Whether the instance has ended it already.
	 */
	boolean isStale() {
		return Connections.isStale(this.connection);
	}

	void idleUntil(long time) {
		this.idleUntil = time;
	}

	long idleUntil() {
		return this.idleUntil;
	}

	/**
	 * Whether it carries many requests at a time.
	 */
	boolean isShared() {
		return this.shared;
	}

	/**
	 * Whether it can take another request.
	 */
	boolean isFree() {
		return !this.closed && !this.leaving && this.requestsEver < MOST_STREAMS_EVER
				&& Math.max(this.requests, this.connection.activeStreams()) < this.connection.maxActiveStreams();
	}

	/**
	 * What brings the body of a request's answer.
	 */
	BodySource bodyOf(HttpClientRequest request) {
		return (this.streams != null) ? this.streams.body(request.streamId()) : this.decoder;
	}

	/**
	 * Whether the instance has sent nothing but the answers to its requests.
	 */
	boolean isClean() {
		return this.decoder.isReusable();
	}

	/**
	 * Whether the answer to its request has been read to the end, though perhaps not been
	 * handed on.
	 */
	boolean isAnswered() {
		return !this.shared && !this.decoder.expectsMessage();
	}

	/**
	 * Whether it carries no request.
	 */
	boolean isIdle() {
		return this.requests == 0;
	}

	/**
	 * Whether it is to take no more requests when those on it have ended.
	 * @param now the time, nanoseconds
	 */
	boolean isDue(long now) {
		return now - this.dueAt >= 0 || this.outdated.getAsBoolean();
	}

	/**
	 * Whether it carried a request before, so that the instance may just be about to
	 * close it.
	 */
	boolean isReused() {
		return this.reused;
	}

	/**
	 * Whether a request is the first to hear that the connection broke. What the others
	 * hear says nothing new of the instance.
	 */
	boolean isFirstToBreak() {
		boolean first = !this.broken;
		this.broken = true;
		return first;
	}

	/**
	 * Takes no more requests, and closes when the last one has ended.
	 */
	void leave() {
		this.leaving = true;
		if (this.requests == 0) {
			close();
		}
	}

	void onClosed() {
		this.closed = true;
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * Where it goes.
	 */
	Destination destination() {
		return this.destination;
	}

}
