package dev.holdfast.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A client's and a backend's connection that have left HTTP behind: bytes go both ways
 * untouched until both are closed. When one direction ends, so does it on the other side;
 * when one connection breaks, so does the other.
 */
final class Tunnel {

	private final Attempt attempt;

	private final TunnelEnd client;

	private final TunnelEnd backend;

	private final Tunnels tunnels;

	private boolean halfClosed;

	private boolean ending;

	private @Nullable GatewayError error;

	/**
	 * Prepares a tunnel.
	 * @param attempt hears of its end
	 * @param client the client's connection
	 * @param backend the backend's connection
	 * @param tunnels knows of it while it is open
	 */
	Tunnel(Attempt attempt, Channel client, Channel backend, Tunnels tunnels) {
		this.attempt = attempt;
		this.client = new TunnelEnd(this, client);
		this.backend = new TunnelEnd(this, backend);
		this.tunnels = tunnels;
	}

	/**
	 * Joins the two connections.
	 * @param head the head of the answer by which the client learns of it
	 * @param hold what the client sent already
	 */
	void begin(ByteBuf head, UpgradeHold hold) {
		this.tunnels.add(this);
		this.client.join(this.backend);
		this.client.limitIdleTime(this.tunnels.idleMillis());
		this.client.write(head);
		// What came in one packet with the answer's head comes out of the decoder here.
		this.backend.join(this.client);
		this.client.flush();
		for (ByteBuf bytes = hold.poll(); bytes != null; bytes = hold.poll()) {
			this.backend.write(bytes);
		}
		this.backend.flush();
		hold.remove();
	}

	/**
	 * Ends it in order: both sides are told that nothing more comes.
	 */
	void end() {
		this.ending = true;
		this.client.endOutput();
		this.backend.endOutput();
	}

	void onIdle() {
		if (this.ending || this.halfClosed) {
			reset();
		}
		else {
			end();
		}
	}

	void onHalfClosed() {
		if (!this.halfClosed && this.client.isOpen()) {
			this.halfClosed = true;
			this.client.limitIdleTime(this.tunnels.halfClosedIdleMillis());
		}
	}

	void onBroken(TunnelEnd end) {
		if (this.error == null && end.equals(this.backend)) {
			this.error = GatewayError.BACKEND_RESET;
		}
		reset();
	}

	/**
	 * Ends it at once.
	 */
	void reset() {
		this.client.reset();
		this.backend.reset();
	}

	void onClosed(TunnelEnd end) {
		TunnelEnd other = end.equals(this.client) ? this.backend : this.client;
		if (other.isOpen()) {
			other.close();
		}
		else if (this.tunnels.remove(this)) {
			this.attempt.onTunnelClosed(this.error);
		}
	}

}
