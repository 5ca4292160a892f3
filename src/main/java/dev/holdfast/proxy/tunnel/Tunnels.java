package dev.holdfast.proxy.tunnel;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.transport.Deadlines;
import dev.holdfast.proxy.transport.TrafficLoop;

/**
 * The open tunnels of one event loop.
 */
public final class Tunnels {

	private final Set<Tunnel> open = new HashSet<>();

	private final Deadlines deadlines;

	private final long idleNanos;

	private final long halfClosedIdleNanos;

	/**
	 * Begin with none.
	 * @param loop the event loop
	 * @param times tells how long a tunnel may go without a byte
	 */
	public Tunnels(TrafficLoop loop, TrafficTimes times) {
		this.deadlines = loop.deadlines();
		this.idleNanos = times.tunnelIdle().toNanos();
		this.halfClosedIdleNanos = Math.min(this.idleNanos, times.idle().toNanos());
	}

	/**
	 * Join two ends. Each hands on first what it received already.
	 * @param client the client's end
	 * @param backend the backend's end
	 * @param listener told once when both have closed
	 * @return the tunnel
	 */
	public Tunnel open(TunnelEnd client, TunnelEnd backend, Tunnel.Listener listener) {
		Tunnel tunnel = new Tunnel(client, backend, this, listener);
		this.open.add(tunnel);
		tunnel.begin();
		return tunnel;
	}

	/**
	 * Forgets a tunnel.
	 * @return whether it was open
	 */
	boolean remove(Tunnel tunnel) {
		return this.open.remove(tunnel);
	}

	/**
	 * Return how many there are.
	 */
	public int size() {
		return this.open.size();
	}

	/**
	 * End all of them in order.
	 */
	public void end() {
		List.copyOf(this.open).forEach(Tunnel::end);
	}

	/**
	 * End all of them at once.
	 */
	public void reset() {
		List.copyOf(this.open).forEach(Tunnel::reset);
	}

	Deadlines deadlines() {
		return this.deadlines;
	}

	/**
	 * How long a tunnel may go without a byte.
	 */
	long idleNanos() {
		return this.idleNanos;
	}

	/**
	 * How long it may when one direction has ended: the other one is not known to be read
	 * any more.
	 */
	long halfClosedIdleNanos() {
		return this.halfClosedIdleNanos;
	}

}
