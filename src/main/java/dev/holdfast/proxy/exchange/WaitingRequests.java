package dev.holdfast.proxy.exchange;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.service.Subset;
import dev.holdfast.upstream.Demand;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one event loop that wait until an instance of their service can take
 * one more, first come, first served. Those that may go to some instances only wait in a
 * line of their own: nobody waits for instances that he is not for. Whom another event
 * loop makes room for is found by the next sweep.
 */
final class WaitingRequests {

	private final TrafficLoop loop;

	/** The one that was served last comes last. */
	private final Map<Line, Deque<Waiter>> lines = new LinkedHashMap<>();

	private boolean serving;

	WaitingRequests(TrafficLoop loop) {
		this.loop = loop;
	}

	/**
	 * Whether requests for the same instances wait, so that the next one must wait behind
	 * them.
	 */
	boolean isLine(Upstream upstream, Subset subset) {
		return !this.lines.isEmpty() && this.lines.containsKey(new Line(upstream, subset));
	}

	/**
	 * Whether requests wait for any of a service's instances.
	 */
	@SuppressWarnings("ReferenceEquality") // there is one of each service
	boolean isAnyLine(Upstream upstream) {
		for (Line line : this.lines.keySet()) {
			if (line.upstream() == upstream) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Let a request wait.
	 * @return whether it may
	 */
	boolean add(Upstream upstream, Waiter waiter) {
		Subset subset = waiter.demand().subset();
		if (!upstream.tryQueue(subset)) {
			return false;
		}
		this.lines.computeIfAbsent(new Line(upstream, subset), (key) -> new ArrayDeque<>()).addLast(waiter);
		return true;
	}

	/**
	 * Take a request out that waits no longer.
	 */
	void remove(Upstream upstream, Waiter waiter) {
		Line line = new Line(upstream, waiter.demand().subset());
		Deque<Waiter> waiters = this.lines.get(line);
		if (waiters != null && waiters.remove(waiter)) {
			leave(line, waiters);
		}
	}

	/**
	 * An attempt has ended: somebody's turn may have come. He is served when the
	 * attempt's connection has become free, at the end of the event loop's turn.
	 */
	void serveSoon(Upstream upstream) {
		if (!this.serving && isAnyLine(upstream)) {
			this.serving = true;
			this.loop.defer(() -> {
				this.serving = false;
				serveAll();
			});
		}
	}

	private void serve(Line line) {
		Deque<Waiter> waiters = this.lines.get(line);
		while (waiters != null && !waiters.isEmpty()) {
			Waiter waiter = waiters.getFirst();
			UpstreamInstance instance = line.upstream().choose(List.of(), waiter.demand());
			if (instance == null && line.upstream().takesRequests(line.subset())) {
				return;
			}
			waiters.removeFirst();
			leave(line, waiters);
			putLast(line);
			waiter.onTurn(instance);
		}
	}

	/**
	 * Lines may wait for the same instances.
	 */
	private void putLast(Line line) {
		Deque<Waiter> waiters = this.lines.remove(line);
		if (waiters != null) {
			this.lines.put(line, waiters);
		}
	}

	private void leave(Line line, Deque<Waiter> waiters) {
		line.upstream().leaveQueue(line.subset());
		if (waiters.isEmpty()) {
			this.lines.remove(line);
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
	 * Which instances are waited for.
	 *
	 * @param upstream their service
	 * @param subset which of its instances
	 */
	private record Line(Upstream upstream, Subset subset) {
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
