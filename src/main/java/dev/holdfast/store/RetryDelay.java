package dev.holdfast.store;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * The waits before etcd is asked again: growing, capped, jittered, and never an end.
 */
public final class RetryDelay {

	/** Nanoseconds, as all here. */
	private static final double FIRST = 1e9;

	private static final double LONGEST = 5e9;

	private static final double GROWTH = 1.6;

	private final RandomGenerator random;

	private double next = FIRST;

	/**
	 * Begins with the shortest wait.
	 * @param random for the jitter
	 */
	public RetryDelay(RandomGenerator random) {
		this.random = random;
	}

	/**
	 * Return the next wait, between half of what it has grown to and the whole of it.
	 * @return the wait
	 */
	public Duration next() {
		double whole = this.next;
		this.next = Math.min(whole * GROWTH, LONGEST);
		return Duration.ofNanos((long) (whole * this.random.nextDouble(0.5, 1)));
	}

	/**
	 * Starts again from the shortest wait.
	 */
	public void reset() {
		this.next = FIRST;
	}

	/**
	 * Return a wait that differs a little, so that gateways which lost a permission
	 * together do not ask again together.
	 * @param wait the wait
	 * @return it, give or take a tenth
	 */
	public Duration jittered(Duration wait) {
		return Duration.ofNanos((long) (wait.toNanos() * this.random.nextDouble(0.9, 1.1)));
	}

}
