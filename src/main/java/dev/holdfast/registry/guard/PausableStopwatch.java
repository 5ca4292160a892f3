package dev.holdfast.registry.guard;

import java.util.function.LongSupplier;

/**
 * A stopwatch that runs while the registry is live.
 */
final class PausableStopwatch {

	private final LongSupplier nanoTime;

	private long before;

	private long since;

	private boolean running;

	PausableStopwatch(LongSupplier nanoTime) {
		this.nanoTime = nanoTime;
	}

	/**
	 * Starts it.
	 * @return whether it stood still
	 */
	boolean start() {
		if (this.running) {
			return false;
		}
		this.running = true;
		this.since = this.nanoTime.getAsLong();
		return true;
	}

	/**
	 * Stops it.
	 * @return whether it ran
	 */
	boolean stop() {
		if (!this.running) {
			return false;
		}
		this.before = nanos();
		this.running = false;
		return true;
	}

	boolean isRunning() {
		return this.running;
	}

	/**
	 * When it will have run for so long, if nothing stops it before, nanoseconds.
	 */
	long whenAt(long nanos) {
		return this.since + nanos - this.before;
	}

	/**
	 * How long it has run so far, nanoseconds.
	 */
	long nanos() {
		return this.running ? this.before + this.nanoTime.getAsLong() - this.since : this.before;
	}

}
