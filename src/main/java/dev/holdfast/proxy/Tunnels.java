package dev.holdfast.proxy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The open tunnels of one event loop.
 */
final class Tunnels {

	private final Set<Tunnel> open = new HashSet<>();

	private final long idleMillis;

	private final long halfClosedIdleMillis;

	Tunnels(TrafficTimes times) {
		this.idleMillis = times.tunnelIdle().toMillis();
		this.halfClosedIdleMillis = Math.min(this.idleMillis, times.idle().toMillis());
	}

	void add(Tunnel tunnel) {
		this.open.add(tunnel);
	}

	/**
	 * Forgets a tunnel.
	 * @return whether it was open
	 */
	boolean remove(Tunnel tunnel) {
		return this.open.remove(tunnel);
	}

	int size() {
		return this.open.size();
	}

	/**
	 * Ends all of them in order.
	 */
	void end() {
		List.copyOf(this.open).forEach(Tunnel::end);
	}

	/**
	 * Ends all of them at once.
	 */
	void reset() {
		List.copyOf(this.open).forEach(Tunnel::reset);
	}

	/**
	 * How long a tunnel may go without a byte.
	 */
	long idleMillis() {
		return this.idleMillis;
	}

	/**
	 * How long it may when one direction has ended: the other one is not known to be read
	 * any more.
	 */
	long halfClosedIdleMillis() {
		return this.halfClosedIdleMillis;
	}

}
