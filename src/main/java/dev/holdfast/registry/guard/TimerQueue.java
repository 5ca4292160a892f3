package dev.holdfast.registry.guard;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * All that the reflector's thread has to do later, in one queue.
 */
public final class TimerQueue {

	private static final long NONE = -1;

	private final PriorityQueue<Entry> entries = new PriorityQueue<>(
			Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order));

	private final LongSupplier nanoTime;

	/** Monotonic time may begin near its overflow; distances from here do not. */
	private final long origin;

	private long order;

	/**
	 * Creates an empty queue.
	 * @param nanoTime the time, nanoseconds
	 */
	public TimerQueue(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.origin = nanoTime.getAsLong();
	}

	/**
	 * Return a timer that does something whenever its time has come.
	 * @param action what it does
	 */
	public Timer timer(Runnable action) {
		return new Timer(action);
	}

	/**
	 * Return a timer that whoever has it asks whether its time has come.
	 */
	public Timer timer() {
		return new Timer(null);
	}

	/**
	 * Do something once. What has become needless until then must see that for itself.
	 * @param delay how much later than now
	 * @param action what is done
	 */
	public void after(Duration delay, Runnable action) {
		timer(action).startIn(delay);
	}

	/**
	 * Return how long until the time of the next timer has come, nanoseconds;
	 * {@link Long#MAX_VALUE} when none is started.
	 */
	public long untilNext() {
		Entry next = next();
		return (next != null) ? next.at() - elapsed() : Long.MAX_VALUE;
	}

	/**
	 * Do what is due.
	 * @return whether there was anything to do
	 */
	public boolean run() {
		long now = elapsed();
		boolean done = false;
		for (Entry next = next(); next != null && next.at() <= now; next = next()) {
			this.entries.remove();
			next.timer().pending = NONE;
			Runnable action = next.timer().action;
			if (action != null) {
				done = true;
				action.run();
			}
		}
		return done;
	}

	private @Nullable Entry next() {
		Entry next = this.entries.peek();
		while (next != null && next.timer().pending != next.order()) {
			this.entries.remove();
			next = this.entries.peek();
		}
		return next;
	}

	private long elapsed() {
		return this.nanoTime.getAsLong() - this.origin;
	}

	/**
	 * One timer, which can be started again and again.
	 */
	public final class Timer {

		private final @Nullable Runnable action;

		/**
		 * The place in the queue that counts, since those of earlier starts stay in it.
		 */
		private long pending = NONE;

		private boolean started;

		private long at;

		private Timer(@Nullable Runnable action) {
			this.action = action;
		}

		/**
		 * Start it, anew if it is started already.
		 * @param delay how much later than now its time comes
		 */
		public void startIn(Duration delay) {
			startAt(TimerQueue.this.nanoTime.getAsLong() + delay.toNanos());
		}

		/**
		 * Start it, anew if it is started already.
		 * @param time when its time comes, nanoseconds
		 */
		public void startAt(long time) {
			if (this.pending == NONE || this.at != time) {
				this.pending = TimerQueue.this.order++;
				TimerQueue.this.entries.add(new Entry(time - TimerQueue.this.origin, this.pending, this));
			}
			this.at = time;
			this.started = true;
		}

		/**
		 * Put its time off.
		 * @param delay how much later it comes
		 */
		public void extend(Duration delay) {
			startAt(this.at + delay.toNanos());
		}

		/**
		 * Stop it; its time does not come.
		 */
		public void stop() {
			this.pending = NONE;
			this.started = false;
		}

		/**
		 * Whether it is started and its time has come.
		 * @param now the time, nanoseconds
		 */
		public boolean isExpired(long now) {
			return this.started && now - this.at >= 0;
		}

	}

	private record Entry(long at, long order, Timer timer) {
	}

}
