package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Keeps what may come by thousands from filling the log: some lines in a minute, and one
 * for all others.
 */
final class LogBudget {

	private static final int LINES = 10;

	private static final Duration WINDOW = Duration.ofMinutes(1);

	private final LongSupplier nanoTime;

	private long windowStart;

	private int lines;

	private boolean othersTold;

	LogBudget(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
		this.windowStart = nanoTime.getAsLong();
	}

	/**
	 * Tells whether one more line may be written, and counts it.
	 */
	boolean trySpend() {
		renew();
		if (this.lines == LINES) {
			return false;
		}
		this.lines++;
		return true;
	}

	/**
	 * Tells whether the line for all others may be written, and counts it.
	 */
	boolean trySpendOnOthers() {
		renew();
		boolean first = !this.othersTold;
		this.othersTold = true;
		return first;
	}

	private void renew() {
		long now = this.nanoTime.getAsLong();
		if (now - this.windowStart >= WINDOW.toNanos()) {
			this.windowStart = now;
			this.lines = 0;
			this.othersTold = false;
		}
	}

}
