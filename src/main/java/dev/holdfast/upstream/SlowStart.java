package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;

/**
 * The time in which an instance gets a growing part of its share: at first a tenth, the
 * whole at the end.
 *
 * @param recovered whether the instance was known before, and avoided
 * @param since the beginning, by the monotonic clock, nanoseconds
 * @param window how long it lasts
 * @param until the end, as operators are told
 */
record SlowStart(boolean recovered, long since, Duration window, Instant until) {

	/** The whole share. */
	static final int WHOLE = 100;

	private static final int LEAST = 10;

	static SlowStart begin(boolean recovered, InstanceContext context) {
		Duration window = context.settings().slowStart();
		return new SlowStart(recovered, context.now(), window, context.clock().instant().plus(window));
	}

	/**
	 * Return the part of its share that the instance gets, in percent.
	 */
	int percent(long now) {
		double elapsed = (double) (now - this.since) / this.window.toNanos();
		return Math.clamp((long) (WHOLE * elapsed), LEAST, WHOLE);
	}

	InstanceState state() {
		return new InstanceState.SlowStart(this.recovered, this.until);
	}

}
