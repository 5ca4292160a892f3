package dev.holdfast.proxy.http2;

import dev.holdfast.proxy.Rejection;
import dev.holdfast.proxy.header.RequestHead;
import dev.holdfast.proxy.transport.TrafficLoop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * One connection that speaks HTTP/2 (RFC 9113), a client's or one to an instance: its
 * settings, its streams and its flow control. Lives on one event loop.
 */
public final class Http2Connection {

	private static final int MOST_STREAMS = Integer.MAX_VALUE;

	private final TrafficLoop loop;

	private final Http2Limits limits;

	private final Listener listener;

	private final FrameOutput output;

	private final FrameWriter writer;

	private final StreamLinks links;

	private final PeerSettings settings;

	private final FrameReader reader;

	/** {@code null} for a connection to an instance. */
	private final @Nullable ClientFrames client;

	/** {@code null} for a client's connection. */
	private final @Nullable InstanceFrames instance;

	private final FloodGuard guard;

	private final ConnectionHandler handler = new ConnectionHandler(new Channel());

	private @Nullable ChannelHandlerContext context;

	private boolean begun;

	private boolean leaving;

	private boolean closesWhenIdle;

	private boolean closing;

	private boolean closed;

	private @Nullable Throwable cause;

	private Http2Connection(TrafficLoop loop, Http2Limits limits, Listener listener, boolean server) {
		this.loop = loop;
		this.limits = limits;
		this.listener = listener;
		this.guard = new FloodGuard(loop::nanoTime, limits.maxResets());
		this.settings = new PeerSettings(server);
		this.output = new FrameOutput(loop);
		this.writer = new FrameWriter(this.output);
		FlowControl flow = new FlowControl(this.writer, Math.max(FlowControl.INITIAL, limits.connectionWindow()));
		this.links = new StreamLinks(this.writer, flow, new StreamTable(), this::onOwnReset, loop::defer,
				limits.streamWindow());
		HeadReader heads = new HeadReader(limits);
		this.client = server
				? new ClientFrames(this.links, this.settings, heads, this.guard, listener, limits.maxStreams()) : null;
		this.instance = server ? null : new InstanceFrames(this.links, this.settings, heads, this.guard, listener);
		FrameReader.Frames frames = (this.client != null) ? this.client : this.instance;
		if (frames == null) {
			throw new IllegalArgumentException("frames: neither a client's nor an instance's");
		}
		this.reader = new FrameReader(server, limits.maxHeaderSize(), frames);
	}

	/**
	 * Serve a client.
	 * @param loop the event loop
	 * @param limits how much may go on at the same time
	 * @param listener hears of it
	 * @return the connection
	 */
	public static Http2Connection server(TrafficLoop loop, Http2Limits limits, Listener listener) {
		return new Http2Connection(loop, limits, listener, true);
	}

	/**
	 * Speak to an instance.
	 * @param loop the event loop
	 * @param limits how much may go on at the same time
	 * @param listener hears of it
	 * @return the connection
	 */
	public static Http2Connection client(TrafficLoop loop, Http2Limits limits, Listener listener) {
		return new Http2Connection(loop, limits, listener, false);
	}

	/**
	 * Return what reads the connection, to be put into the channel's pipeline as its last
	 * handler, behind TLS if there is any. It sends the preface and the settings as soon
	 * as the channel is active. Bytes that were read before are to be given to its
	 * {@code channelRead}.
	 */
	public ChannelHandler handler() {
		return this.handler;
	}

	/**
	 * Open a stream to an instance and send the head of its request.
	 * @param head the request; {@link RequestHead#hasBody} tells whether the stream stays
	 * open for a body. Its authority is {@link RequestHead#authority}
	 * @param secure whether {@code :scheme} is https
	 * @param listener hears what comes of it
	 * @return the stream
	 */
	public Http2Stream open(RequestHead head, boolean secure, Http2Stream.Listener listener) {
		InstanceFrames frames = this.instance;
		if (frames == null) {
			throw new IllegalStateException("open: a client's connection (expected: one to an instance)");
		}
		StreamState stream = StreamState.opened(frames.nextStream(), this.links, head, secure, listener);
		this.links.table().add(stream);
		return stream;
	}

	/**
	 * Whether another stream can be opened: within what the instance allows, and not
	 * behind a GOAWAY of either side.
	 */
	public boolean canOpen() {
		return this.instance != null && this.instance.takesStreams() && this.settings.isReceived() && !this.leaving
				&& !this.closing && !this.closed && activeStreams() < this.settings.maxStreams();
	}

	/**
	 * Return how many streams are open or half closed.
	 */
	public int activeStreams() {
		return this.links.table().size();
	}

	/**
	 * Ask the peer to begin no more streams, but serve those that are on their way (RFC
	 * 9113, section 6.8).
	 */
	public void announceGoAway() {
		if (!this.leaving && greet()) {
			this.writer.goAway(MOST_STREAMS, ErrorCode.NO_ERROR);
		}
	}

	/**
	 * Tell the peer which of its streams was the last. Later ones are not served.
	 */
	public void goAway() {
		if (!this.leaving) {
			this.leaving = true;
			if (this.client != null) {
				this.client.serveNoMore();
			}
			if (greet()) {
				this.writer.goAway(lastStream(), ErrorCode.NO_ERROR);
			}
		}
	}

	/**
	 * Close the connection, with GOAWAY, when its last stream has ended.
	 */
	public void closeWhenIdle() {
		goAway();
		this.closesWhenIdle = true;
		this.output.flushLater();
	}

	/**
	 * Close the connection with GOAWAY and without error, whatever goes on.
	 */
	public void close() {
		end(ErrorCode.NO_ERROR, null);
	}

	/**
	 * Sends what a connection begins with, which nothing may come before.
	 * @return whether it has been sent
	 */
	private boolean greet() {
		if (!this.begun && this.context != null) {
			this.begun = true;
			if (this.client != null) {
				OwnSettings.writeToClient(this.writer, this.limits);
			}
			else {
				OwnSettings.writeToInstance(this.writer, this.limits);
			}
		}
		return this.begun;
	}

	private void endTurn() {
		FlowControl flow = this.links.flow();
		flow.sendAll();
		if (this.links.table().hasShrunk() && this.instance != null) {
			this.listener.onStreamsAllowed();
		}
		this.links.table().endTurn();
		this.output.flush();
		if (flow.canSend()) {
			// Others' turn comes first, and what their sockets have brought.
			this.loop.defer(this.output::flushLater);
		}
		if (this.closesWhenIdle && activeStreams() == 0) {
			close();
		}
	}

	private int lastStream() {
		return (this.client != null) ? this.client.lastStream() : 0;
	}

	/**
	 * A client that is sent its response and does not stop sending has made this side
	 * reset the stream (CVE-2025-8671). Any other reset is not the client's doing.
	 */
	private void onOwnReset(long code) {
		if (code == ErrorCode.NO_ERROR && this.client != null) {
			try {
				this.guard.onProvokedReset();
			}
			catch (Http2ViolationException ex) {
				this.loop.defer(() -> fail(ex));
			}
		}
	}

	private void fail(Http2ViolationException violation) {
		end(violation.code(), violation);
	}

	/**
	 * Says GOAWAY and closes the channel when the peer has had the time to read it. One
	 * that floods this side has not.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // a channel that is closed tells of it
	private void end(long code, @Nullable Http2ViolationException violation) {
		ChannelHandlerContext context = this.context;
		if (this.closing || context == null) {
			return;
		}
		this.closing = true;
		this.cause = violation;
		this.reader.stop();
		greet();
		this.writer.goAway(lastStream(), code);
		ChannelFuture sent = this.output.flushLast(context);
		this.output.stop();
		Flood flood = (violation != null) ? violation.flood() : null;
		if (violation != null) {
			loseStreams();
		}
		if (flood != null) {
			this.listener.onFlood(flood.reason());
			context.close();
		}
		else {
			new LingeringClose(this.loop, context, this.client != null).closeBehind(sent);
		}
	}

	private void loseStreams() {
		for (StreamState stream : this.links.table().all()) {
			stream.onConnectionLost(this.cause);
		}
	}

	/**
	 * Hears of the channel.
	 */
	private final class Channel implements ConnectionHandler.Events {

		@Override
		public void onAdded(ChannelHandlerContext context) {
			Http2Connection.this.context = context;
			Http2Connection.this.output.start(context);
		}

		@Override
		public void onActive() {
			greet();
		}

		@Override
		public void onRead(ByteBuf in) {
			ChannelHandlerContext context = Http2Connection.this.context;
			if (context != null && !Http2Connection.this.closing) {
				try {
					Http2Connection.this.reader.read(in, context.alloc());
				}
				catch (Http2ViolationException ex) {
					fail(ex);
				}
			}
		}

		@Override
		public void onWritable() {
			StreamLinks links = Http2Connection.this.links;
			if (links.flow().giveBack()) {
				links.table().all().forEach(StreamState::giveBack);
			}
			links.flow().sendLater();
		}

		@Override
		public void onBroken(Throwable cause) {
			if (Http2Connection.this.cause == null) {
				Http2Connection.this.cause = cause;
			}
		}

		@Override
		public void onInactive() {
			if (!Http2Connection.this.closed) {
				Http2Connection.this.closing = true;
				Http2Connection.this.closed = true;
				Http2Connection.this.reader.stop();
				Http2Connection.this.output.stop();
				loseStreams();
				Http2Connection.this.listener.onClosed(Http2Connection.this.cause);
			}
		}

		@Override
		public void onTurnEnd() {
			endTurn();
		}

	}

	/**
	 * Hears of a connection.
	 */
	public interface Listener {

		/**
		 * The peer's first SETTINGS have come.
		 */
		void onSettings();

		/**
		 * The peer has changed how many streams it takes, or a stream has ended, so that
		 * {@link #canOpen} may have become {@code true}.
		 */
		void onStreamsAllowed();

		/**
		 * A client has begun a request. The listener sets the stream's listener before it
		 * returns.
		 * @param stream the stream
		 * @param head the request's head, which is the listener's until the stream has
		 * ended
		 * @param rejection why the request is malformed or too large although its frames
		 * are not (it is to be answered, and its body not to be read), {@code null} when
		 * it is not
		 */
		void onRequest(Http2Stream stream, RequestHead head, @Nullable Rejection rejection);

		/**
		 * The peer takes no more streams. Streams that it never saw are told of it by
		 * {@link Http2Stream.Listener#onRefused}.
		 */
		void onGoAway();

		/**
		 * A client made more resets, empty frames, settings or pings than it may, and the
		 * connection is closed for it. {@link #onClosed} follows, with an
		 * {@link Http2ViolationException}, as it does for any other violation of the
		 * rules.
		 * @param reason the reason in a word that fits a label: {@code resets},
		 * {@code provoked-resets}, {@code empty-frames}, {@code continuations} or
		 * {@code control-frames}
		 */
		void onFlood(String reason);

		/**
		 * The connection has closed; all streams have been told.
		 * @param cause what broke it, {@code null} when it was closed in order
		 */
		void onClosed(@Nullable Throwable cause);

	}

}
