package dev.holdfast.upstream;

import java.time.Duration;

/**
 * Until when an instance is left alone, and why.
 *
 * @param number tells it from the other ejections of the instance
 * @param cause how the try ended that caused it
 * @param failures how many requests in a row the instance had failed by then
 * @param refusals how many trials in a row it refused
 * @param times how often in a row it was ejected because it failed requests, as far as
 * that makes the next time longer
 * @param time how long it lasts
 * @param until the end, by the monotonic clock, nanoseconds
 */
record Ejection(long number, Outcome cause, int failures, int refusals, int times, Duration time, long until) {

	/** Of an instance that has not been ejected for a while. */
	static final Ejection NONE = new Ejection(0, Outcome.SUCCESS, 0, 0, 0, Duration.ZERO, 0);

	/**
	 * Ejects an instance that refused a connection.
	 */
	Ejection refused(long now, EjectionSettings settings) {
		Duration next = settings.refusalTime();
		for (int i = 0; i < this.refusals && next.compareTo(settings.maxRefusalTime()) < 0; i++) {
			next = next.multipliedBy(2);
		}
		next = shorter(next, settings.maxRefusalTime());
		return new Ejection(this.number + 1, Outcome.CONNECT_FAILURE, this.failures, this.refusals + 1, this.times,
				next, now + next.toNanos());
	}

	/**
	 * Ejects an instance that failed requests.
	 */
	Ejection failed(Outcome outcome, int count, long now, EjectionSettings settings) {
		Duration next = shorter(settings.time().multipliedBy(this.times + 1L), settings.maxTime());
		// Times beyond the longest ejection would only put off that they are forgiven.
		int counted = (next.compareTo(settings.maxTime()) < 0) ? this.times + 1 : this.times;
		return new Ejection(this.number + 1, outcome, count, this.refusals, counted, next, now + next.toNanos());
	}

	private static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/**
	 * What is remembered of it when the instance has answered again: nothing of refusals.
	 */
	Ejection ended(long now) {
		return new Ejection(this.number, this.cause, 0, 0, this.times, Duration.ZERO, now);
	}

	/**
	 * What is remembered later of one that has ended: an ejection less for each while
	 * that there was none.
	 */
	Ejection forgiven(long now, EjectionSettings settings) {
		long whiles = (now - this.until) / settings.time().toNanos();
		return new Ejection(this.number, this.cause, 0, 0, Math.clamp(this.times - whiles, 0, this.times),
				Duration.ZERO, this.until);
	}

	/**
	 * What is remembered of it when the instance begins anew: that its number is taken.
	 */
	Ejection forgotten() {
		return new Ejection(this.number, this.cause, 0, 0, 0, Duration.ZERO, this.until);
	}

	boolean isForRefusals() {
		return this.cause == Outcome.CONNECT_FAILURE;
	}

	/**
	 * Whether a try began during it.
	 * @param mark what its beginning was given
	 */
	boolean isOf(long mark) {
		return Math.abs(mark) == this.number;
	}

	boolean lastsAt(long now) {
		return now - this.until < 0;
	}

}
