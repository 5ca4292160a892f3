package dev.holdfast.upstream;

import java.util.Arrays;

/**
 * The last windows of some traffic as numbers, some 850 bytes in all. Written by one
 * thread, read by any.
 */
final class TrafficPoints {

	/** How many are shown. */
	static final int SHOWN = 60;

	/** Those that are shown, and room for those that are being written meanwhile. */
	private static final int KEPT = 64;

	private final int[] requests = new int[KEPT];

	private final int[] errors = new int[KEPT];

	/** In microseconds; -1 where none was measured. */
	private final int[] p95 = new int[KEPT];

	/** What stands for windows that were not added. */
	private final int skipped;

	private long last;

	/**
	 * Creates points of which none has traffic.
	 * @param number the number of the window that is added next
	 * @param skipped how many requests a window has that is not added,
	 * {@link TrafficSeries#UNKNOWN} where nobody knows
	 */
	TrafficPoints(long number, int skipped) {
		this.skipped = skipped;
		this.last = number - 1;
		Arrays.fill(this.p95, -1);
	}

	/**
	 * Adds a window; those between it and the last one are skipped.
	 */
	synchronized void add(long number, long requests, long errors, long p95Micros) {
		for (long between = Math.max(this.last + 1, number - KEPT + 1); between < number; between++) {
			set(between, this.skipped, this.skipped, -1);
		}
		set(number, requests, errors, p95Micros);
		this.last = number;
	}

	private void set(long number, long requests, long errors, long p95Micros) {
		int place = place(number);
		this.requests[place] = (int) Math.min(requests, Integer.MAX_VALUE);
		this.errors[place] = (int) Math.min(errors, Integer.MAX_VALUE);
		this.p95[place] = (int) Math.min(p95Micros, Integer.MAX_VALUE);
	}

	/**
	 * Whether none of the points that are shown has traffic.
	 * @param newest the number of the newest of them
	 */
	synchronized boolean isOver(long newest) {
		return this.last <= newest - SHOWN;
	}

	/**
	 * Gives the points up to a window, the oldest first.
	 */
	synchronized TrafficSeries upTo(long newest) {
		int[] requests = new int[SHOWN];
		int[] errors = new int[SHOWN];
		int[] p95 = new int[SHOWN];
		Arrays.fill(p95, -1);
		for (int i = 0; i < SHOWN; i++) {
			long number = newest - SHOWN + 1 + i;
			if (number <= this.last && number > this.last - KEPT) {
				requests[i] = this.requests[place(number)];
				errors[i] = this.errors[place(number)];
				p95[i] = this.p95[place(number)];
			}
		}
		return new TrafficSeries(requests, errors, p95);
	}

	private static int place(long number) {
		return (int) (number & (KEPT - 1));
	}

}
