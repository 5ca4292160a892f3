package dev.holdfast.proxy.client;

import java.time.Duration;

import dev.holdfast.proxy.ClientRefusal;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.header.ClientPeer;
import dev.holdfast.proxy.transport.Deadline;
import dev.holdfast.proxy.transport.Deadlines;
import dev.holdfast.proxy.transport.Sockets;
import io.netty.channel.Channel;

/**
 * A client's connection with the times that it is given: heads arrive in time, it does
 * not lie idle for ever, and who is sent off goes.
 */
abstract class ServedConnection extends Deadline implements ClientConnection {

	/** How long a client that is turned away has to read why. */
	private static final long FAREWELL_NANOS = 1_000_000_000;

	/** How long a client may take to notice that nothing more of it is wanted. */
	private static final long LINGER_NANOS = 5_000_000_000L;

	private final ClientContext context;

	private final Channel channel;

	private final ClientPeer peer;

	private final boolean admitted;

	private Phase phase = Phase.HEAD;

	/** Whether a byte has come. */
	private boolean begun;

	private int running;

	private long quietSince;

	private long untaken;

	/** For {@link OpenConnections} alone. */
	int place;

	/**
	 * Prepare to serve a connection, or to turn it away.
	 * @param admitted whether it counts as one of those that there may be
	 */
	ServedConnection(ClientContext context, Channel channel, ClientPeer peer, boolean admitted) {
		this.context = context;
		this.channel = channel;
		this.peer = peer;
		this.admitted = admitted;
		this.quietSince = context.loop().nanoTime();
	}

	final ClientContext context() {
		return this.context;
	}

	final Channel channel() {
		return this.channel;
	}

	final ClientPeer peer() {
		return this.peer;
	}

	@Override
	public boolean isMultiplexed() {
		return false;
	}

	@Override
	public void announceGoAway() {
		// The next response tells, if there is one.
	}

	@Override
	public void goAway() {
		// The next response tells, if there is one.
	}

	/**
	 * Begin to wait for the first head.
	 */
	final void open() {
		this.context.open().add(this);
		enter(Phase.HEAD, this.context.settings().times().header());
	}

	/**
	 * Take the place of a connection that turned out to speak another protocol.
	 */
	final void replace(ServedConnection other) {
		this.context.open().replace(other, this);
		other.phase = Phase.CLOSED;
		this.context.loop().deadlines().cancel(other);
		this.begun = other.begun;
		this.quietSince = other.quietSince;
		enter(Phase.HEAD, this.context.settings().times().header());
	}

	/**
	 * Some of a head has come, and the rest of it has not.
	 */
	final void awaitHead() {
		this.begun = true;
		if (this.phase == Phase.IDLE) {
			enter(Phase.HEAD, this.context.settings().times().header());
		}
	}

	/**
	 * From here on heads come in no order, and none need come.
	 */
	final void awaitNoHead() {
		if (this.phase == Phase.HEAD) {
			awaitRequests();
		}
	}

	/**
	 * A request's head has arrived. Followed by one {@link #endRequest}.
	 */
	final void beginRequest() {
		this.begun = true;
		this.running++;
		this.phase = Phase.BUSY;
	}

	/**
	 * A request has been answered, or given up.
	 */
	final void endRequest() {
		this.running--;
		if (this.running == 0 && this.phase == Phase.BUSY) {
			this.quietSince = this.context.loop().nanoTime();
			awaitRequests();
		}
	}

	private void awaitRequests() {
		this.untaken = 0;
		enter(Phase.IDLE, this.context.settings().times().idle());
	}

	/**
	 * Give the client some time to read the last that it was sent, and to go.
	 */
	final void linger() {
		enter(Phase.LINGERING, LINGER_NANOS);
	}

	/**
	 * Turn the client away. It is to be told, and what it still sends is passed over.
	 */
	final void turnAway(GatewayError error, ClientRefusal reason) {
		this.context.listener().onTurnedAway(this.peer.address(), reason.reason(), error);
		enter(Phase.TURNED_AWAY, FAREWELL_NANOS);
	}

	/**
	 * Answer and close the gateway's direction. What the client still sends is read for a
	 * while: closing at once would reset the connection and take the answer along.
	 */
	@SuppressWarnings("FutureReturnValueIgnored") // a client may have gone
	final void sayFarewell(GatewayError error) {
		this.channel.writeAndFlush(RefusalMessage.of(this.channel.alloc(), error, this.context.ids().next()))
			.addListener((sent) -> Sockets.endOutput(this.channel));
	}

	/**
	 * The connection has closed.
	 */
	final void leave() {
		this.phase = Phase.CLOSED;
		this.context.loop().deadlines().cancel(this);
		this.context.open().remove(this);
		if (this.admitted) {
			this.context.count().release(this.peer.address());
		}
	}

	private void enter(Phase next, Duration time) {
		enter(next, time.toNanos());
	}

	private void enter(Phase next, long nanos) {
		this.phase = next;
		Deadlines deadlines = this.context.loop().deadlines();
		deadlines.set(this, deadlines.in(nanos));
	}

	@Override
	@SuppressWarnings("FutureReturnValueIgnored") // whoever waits hears of the end itself
	protected final void onDue(long now) {
		switch (this.phase) {
			case HEAD -> {
				if (this.begun) {
					onHeadOverdue();
				}
				else {
					endUnused();
				}
			}
			case BUSY -> this.context.loop().deadlines().set(this, Deadlines.NEVER);
			case IDLE -> endIdle();
			case LINGERING -> this.channel.close();
			case TURNED_AWAY -> Sockets.reset(this.channel);
			case CLOSED -> {
				// Not kept any more.
			}
		}
	}

	private void endIdle() {
		long left = Sockets.untaken(this.channel);
		if (left == 0) {
			endUnused();
		}
		else if (left != this.untaken) {
			this.untaken = left;
			enter(Phase.IDLE, this.context.settings().times().write());
		}
		else {
			Sockets.reset(this.channel);
		}
	}

	/**
	 * A head has begun and not ended in time.
	 */
	abstract void onHeadOverdue();

	/**
	 * Close the connection, on which nothing goes on.
	 */
	abstract void endUnused();

	@Override
	public final int running() {
		return this.running;
	}

	@Override
	public final boolean isQuiet(long since) {
		return this.running == 0 && (this.phase == Phase.IDLE || !this.begun) && this.quietSince - since <= 0;
	}

	private enum Phase {

		HEAD, BUSY, IDLE, LINGERING, TURNED_AWAY, CLOSED

	}

}
