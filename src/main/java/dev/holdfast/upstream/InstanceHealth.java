package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * What the tries of one instance say of it: whether it is ejected, and whether its return
 * is on trial. A try that succeeds while nothing is wrong costs two reads.
 */
final class InstanceHealth {

	private static final AtomicReferenceFieldUpdater<InstanceHealth, @Nullable Ejection> EJECTION = AtomicReferenceFieldUpdater
		.newUpdater(InstanceHealth.class, Ejection.class, "ejection");

	private static final AtomicLongFieldUpdater<InstanceHealth> TRIAL_UNTIL = AtomicLongFieldUpdater
		.newUpdater(InstanceHealth.class, "trialUntil");

	private static final AtomicIntegerFieldUpdater<InstanceHealth> FAILURES = AtomicIntegerFieldUpdater
		.newUpdater(InstanceHealth.class, "failures");

	/** Counting ends before it could begin anew. */
	private static final int MANY = 1_000_000;

	private final EjectionSettings settings;

	private final EjectionLimit limit;

	private final LongSupplier nanoTime;

	/** {@code null} since a try that began after it succeeded. */
	private volatile @Nullable Ejection ejection;

	/**
	 * In a row. Here and not in an object of its own, to be read with the field above.
	 */
	private volatile int failures;

	/**
	 * Until when a trial keeps others away. It ends by itself, since a request may go on
	 * for hours.
	 */
	private volatile long trialUntil;

	/** The last one, whose {@code until} is when the instance answered again. */
	private volatile Ejection before = Ejection.NONE;

	InstanceHealth(EjectionSettings settings, EjectionLimit limit, LongSupplier nanoTime) {
		this.settings = settings;
		this.limit = limit;
		this.nanoTime = nanoTime;
		this.trialUntil = nanoTime.getAsLong();
	}

	/**
	 * Whether it may be chosen: like any other, or for the trial of its return.
	 */
	boolean isOpen() {
		return isHealthy() || (this.ejection != null && !isAvoided());
	}

	/**
	 * Whether it takes part like any other.
	 */
	boolean isHealthy() {
		return this.ejection == null && !isFailing(this.failures);
	}

	private boolean isFailing(int count) {
		return this.settings.countsFailures() && count >= this.settings.consecutiveFailures();
	}

	/**
	 * Whether its last try succeeded, or there was none.
	 */
	boolean isUnblemished() {
		return this.ejection == null && this.failures == 0;
	}

	/**
	 * Whether it waits for the end of an ejection or of a trial.
	 */
	boolean isAvoided() {
		Ejection current = this.ejection;
		if (current == null) {
			return false;
		}
		long now = this.nanoTime.getAsLong();
		return current.lastsAt(now) || now - this.trialUntil < 0;
	}

	/**
	 * Whether it was ejected because it failed requests, and nothing has succeeded since.
	 */
	boolean isOutForFailures() {
		Ejection current = this.ejection;
		return current != null && !current.isForRefusals();
	}

	/**
	 * Whether it refused a connection lately.
	 */
	boolean isRefusing() {
		Ejection current = this.ejection;
		return current != null && current.isForRefusals() && current.lastsAt(this.nanoTime.getAsLong());
	}

	/**
	 * Takes it for a try. If that is a trial there is no other until it has ended.
	 * @return whether it can be had
	 */
	boolean claim() {
		Ejection current = this.ejection;
		if (current == null) {
			return true;
		}
		long now = this.nanoTime.getAsLong();
		long seen = this.trialUntil;
		return !current.lastsAt(now) && now - seen >= 0
				&& TRIAL_UNTIL.compareAndSet(this, seen, now + this.settings.time().toNanos());
	}

	/**
	 * Marks the beginning of a try.
	 * @return the number of the ejection that it may end, 0 while there is none; negative
	 * while that lasts, so that the try is no trial
	 */
	long begin() {
		Ejection current = this.ejection;
		if (current == null) {
			return 0;
		}
		return current.lastsAt(this.nanoTime.getAsLong()) ? -current.number() : current.number();
	}

	/**
	 * A try succeeded.
	 * @param mark what its beginning was given
	 * @return whether that ended an ejection
	 */
	boolean succeed(long mark) {
		if (this.failures != 0) {
			this.failures = 0;
		}
		Ejection current = this.ejection;
		return current != null && current.isOf(mark) && end(current);
	}

	/**
	 * A try was answered, whatever the answer. An instance that refused connections
	 * refuses none any more, and what it has failed before says nothing of it now: most
	 * such were started anew.
	 * @param mark what its beginning was given
	 * @return whether that ended an ejection
	 */
	boolean answer(long mark) {
		Ejection current = this.ejection;
		if (current == null || !current.isOf(mark) || !current.isForRefusals()) {
			return false;
		}
		this.failures = 0;
		return end(current);
	}

	private boolean end(Ejection current) {
		if (!EJECTION.compareAndSet(this, current, null)) {
			return false;
		}
		this.before = current.ended(this.nanoTime.getAsLong());
		return true;
	}

	/**
	 * A try failed that the instance could be reached for.
	 * @param mark what its beginning was given
	 * @return the ejection that this has begun, {@code null} when it has not, or when
	 * there was one before
	 */
	@Nullable Ejection fail(long mark, Outcome outcome) {
		if (!this.settings.countsFailures()) {
			release(mark);
			return null;
		}
		int count = (this.failures < MANY) ? FAILURES.incrementAndGet(this) : MANY;
		Ejection current = this.ejection;
		if (current == null) {
			return ejectIfFailing(null, outcome, count) ? this.ejection : null;
		}
		if (current.isOf(mark) && !current.lastsAt(this.nanoTime.getAsLong())) {
			failTrial(current, mark, outcome, count);
		}
		return null;
	}

	private boolean ejectIfFailing(@Nullable Ejection current, Outcome outcome, int count) {
		return isFailing(count) && this.limit.tryEject(() -> eject(current, outcome, count));
	}

	/**
	 * A trial failed. One that refused connections has not failed requests yet: it is
	 * ejected for that as any other is.
	 */
	private void failTrial(Ejection current, long mark, Outcome outcome, int count) {
		if (!current.isForRefusals()) {
			eject(current, outcome, count);
		}
		else if (!ejectIfFailing(current, outcome, count)) {
			release(mark);
		}
	}

	/**
	 * A try was refused a connection. While an ejection lasts that changes nothing: of
	 * many tries that are refused at the same moment only the first says something new.
	 * @return the ejection that this has begun, {@code null} when it has not, or when
	 * there was one before
	 */
	@Nullable Ejection refuse() {
		Ejection current = this.ejection;
		if (current != null && current.lastsAt(this.nanoTime.getAsLong())) {
			return null;
		}
		return (eject(current, Outcome.CONNECT_FAILURE, this.failures) && current == null) ? this.ejection : null;
	}

	private boolean eject(@Nullable Ejection current, Outcome outcome, int count) {
		long now = this.nanoTime.getAsLong();
		Ejection last = (current != null) ? current : this.before.forgiven(now, this.settings);
		Ejection next = (outcome == Outcome.CONNECT_FAILURE) ? last.refused(now, this.settings)
				: last.failed(outcome, count, now, this.settings);
		if (!EJECTION.compareAndSet(this, current, next)) {
			return false;
		}
		this.trialUntil = now;
		return true;
	}

	/**
	 * A try ended that says nothing of the instance. If it was a trial there may be
	 * another.
	 * @param mark what its beginning was given
	 */
	void release(long mark) {
		Ejection current = this.ejection;
		if (current != null && current.number() == mark) {
			this.trialUntil = this.nanoTime.getAsLong();
		}
	}

	/**
	 * Forgets what is wrong with it.
	 * @return whether that ended an ejection
	 */
	boolean reset() {
		this.failures = 0;
		Ejection current = EJECTION.getAndSet(this, null);
		this.before = ((current != null) ? current : this.before).forgotten();
		return current != null;
	}

	/**
	 * Forgets that it refused connections.
	 * @return whether that ended an ejection
	 */
	boolean resetRefusals() {
		Ejection current = this.ejection;
		return current != null && current.isForRefusals() && end(current);
	}

	InstanceState state() {
		Ejection current = this.ejection;
		if (current == null) {
			int count = this.failures;
			return isFailing(count) ? new InstanceState.Failing(count) : new InstanceState.Routable();
		}
		return current.lastsAt(this.nanoTime.getAsLong())
				? new InstanceState.Ejected(current.cause(), current.failures(), current.time())
				: new InstanceState.Returning(current.cause(), current.failures());
	}

}
