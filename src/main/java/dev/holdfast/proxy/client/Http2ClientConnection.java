package dev.holdfast.proxy.client;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.http2.Http2Connection;
import dev.holdfast.proxy.http2.Http2Limits;
import dev.holdfast.proxy.http2.Http2Stream;
import dev.holdfast.proxy.http2.Http2ViolationException;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that speaks HTTP/2.
 */
final class Http2ClientConnection extends ServedConnection implements Http2Connection.Listener {

	/** What a stream may bring before any of it is taken, bytes. */
	private static final int STREAM_WINDOW = 64 * 1024;

	private final Http2Connection connection;

	private boolean refusalTold;

	Http2ClientConnection(ClientContext context, Channel channel, ClientPeer peer) {
		super(context, channel, peer, true);
		this.connection = Http2Connection.server(context.loop(), limits(context.settings().limits()), this);
	}

	/**
	 * The connection's window is that of all streams: with less, one that nobody reads
	 * from would stop the others.
	 */
	private static Http2Limits limits(TrafficLimits limits) {
		return new Http2Limits(limits.maxStreams(), STREAM_WINDOW, limits.maxStreams() * STREAM_WINDOW,
				limits.maxHeaderSize(), limits.maxHeaderCount(), limits.maxResets());
	}

	/**
	 * Return what reads the connection.
	 */
	ChannelHandler handler() {
		return this.connection.handler();
	}

	@Override
	public void onSettings() {
		awaitNoHead();
		if (context().shuttingDown().getAsBoolean()) {
			announceGoAway();
		}
	}

	@Override
	public void onStreamsAllowed() {
		// Streams are the client's to open.
	}

	@Override
	public void onRequest(Http2Stream stream, RequestHead head, @Nullable Rejection rejection) {
		beginRequest();
		Http2ClientStream request = new Http2ClientStream(this, stream, head, rejection);
		stream.listen(request);
		context().requests().onRequest(request);
	}

	@Override
	public void onGoAway() {
		// The client will not go before it has its responses.
	}

	@Override
	public void onFlood(String reason) {
		reject(ClientRefusal.HTTP2_FLOOD);
	}

	@Override
	public void onClosed(@Nullable Throwable cause) {
		if (cause instanceof Http2ViolationException) {
			reject(ClientRefusal.HTTP2_PROTOCOL);
		}
		leave();
	}

	/**
	 * Tell what the client did wrong, once. It is not logged: whoever can reach the port
	 * could fill the log.
	 */
	private void reject(ClientRefusal reason) {
		if (!this.refusalTold) {
			this.refusalTold = true;
			context().listener().onRejected(reason.reason());
		}
	}

	@Override
	void onHeadOverdue() {
		turnAway(GatewayError.HEADER_TIMEOUT, ClientRefusal.HEADER_TIMEOUT);
		this.connection.close();
	}

	@Override
	void endUnused() {
		this.connection.close();
	}

	@Override
	public boolean isMultiplexed() {
		return true;
	}

	@Override
	public void announceGoAway() {
		this.connection.announceGoAway();
	}

	@Override
	public void goAway() {
		this.connection.goAway();
	}

	@Override
	public void closeWhenDone() {
		this.connection.closeWhenIdle();
	}

	@Override
	public void close() {
		this.connection.close();
	}

}
