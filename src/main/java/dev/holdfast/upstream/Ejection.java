package dev.holdfast.upstream;

import org.jspecify.annotations.Nullable;

/**
 * Until when an instance that refused connections is left alone.
 *
 * @param failures how many trials in a row it refused
 * @param until the end, by the monotonic clock, nanoseconds
 */
record Ejection(int failures, long until) {

	/**
	 * Counts a refused connection. While an ejection lasts it changes nothing: of many
	 * requests that are refused at the same moment only the first says something new.
	 */
	static Ejection after(@Nullable Ejection before, long now, UpstreamSettings settings) {
		if (before != null && before.lastsAt(now)) {
			return before;
		}
		int failures = (before != null) ? before.failures : 0;
		long longest = settings.maxEjectionTime().toNanos();
		long time = settings.ejectionTime().toNanos();
		for (int i = 0; i < failures && time < longest; i++) {
			time *= 2;
		}
		return new Ejection(failures + 1, now + Math.min(time, longest));
	}

	boolean lastsAt(long now) {
		return now - this.until < 0;
	}

}
