package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many tries an instance was sent, and what became of them. Made for the first one:
 * most of a large registry's instances never get any.
 */
final class TryCounts {

	private static final int CACHE_LINE = 64 / Long.BYTES;

	private static final int ACTIVE = CACHE_LINE;

	private static final int TOTAL = CACHE_LINE + 1;

	private static final int ERRORS = CACHE_LINE + 2;

	private static final int CONNECT_FAILURES = CACHE_LINE + 3;

	private static final int CANCELLED = CACHE_LINE + 4;

	/**
	 * What every try writes to, in the middle of an array so that no other instance's
	 * state lies on the same cache line.
	 */
	private final AtomicLongArray counts = new AtomicLongArray(2 * CACHE_LINE);

	/** What had ended when the last sample was taken, and failed. Of one thread. */
	private Sample sampled = Sample.NONE;

	void start() {
		this.counts.incrementAndGet(TOTAL);
		this.counts.incrementAndGet(ACTIVE);
	}

	void end(Outcome outcome) {
		AtomicLongArray known = this.counts;
		known.decrementAndGet(ACTIVE);
		switch (outcome) {
			case SUCCESS -> {
				// Is told by the others.
			}
			case SERVER_ERROR, BROKEN, TIMEOUT -> known.incrementAndGet(ERRORS);
			case CONNECT_FAILURE -> {
				known.incrementAndGet(ERRORS);
				known.incrementAndGet(CONNECT_FAILURES);
			}
			case CANCELLED -> known.incrementAndGet(CANCELLED);
		}
	}

	int active() {
		return (int) this.counts.get(ACTIVE);
	}

	long total() {
		return this.counts.get(TOTAL);
	}

	long errors() {
		return this.counts.get(ERRORS);
	}

	long connectFailures() {
		return this.counts.get(CONNECT_FAILURES);
	}

	/**
	 * Return what has ended since this was asked last. Called by one thread at a time.
	 */
	Sample sample() {
		Sample now = new Sample(this.counts.get(TOTAL) - this.counts.get(ACTIVE) - this.counts.get(CANCELLED),
				this.counts.get(ERRORS));
		Sample since = new Sample(now.ended - this.sampled.ended, now.failed - this.sampled.failed);
		this.sampled = now;
		return since;
	}

	/**
	 * Tries that ended, but for those that say nothing of the instance.
	 *
	 * @param ended how many
	 * @param failed how many of them failed
	 */
	record Sample(long ended, long failed) {

		static final Sample NONE = new Sample(0, 0);

		double successRate() {
			return 1 - (double) this.failed / this.ended;
		}

	}

}
