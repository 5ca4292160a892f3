package dev.holdfast.proxy.http2;

import java.time.Duration;

/**
 * Counts what may happen only so often in half a minute.
 */
final class RateLimit {

	private static final long WINDOW_NANOS = Duration.ofSeconds(30).toNanos();

	private final int most;

	private long begun;

	private int count;

	/**
	 * Begin to count.
	 * @param most how often it may happen, 0 for as often as it likes
	 */
	RateLimit(int most) {
		this.most = most;
	}

	/**
	 * Count it once more.
	 * @param now the time, nanoseconds
	 * @return whether it was not too much
	 */
	boolean allows(long now) {
		if (this.count == 0 || now - this.begun >= WINDOW_NANOS) {
			this.begun = now;
			this.count = 0;
		}
		this.count++;
		return this.most == 0 || this.count <= this.most;
	}

}
