package dev.holdfast.registry.guard;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * What the reflector's thread has to do later.
 */
public final class TimerQueue {

	private final PriorityQueue<Item> items = new PriorityQueue<>(
			Comparator.comparingLong(Item::at).thenComparingLong(Item::order));

	private final long origin;

	private long order;

	/**
	 * Creates an empty timers.
	 * @param now the time, nanoseconds; no item is due earlier
	 */
	public TimerQueue(long now) {
		this.origin = now;
	}

	/**
	 * Plans something. What has become needless until then must see that for itself.
	 * @param at when it is due, nanoseconds
	 */
	void plan(long at, Runnable action) {
		// Monotonic time may begin near its overflow; distances do not.
		this.items.add(new Item(at - this.origin, this.order++, action));
	}

	/**
	 * How long until the next item is due.
	 * @param now the time, nanoseconds
	 * @return nanoseconds, {@link Long#MAX_VALUE} when there is nothing to do
	 */
	public long untilNext(long now) {
		Item next = this.items.peek();
		return (next != null) ? next.at() - (now - this.origin) : Long.MAX_VALUE;
	}

	/**
	 * Does what is due.
	 * @param now the time, nanoseconds
	 */
	public void run(long now) {
		while (untilNext(now) <= 0) {
			this.items.remove().action().run();
		}
	}

	private record Item(long at, long order, Runnable action) {
	}

}
