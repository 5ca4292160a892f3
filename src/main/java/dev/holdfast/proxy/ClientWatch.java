package dev.holdfast.proxy;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that a client's connection is used: that heads arrive in time, that it does
 * not lie idle for ever, and that there are not too many. Stands before the decoders,
 * since half a head is nothing that they tell of.
 */
final class ClientWatch extends ChannelInboundHandlerAdapter {

	/** How long a client that is turned away has to read why. */
	private static final long FAREWELL_NANOS = 1_000_000_000;

	private final EventLoopServer server;

	private HttpConnection connection;

	private final String address;

	private final boolean secure;

	private final Deadline deadline = new Deadline() {

		@Override
		void onDue(long now) {
			ClientWatch.this.onDue();
		}

	};

	private Phase phase = Phase.HEAD;

	/** Whether a byte of the head has come. */
	private boolean begun;

	private boolean multiplexed;

	private int running;

	private long quietSince = System.nanoTime();

	private long untaken;

	/** What is still to be said to a client that is turned away. */
	private @Nullable GatewayError farewell;

	private @Nullable ClientRefusal refused;

	private ClientWatch(EventLoopServer server, HttpConnection connection, String address) {
		this.server = server;
		this.connection = connection;
		this.address = address;
		this.secure = connection.isSsl();
	}

	/**
	 * Finds the watch of a connection, which may have taken another's place, or sets one
	 * up.
	 * @param address the peer's IP address
	 */
	static ClientWatch of(EventLoopServer server, HttpConnection connection, String address) {
		Channel channel = Connections.channel(connection);
		ClientWatch known = channel.pipeline().get(ClientWatch.class);
		if (known != null) {
			known.connection = connection;
			return known;
		}
		ClientWatch watch = new ClientWatch(server, connection, address);
		if (channel.pipeline().get("ssl") != null) {
			Handshakes.end(channel);
			channel.pipeline().addAfter("ssl", null, watch);
		}
		else {
			channel.pipeline().addFirst(watch);
		}
		watch.start();
		return watch;
	}

	private void start() {
		this.refused = this.server.clients().admit(this.address);
		if (this.refused != null) {
			turnAway(GatewayError.TOO_MANY_CONNECTIONS, this.refused);
		}
		else {
			enter(Phase.HEAD, this.server.settings().times().header().toNanos());
		}
	}

	/**
	 * From here on the connection carries any number of requests at a time.
	 */
	void multiplex() {
		this.multiplexed = true;
		if (this.phase == Phase.HEAD) {
			enter(Phase.IDLE, this.server.settings().times().idle().toNanos());
		}
	}

	/**
	 * A request's head has arrived. Followed by one {@link #end}.
	 */
	void begin() {
		this.running++;
		this.phase = Phase.BUSY;
	}

	/**
	 * A request has been answered.
	 */
	void end() {
		this.running--;
		if (this.running == 0 && this.phase == Phase.BUSY) {
			this.untaken = 0;
			this.quietSince = System.nanoTime();
			enter(Phase.IDLE, this.server.settings().times().idle().toNanos());
		}
	}

	/**
	 * How many requests have no whole answer yet.
	 */
	int running() {
		return this.running;
	}

	/**
	 * Whether no request has come since some time, and every one is answered.
	 */
	boolean isQuiet(long since) {
		return this.running == 0 && (this.phase == Phase.IDLE || !this.begun) && this.quietSince - since <= 0;
	}

	private void enter(Phase next, long nanos) {
		this.phase = next;
		this.server.deadlines().set(this.deadline, this.server.deadlines().in(nanos));
	}

	@Override
	public void channelRead(ChannelHandlerContext context, Object message) {
		if (this.phase == Phase.TURNED_AWAY) {
			ReferenceCountUtil.release(message);
			sayFarewell(context);
			return;
		}
		this.begun = true;
		if (this.phase == Phase.IDLE && !this.multiplexed) {
			enter(Phase.HEAD, this.server.settings().times().header().toNanos());
		}
		context.fireChannelRead(message);
	}

	@Override
	public void channelInactive(ChannelHandlerContext context) {
		this.phase = Phase.CLOSED;
		this.server.deadlines().cancel(this.deadline);
		if (this.refused == null) {
			this.server.clients().release(this.address);
		}
		context.fireChannelInactive();
	}

	private void onDue() {
		switch (this.phase) {
			case HEAD -> {
				if (this.begun) {
					turnAway(GatewayError.HEADER_TIMEOUT, ClientRefusal.HEADER_TIMEOUT);
					sayFarewell(Connections.channel(this.connection).pipeline().context(this));
				}
				else {
					this.connection.close();
				}
			}
			case BUSY -> this.server.deadlines().set(this.deadline, Deadlines.NEVER);
			case IDLE -> endIdle();
			case TURNED_AWAY -> Connections.reset(this.connection);
			case CLOSED -> {
				// Not kept any more.
			}
		}
	}

	private void endIdle() {
		long left = Connections.untaken(this.connection);
		if (left == 0) {
			this.connection.close();
		}
		else if (left != this.untaken) {
			this.untaken = left;
			enter(Phase.IDLE, this.server.settings().times().write().toNanos());
		}
		else {
			Connections.reset(this.connection);
		}
	}

	private void turnAway(GatewayError error, ClientRefusal reason) {
		this.server.listener().onTurnedAway(reason.reason(), error.code());
		this.farewell = error;
		enter(Phase.TURNED_AWAY, FAREWELL_NANOS);
	}

	/**
	 * Answers and closes the gateway's direction. What the client still sends is read for
	 * a while: closing at once would reset the connection and take the answer along.
	 */
	private void sayFarewell(ChannelHandlerContext context) {
		GatewayError error = this.farewell;
		if (error != null) {
			this.farewell = null;
			ChannelFuture sent = context
				.writeAndFlush(Unpooled.wrappedBuffer(error.toMessage(this.server.requestIds().next())));
			if (!this.secure && context.channel() instanceof DuplexChannel channel) {
				sent.addListener(
						(done) -> channel.shutdownOutput().addListener(ChannelFutureListener.CLOSE_ON_FAILURE));
			}
		}
	}

	private enum Phase {

		HEAD, BUSY, IDLE, TURNED_AWAY, CLOSED

	}

}
