package dev.holdfast.registry.reflector;

import java.time.Duration;

import dev.holdfast.service.Revision;

/**
 * A proof of delivery under way: what a majority of the cluster agrees on must come out
 * of every watch, after the proof began.
 */
final class Barrier {

	/**
	 * How long a proof may take. With the interval of 5 s, silence is noticed within 10
	 * s.
	 */
	static final Duration TIMEOUT = Duration.ofSeconds(5);

	private final long startedAt;

	private final Revision before;

	private final Watermarks arrived;

	private long target = -1;

	/**
	 * Begins a proof.
	 * @param now the time, nanoseconds
	 * @param before the newest revision known so far
	 * @param watches the number of watches that must deliver
	 */
	Barrier(long now, Revision before, int watches) {
		this.startedAt = now;
		this.before = before;
		this.arrived = new Watermarks(watches, -1);
	}

	/**
	 * The newest revision that was known when the newest was asked for. Changes may
	 * overtake the answer, so it is compared with this.
	 */
	Revision before() {
		return this.before;
	}

	/**
	 * Sets what must come out of the watches.
	 */
	void aimAt(long revision) {
		this.target = revision;
	}

	/**
	 * What must come out of the watches, -1 until that is known.
	 */
	long target() {
		return this.target;
	}

	boolean isAimed() {
		return this.target >= 0;
	}

	boolean isPassed() {
		return isAimed() && this.arrived.lowest() >= this.target;
	}

	Watermarks arrived() {
		return this.arrived;
	}

	long startedAt() {
		return this.startedAt;
	}

}
