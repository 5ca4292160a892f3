package dev.holdfast.proxy.exchange;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;

import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.upstream.Demand;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one event loop that wait until an instance of their service can take
 * one more, first come, first served. Whom another event loop makes room for is found by
 * the next sweep.
 */
final class WaitingRequests {

	private final TrafficLoop loop;

	private final IdentityHashMap<Upstream, Deque<Waiter>> lines = new IdentityHashMap<>();

	private boolean serving;

	WaitingRequests(TrafficLoop loop) {
		this.loop = loop;
	}

	/**
	 * Whether a service's requests wait, so that the next one must wait behind them.
	 */
	boolean isLine(Upstream upstream) {
		return !this.lines.isEmpty() && this.lines.containsKey(upstream);
	}

	/**
	 * Let a request wait.
	 * @return whether it may
	 */
	boolean add(Upstream upstream, Waiter waiter) {
		if (!upstream.tryQueue()) {
			return false;
		}
		this.lines.computeIfAbsent(upstream, (key) -> new ArrayDeque<>()).addLast(waiter);
		return true;
	}

	/**
	 * Take a request out that waits no longer.
	 */
	void remove(Upstream upstream, Waiter waiter) {
		Deque<Waiter> line = this.lines.get(upstream);
		if (line != null && line.remove(waiter)) {
			upstream.leaveQueue();
			dropIfEmpty(upstream, line);
		}
	}

	/**
	 * An attempt has ended: somebody's turn may have come. He is served when the
	 * attempt's connection has become free, at the end of the event loop's turn.
	 */
	void serveSoon(Upstream upstream) {
		if (isLine(upstream) && !this.serving) {
			this.serving = true;
			this.loop.defer(() -> {
				this.serving = false;
				serveAll();
			});
		}
	}

	private void serve(Upstream upstream) {
		Deque<Waiter> line = this.lines.get(upstream);
		while (line != null && !line.isEmpty()) {
			Waiter waiter = line.getFirst();
			UpstreamInstance instance = upstream.choose(List.of(), waiter.demand());
			if (instance == null && upstream.takesRequests(waiter.demand().subset())) {
				return;
			}
			line.removeFirst();
			upstream.leaveQueue();
			dropIfEmpty(upstream, line);
			waiter.onTurn(instance);
		}
	}

	private void dropIfEmpty(Upstream upstream, Deque<Waiter> line) {
		if (line.isEmpty()) {
			this.lines.remove(upstream);
		}
	}

	/**
	 * Look for room, also where it was made elsewhere.
	 */
	void serveAll() {
		if (!this.lines.isEmpty()) {
			List.copyOf(this.lines.keySet()).forEach(this::serve);
		}
	}

	/**
	 * Waits for an instance.
	 */
	interface Waiter {

		/**
		 * Return what it asks of the instance.
		 */
		Demand demand();

		/**
		 * Its turn has come.
		 * @param instance the instance, which must be used; {@code null} when there is
		 * none any more
		 */
		void onTurn(@Nullable UpstreamInstance instance);

	}

}
