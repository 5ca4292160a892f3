package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;

/**
 * Until when an instance is left alone, and why.
 *
 * @param number tells it from the other ejections of the instance
 * @param cause why
 * @param refusals how many trials in a row it refused
 * @param times how often in a row it was ejected because it failed requests, as far as
 * that makes the next time longer
 * @param time how long it lasts
 * @param until the end, by the monotonic clock, nanoseconds
 * @param ends the end, as operators are told
 */
record Ejection(long number, EjectionCause cause, int refusals, int times, Duration time, long until, Instant ends) {

	/** Of an instance that has not been ejected for a while. */
	static final Ejection NONE = new Ejection(0, new EjectionCause.Failures(0, Outcome.SUCCESS), 0, 0, Duration.ZERO, 0,
			Instant.EPOCH);

	/**
	 * Ejects an instance.
	 */
	Ejection next(EjectionCause cause, InstanceContext context) {
		return (cause instanceof EjectionCause.Refused) ? refused(cause, context) : failed(cause, context);
	}

	private Ejection refused(EjectionCause cause, InstanceContext context) {
		EjectionSettings settings = context.settings().ejection();
		Duration next = settings.refusalTime();
		for (int i = 0; i < this.refusals && next.compareTo(settings.maxRefusalTime()) < 0; i++) {
			next = next.multipliedBy(2);
		}
		return lasting(shorter(next, settings.maxRefusalTime()), cause, this.refusals + 1, this.times, context);
	}

	private Ejection failed(EjectionCause cause, InstanceContext context) {
		EjectionSettings settings = context.settings().ejection();
		Duration next = shorter(settings.time().multipliedBy(this.times + 1L), settings.maxTime());
		// Times beyond the longest ejection would only put off that they are forgiven.
		int counted = (next.compareTo(settings.maxTime()) < 0) ? this.times + 1 : this.times;
		return lasting(next, cause, this.refusals, counted, context);
	}

	private Ejection lasting(Duration next, EjectionCause cause, int refused, int counted, InstanceContext context) {
		return new Ejection(this.number + 1, cause, refused, counted, next, context.now() + next.toNanos(),
				context.clock().instant().plus(next));
	}

	private static Duration shorter(Duration one, Duration other) {
		return (one.compareTo(other) < 0) ? one : other;
	}

	/**
	 * What is remembered of it when the instance has answered again: nothing of refusals.
	 */
	Ejection ended(long now) {
		return remembered(this.times, now);
	}

	/**
	 * What is remembered later of one that has ended: an ejection less for each while
	 * that there was none.
	 */
	Ejection forgiven(long now, EjectionSettings settings) {
		long whiles = (now - this.until) / settings.time().toNanos();
		return remembered(Math.clamp(this.times - whiles, 0, this.times), this.until);
	}

	/**
	 * What is remembered of it when the instance begins anew: that its number is taken.
	 */
	Ejection forgotten() {
		return remembered(0, this.until);
	}

	private Ejection remembered(int counted, long ended) {
		return new Ejection(this.number, this.cause, 0, counted, Duration.ZERO, ended, this.ends);
	}

	boolean isForRefusals() {
		return this.cause instanceof EjectionCause.Refused;
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
