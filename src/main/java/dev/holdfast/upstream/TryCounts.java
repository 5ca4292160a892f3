package dev.holdfast.upstream;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

import org.jspecify.annotations.Nullable;

/**
 * How many tries an instance was sent, and what became of them.
 */
final class TryCounts {

	private static final AtomicReferenceFieldUpdater<TryCounts, @Nullable AtomicLongArray> COUNTS = AtomicReferenceFieldUpdater
		.newUpdater(TryCounts.class, AtomicLongArray.class, "counts");

	private static final int CACHE_LINE = 64 / Long.BYTES;

	private static final int ACTIVE = CACHE_LINE;

	private static final int TOTAL = CACHE_LINE + 1;

	private static final int ERRORS = CACHE_LINE + 2;

	private static final int CONNECT_FAILURES = CACHE_LINE + 3;

	private static final int CANCELLED = CACHE_LINE + 4;

	/**
	 * What every try writes to, in the middle of an array so that no other instance's
	 * state lies on the same cache line; {@code null} before the first one.
	 */
	private volatile @Nullable AtomicLongArray counts;

	/** What had ended when the last sample was taken, and failed. Of one thread. */
	private Sample sampled = Sample.NONE;

	void start() {
		AtomicLongArray known = counts();
		known.incrementAndGet(TOTAL);
		known.incrementAndGet(ACTIVE);
	}

	void end(Outcome outcome) {
		AtomicLongArray known = counts();
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

	private AtomicLongArray counts() {
		AtomicLongArray known = this.counts;
		if (known != null) {
			return known;
		}
		AtomicLongArray created = new AtomicLongArray(2 * CACHE_LINE);
		return COUNTS.compareAndSet(this, null, created) ? created : Objects.requireNonNull(this.counts);
	}

	private long count(int which) {
		AtomicLongArray known = this.counts;
		return (known != null) ? known.get(which) : 0;
	}

	int active() {
		return (int) count(ACTIVE);
	}

	long total() {
		return count(TOTAL);
	}

	long errors() {
		return count(ERRORS);
	}

	long connectFailures() {
		return count(CONNECT_FAILURES);
	}

	/**
	 * Return what has ended since this was asked last. Called by one thread at a time.
	 */
	Sample sample() {
		if (this.counts == null) {
			return Sample.NONE;
		}
		Sample now = new Sample(count(TOTAL) - count(ACTIVE) - count(CANCELLED), count(ERRORS));
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
