package dev.holdfast.proxy.tunnel;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.transport.Deadline;
import dev.holdfast.proxy.transport.Deadlines;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A client's and a backend's connection that have left HTTP behind: bytes go both ways
 * untouched until both are closed. When one direction ends, so does it on the other side;
 * when one connection breaks, so does the other.
 */
public final class Tunnel {

	private final Side client;

	private final Side backend;

	private final Tunnels tunnels;

	private final Listener listener;

	private final IdleTime idleTime;

	private boolean halfClosed;

	private boolean reset;

	private @Nullable GatewayError error;

	/**
	 * Prepares a tunnel.
	 * @param client the client's end
	 * @param backend the backend's end
	 * @param tunnels knows of it while it is open
	 * @param listener told once when both ends have closed
	 */
	Tunnel(TunnelEnd client, TunnelEnd backend, Tunnels tunnels, Listener listener) {
		this.client = new Side(client, null);
		this.backend = new Side(backend, GatewayError.BACKEND_RESET);
		this.tunnels = tunnels;
		this.listener = listener;
		this.idleTime = new IdleTime(tunnels.deadlines(), tunnels.idleNanos());
	}

	void begin() {
		this.idleTime.restart();
		this.client.end.begin(this.client);
		this.backend.end.begin(this.backend);
	}

	/**
	 * End it in order: both sides are told that nothing more comes.
	 */
	public void end() {
		this.client.endOutput();
		this.backend.endOutput();
	}

	/**
	 * End it at once.
	 */
	public void reset() {
		// What fails because of this has broken nothing.
		this.reset = true;
		this.client.end.reset();
		this.backend.end.reset();
	}

	private void onHalfClosed() {
		if (!this.halfClosed) {
			this.halfClosed = true;
			this.idleTime.limit(this.tunnels.halfClosedIdleNanos());
		}
	}

	private void onIdle() {
		if (this.halfClosed) {
			reset();
		}
		else {
			end();
		}
	}

	private void onBroken(@Nullable GatewayError error) {
		if (!this.reset) {
			this.error = error;
			reset();
		}
	}

	private void onClosed(Side other) {
		if (!other.closed && other.end.isOpen()) {
			other.outputEnded = true;
			onHalfClosed();
			other.end.close();
		}
		else if (this.tunnels.remove(this)) {
			this.idleTime.stop();
			this.listener.onClosed(this.error, this.client.passed, this.backend.passed);
		}
	}

	/**
	 * Hears of a tunnel's end.
	 */
	public interface Listener {

		/**
		 * Both ends have closed.
		 * @param error what broke the tunnel, {@code null} when it was closed in order,
		 * or by the client
		 * @param fromClient how much was passed on from the client, bytes
		 * @param fromBackend how much was passed on from the backend, bytes
		 */
		void onClosed(@Nullable GatewayError error, long fromClient, long fromBackend);

	}

	/**
	 * One of the two, which sends what it receives on the other one, no faster than that
	 * takes it.
	 */
	private final class Side implements TunnelEnd.Listener {

		private final TunnelEnd end;

		private final @Nullable GatewayError whenBroken;

		private boolean outputEnded;

		/** How much came from here and was passed on, bytes. */
		private long passed;

		private boolean closed;

		private Side(TunnelEnd end, @Nullable GatewayError whenBroken) {
			this.end = end;
			this.whenBroken = whenBroken;
		}

		private Side other() {
			return (this == Tunnel.this.client) ? Tunnel.this.backend : Tunnel.this.client;
		}

		private void endOutput() {
			if (!this.outputEnded) {
				this.outputEnded = true;
				onHalfClosed();
				this.end.endOutput();
			}
		}

		@Override
		public void onData(ByteBuf data) {
			Side other = other();
			if (other.outputEnded) {
				data.release();
				return;
			}
			Tunnel.this.idleTime.restart();
			this.passed += data.readableBytes();
			other.end.write(data);
			if (!other.end.isWritable()) {
				this.end.pause();
			}
		}

		@Override
		public void onInputEnd() {
			other().endOutput();
		}

		@Override
		public void onTaken() {
			Tunnel.this.idleTime.restart();
		}

		@Override
		public void onWritable() {
			Tunnel.this.idleTime.restart();
			other().end.resume();
		}

		@Override
		public void onBroken() {
			Tunnel.this.onBroken(this.whenBroken);
		}

		@Override
		public void onClosed() {
			this.closed = true;
			this.outputEnded = true;
			Tunnel.this.onClosed(other());
		}

	}

	/**
	 * The time without a byte in either direction.
	 */
	private final class IdleTime extends Deadline {

		private final Deadlines deadlines;

		private long nanos;

		private boolean stopped;

		private IdleTime(Deadlines deadlines, long nanos) {
			this.deadlines = deadlines;
			this.nanos = nanos;
		}

		private void limit(long nanos) {
			this.nanos = nanos;
			restart();
		}

		private void restart() {
			if (!this.stopped) {
				this.deadlines.set(this, this.deadlines.in(this.nanos));
			}
		}

		private void stop() {
			this.stopped = true;
			this.deadlines.cancel(this);
		}

		@Override
		protected void onDue(long now) {
			onIdle();
		}

	}

}
