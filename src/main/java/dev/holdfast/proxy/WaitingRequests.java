package dev.holdfast.proxy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;

/**
 * The requests of one event loop that wait until an instance of their service can take
 * one more, first come, first served. Whom another event loop makes room for is found by
 * the next sweep.
 */
final class WaitingRequests {

	private final IdentityHashMap<Upstream, Deque<Tries>> lines = new IdentityHashMap<>();

	/**
	 * Whether a service's requests wait, so that the next one must wait behind them.
	 */
	boolean isLine(Upstream upstream) {
		return !this.lines.isEmpty() && this.lines.containsKey(upstream);
	}

	/**
	 * Lets a request wait.
	 * @return whether it may
	 */
	boolean add(Upstream upstream, Tries tries) {
		if (!upstream.tryQueue()) {
			return false;
		}
		this.lines.computeIfAbsent(upstream, (key) -> new ArrayDeque<>()).addLast(tries);
		return true;
	}

	/**
	 * Takes a request out that waits no longer.
	 */
	void remove(Upstream upstream, Tries tries) {
		Deque<Tries> line = this.lines.get(upstream);
		if (line != null && line.remove(tries)) {
			upstream.leaveQueue();
			dropIfEmpty(upstream, line);
		}
	}

	/**
	 * A try has ended: somebody's turn may have come.
	 */
	void serve(Upstream upstream) {
		if (this.lines.isEmpty()) {
			return;
		}
		Deque<Tries> line = this.lines.get(upstream);
		while (line != null && !line.isEmpty()) {
			UpstreamInstance instance = upstream.choose(List.of());
			if (instance == null && upstream.takesRequests()) {
				return;
			}
			Tries tries = line.removeFirst();
			upstream.leaveQueue();
			dropIfEmpty(upstream, line);
			tries.onTurn(instance);
		}
	}

	private void dropIfEmpty(Upstream upstream, Deque<Tries> line) {
		if (line.isEmpty()) {
			this.lines.remove(upstream);
		}
	}

	/**
	 * Looks for room that was made elsewhere.
	 */
	void serveAll() {
		if (!this.lines.isEmpty()) {
			List.copyOf(this.lines.keySet()).forEach(this::serve);
		}
	}

}
