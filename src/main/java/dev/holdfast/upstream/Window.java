package dev.holdfast.upstream;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import org.HdrHistogram.AbstractHistogram;
import org.HdrHistogram.AtomicHistogram;
import org.HdrHistogram.Histogram;

/**
 * The requests that ended during one stretch of ten seconds.
 */
final class Window {

	static final long SECONDS = 10;

	private static final long LONGEST_MICROS = TimeUnit.HOURS.toMicros(1);

	private static final int SIGNIFICANT_DIGITS = 2;

	private final AtomicHistogram micros = new AtomicHistogram(LONGEST_MICROS, SIGNIFICANT_DIGITS);

	private final LongAdder errors = new LongAdder();

	private final LongAdder cancelled = new LongAdder();

	static long numberAt(long nanoTime) {
		return Math.floorDiv(nanoTime, TimeUnit.SECONDS.toNanos(SECONDS));
	}

	void record(Outcome outcome, long nanos) {
		if (outcome == Outcome.CANCELLED) {
			this.cancelled.increment();
			return;
		}
		this.micros.recordValue(Math.clamp(TimeUnit.NANOSECONDS.toMicros(nanos), 0, LONGEST_MICROS));
		if (outcome != Outcome.SUCCESS) {
			this.errors.increment();
		}
	}

	Statistics statistics() {
		long ended = this.micros.getTotalCount();
		long requests = ended + this.cancelled.sum();
		double requestsPerSecond = (double) requests / SECONDS;
		if (ended == 0) {
			return new Statistics(requestsPerSecond, 0, Double.NaN, Double.NaN, Double.NaN);
		}
		return new Statistics(requestsPerSecond, (double) this.errors.sum() / requests, seconds(50), seconds(95),
				seconds(99));
	}

	/**
	 * How many requests ended, those that the client gave up included.
	 */
	long requests() {
		return this.micros.getTotalCount() + this.cancelled.sum();
	}

	/**
	 * How many of them failed.
	 */
	long errors() {
		return this.errors.sum();
	}

	/**
	 * The time that 95 % of the requests stayed within, -1 when none was measured.
	 */
	long p95Micros() {
		return p95Micros(this.micros);
	}

	static long p95Micros(AbstractHistogram micros) {
		return (micros.getTotalCount() > 0) ? micros.getValueAtPercentile(95) : -1;
	}

	/**
	 * Return an empty histogram that windows can be added to.
	 */
	static Histogram sum() {
		return new Histogram(LONGEST_MICROS, SIGNIFICANT_DIGITS);
	}

	void addTo(Histogram sum) {
		sum.add(this.micros);
	}

	private double seconds(double percentile) {
		return this.micros.getValueAtPercentile(percentile) / 1e6;
	}

}
