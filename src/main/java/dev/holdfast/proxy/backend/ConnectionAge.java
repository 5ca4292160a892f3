package dev.holdfast.proxy.backend;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;

/**
 * How old connections to instances become. Each may become up to a tenth older or less
 * old than that, so that those that were made together do not end together.
 */
final class ConnectionAge {

	private static final double JITTER = 0.1;

	/** Any age, and far from where the time overflows. */
	private static final long NEVER = Long.MAX_VALUE / 2;

	private final long nanos;

	private final LongSupplier nanoTime;

	/**
	 * Sets the greatest age.
	 * @param most how old they become, zero for any age
	 */
	ConnectionAge(Duration most, LongSupplier nanoTime) {
		this.nanos = most.toNanos();
		this.nanoTime = nanoTime;
	}

	/**
	 * Until when a connection is used that is made now, nanoseconds.
	 */
	long end() {
		long age = NEVER;
		if (this.nanos > 0) {
			age = Math.round(this.nanos * ThreadLocalRandom.current().nextDouble(1 - JITTER, 1 + JITTER));
		}
		return this.nanoTime.getAsLong() + age;
	}

}
