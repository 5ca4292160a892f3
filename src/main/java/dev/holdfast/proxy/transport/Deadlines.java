package dev.holdfast.proxy.transport;

/**
 * The deadlines of one event loop on a wheel of slots, one for each sweep. Setting one
 * costs two pointer swaps instead of a timer, and putting it off costs nothing: it stays
 * where it is, and finds its new slot when the wheel comes round to the old one.
 */
public final class Deadlines {

	/** For what is not due at any time. */
	public static final long NEVER = Long.MAX_VALUE;

	private static final long TICK_NANOS = 100_000_000;

	/** A power of two. A deadline beyond them is looked at once each turn. */
	private static final int SLOTS = 512;

	private final Deadline[] slots = new Deadline[SLOTS];

	private final Deadline sweeping = new Slot();

	private final long origin;

	private long now;

	private long swept;

	/**
	 * Makes an empty wheel.
	 * @param nanoTime the time, nanoseconds
	 */
	public Deadlines(long nanoTime) {
		this.origin = nanoTime;
		for (int i = 0; i < SLOTS; i++) {
			this.slots[i] = new Slot();
		}
	}

	/**
	 * The time of the last sweep, nanoseconds since the wheel was made.
	 */
	public long now() {
		return this.now;
	}

	/**
	 * Adds a time to the one of the last sweep.
	 * @param nanos how long, {@link #NEVER} for without end
	 */
	public long in(long nanos) {
		return (nanos == NEVER) ? NEVER : this.now + nanos;
	}

	/**
	 * Sets when a deadline is due. It is not told so early, but up to two sweeps late.
	 */
	public void set(Deadline deadline, long due) {
		deadline.due = due;
		if (deadline.next == null) {
			link(deadline);
		}
		else if (tick(due) < deadline.tick) {
			unlink(deadline);
			link(deadline);
		}
	}

	/**
	 * Lets go of a deadline. Does nothing to one that is not kept.
	 */
	public void cancel(Deadline deadline) {
		unlink(deadline);
	}

	/**
	 * Tells all whose time is over.
	 * @param nanoTime the time, nanoseconds
	 */
	public void sweep(long nanoTime) {
		this.now = nanoTime - this.origin;
		long tick = this.now / TICK_NANOS;
		this.swept = Math.max(this.swept, tick - SLOTS);
		while (this.swept < tick) {
			this.swept++;
			sweep(this.slots[slot(this.swept)]);
		}
	}

	private void sweep(Deadline slot) {
		Deadline first = slot.next;
		Deadline last = slot.previous;
		if (first == null || last == null || first.equals(slot)) {
			return;
		}
		// Taken off the wheel, since what is not due yet may come back into this slot.
		join(this.sweeping, first);
		join(last, this.sweeping);
		join(slot, slot);
		try {
			for (Deadline next = first; next != null && !next.equals(this.sweeping); next = this.sweeping.next) {
				unlink(next);
				if (next.due > this.now) {
					link(next);
				}
				else {
					next.onDue(this.now);
				}
			}
		}
		finally {
			keepRest();
		}
	}

	/**
	 * Put what has not been looked at back on the wheel, because one of them failed.
	 */
	private void keepRest() {
		for (Deadline next = this.sweeping.next; next != null
				&& !next.equals(this.sweeping); next = this.sweeping.next) {
			unlink(next);
			link(next);
		}
	}

	private void link(Deadline deadline) {
		deadline.tick = Math.clamp(tick(deadline.due), this.swept + 1, this.swept + SLOTS - 1);
		Deadline slot = this.slots[slot(deadline.tick)];
		Deadline last = (slot.previous != null) ? slot.previous : slot;
		join(last, deadline);
		join(deadline, slot);
	}

	private static void unlink(Deadline deadline) {
		Deadline before = deadline.previous;
		Deadline after = deadline.next;
		if (before != null && after != null) {
			join(before, after);
			deadline.previous = null;
			deadline.next = null;
		}
	}

	private static void join(Deadline before, Deadline after) {
		before.next = after;
		after.previous = before;
	}

	/**
	 * The sweep that a deadline is told at: {@link #now} is up to one behind the time.
	 */
	private static long tick(long due) {
		return due / TICK_NANOS + 2;
	}

	private static int slot(long tick) {
		return (int) (tick & (SLOTS - 1));
	}

	/**
	 * Where a slot's list begins and ends.
	 */
	private static final class Slot extends Deadline {

		Slot() {
			join(this, this);
		}

		@Override
		protected void onDue(long now) {
			throw new IllegalStateException("slot: never due");
		}

	}

}
