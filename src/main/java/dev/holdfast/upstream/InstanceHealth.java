package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;

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

	private final InstanceContext context;

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

	/** What the active check found, {@code null} while it passes or there is none. */
	private volatile @Nullable FailedCheck failedCheck;

	/** The last one, whose {@code until} is when the instance answered again. */
	private volatile Ejection before = Ejection.NONE;

	InstanceHealth(InstanceContext context) {
		this.context = context;
		this.trialUntil = context.now();
	}

	private EjectionSettings settings() {
		return this.context.settings().ejection();
	}

	/**
	 * Whether it may be chosen: like any other, or for the trial of its return.
	 */
	boolean isOpen() {
		return isHealthy() || isOnTrial();
	}

	/**
	 * Whether its ejection is over, and it may have the trial of its return.
	 */
	boolean isOnTrial() {
		return this.ejection != null && !isAvoided();
	}

	/**
	 * Whether it takes part like any other.
	 */
	boolean isHealthy() {
		return this.ejection == null && !isFailing(this.failures) && this.failedCheck == null;
	}

	private boolean isFailing(int count) {
		return count != 0 && settings().countsFailures() && count >= settings().consecutiveFailures();
	}

	/**
	 * Whether its last try succeeded, or there was none.
	 */
	boolean isUnblemished() {
		return this.ejection == null && this.failures == 0 && this.failedCheck == null;
	}

	/**
	 * Whether it waits for the end of an ejection or of a trial, or for its check.
	 */
	boolean isAvoided() {
		if (this.failedCheck != null) {
			return true;
		}
		Ejection current = this.ejection;
		return current != null && isLeftAlone(current);
	}

	private boolean isLeftAlone(Ejection current) {
		long now = this.context.now();
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
	 * Whether a request can be expected to reach it: neither the last one nor its active
	 * check was without a connection.
	 */
	boolean isReachable() {
		Ejection current = this.ejection;
		return (current == null || !current.isForRefusals()) && isFoundByCheck();
	}

	private boolean isFoundByCheck() {
		FailedCheck check = this.failedCheck;
		return check == null || check.connected();
	}

	/**
	 * Whether it is used while all are: it can be reached, or may have the trial that
	 * shows whether it can be again, whatever its check says of its answers.
	 */
	boolean isOpenInPanic() {
		Ejection current = this.ejection;
		return isFoundByCheck() && (current == null || !current.isForRefusals() || !isLeftAlone(current));
	}

	/**
	 * Whether it refused a connection lately.
	 */
	boolean isRefusing() {
		Ejection current = this.ejection;
		return current != null && current.isForRefusals() && current.lastsAt(this.context.now());
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
		long now = this.context.now();
		long seen = this.trialUntil;
		return !current.lastsAt(now) && now - seen >= 0
				&& TRIAL_UNTIL.compareAndSet(this, seen, now + settings().time().toNanos());
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
		return current.lastsAt(this.context.now()) ? -current.number() : current.number();
	}

	/**
	 * A try succeeded.
	 * @param mark what its beginning was given
	 * @return whether that ended an ejection
	 */
	boolean succeed(long mark) {
		int count = this.failures;
		if (count != 0) {
			this.failures = 0;
		}
		Ejection current = this.ejection;
		if (current != null) {
			return current.isOf(mark) && end(current);
		}
		if (isFailing(count)) {
			this.context.listener().onHealth(false);
		}
		return false;
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
		this.before = current.ended(this.context.now());
		return true;
	}

	/**
	 * A try failed that the instance could be reached for.
	 * @param mark what its beginning was given
	 * @return the ejection that this has begun, {@code null} when it has not, or when
	 * there was one before
	 */
	@Nullable Ejection fail(long mark, Outcome outcome) {
		if (!settings().ejectsForFailures()) {
			release(mark);
			return null;
		}
		int count = (this.failures < MANY) ? FAILURES.incrementAndGet(this) : MANY;
		Ejection current = this.ejection;
		if (current == null) {
			if (ejectIfFailing(null, outcome, count)) {
				return this.ejection;
			}
			if (count == settings().consecutiveFailures()) {
				this.context.listener().onHealth(false);
			}
			return null;
		}
		if (current.isOf(mark) && !current.lastsAt(this.context.now())) {
			failTrial(current, mark, outcome, count);
		}
		return null;
	}

	private boolean ejectIfFailing(@Nullable Ejection current, Outcome outcome, int count) {
		return isFailing(count)
				&& this.context.limit().tryEject(() -> eject(current, new EjectionCause.Failures(count, outcome)));
	}

	/**
	 * A trial failed. One that refused connections has not failed requests yet: it is
	 * ejected for that as any other is.
	 */
	private void failTrial(Ejection current, long mark, Outcome outcome, int count) {
		if (!current.isForRefusals()) {
			eject(current, new EjectionCause.Failures(count, outcome));
		}
		else if (!ejectIfFailing(current, outcome, count)) {
			release(mark);
		}
	}

	/**
	 * A try was refused a connection. While an ejection for that lasts it changes
	 * nothing: of many tries that are refused at the same moment only the first says
	 * something new. During one for failures it does: an instance whose process ended
	 * breaks its connections first, and then refuses others.
	 * @return the ejection that this has begun, {@code null} when it has not, or when
	 * there was one before
	 */
	@Nullable Ejection refuse() {
		Ejection current = this.ejection;
		if (current != null && current.isForRefusals() && current.lastsAt(this.context.now())) {
			return null;
		}
		return (eject(current, new EjectionCause.Refused()) && current == null) ? this.ejection : null;
	}

	/**
	 * It was compared with the others, and is far worse. Only one that is healthy can be.
	 * @return the ejection that this has begun, {@code null} when it has not
	 */
	@Nullable Ejection fallBehind(EjectionCause.Outlier cause) {
		return this.context.limit().tryEject(() -> isHealthy() && eject(null, cause)) ? this.ejection : null;
	}

	private boolean eject(@Nullable Ejection current, EjectionCause cause) {
		long now = this.context.now();
		Ejection last = (current != null) ? current : this.before.forgiven(now, settings());
		if (!EJECTION.compareAndSet(this, current, last.next(cause, this.context))) {
			return false;
		}
		this.trialUntil = now;
		this.context.listener().onHealth(false);
		return true;
	}

	/**
	 * Its active check has failed.
	 * @return whether it passed before
	 */
	boolean failCheck(FailedCheck found) {
		FailedCheck known = this.failedCheck;
		this.failedCheck = found;
		if (known == null || known.connected() != found.connected()) {
			this.context.listener().onHealth(false);
		}
		return known == null;
	}

	/**
	 * Its active check passes. That it did not shows that the instance is there again: if
	 * it refused connections it refuses none any more.
	 * @return whether it failed before
	 */
	boolean passCheck() {
		if (this.failedCheck == null) {
			return false;
		}
		this.failedCheck = null;
		resetRefusals();
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
			this.trialUntil = this.context.now();
		}
	}

	/**
	 * Forgets what is wrong with it.
	 * @return whether it was avoided or failing
	 */
	boolean reset() {
		boolean failing = isFailing(this.failures);
		this.failures = 0;
		Ejection current = EJECTION.getAndSet(this, null);
		this.before = ((current != null) ? current : this.before).forgotten();
		return current != null || failing;
	}

	/**
	 * Forgets that it refused connections.
	 * @return whether that ended an ejection
	 */
	boolean resetRefusals() {
		Ejection current = this.ejection;
		return current != null && current.isForRefusals() && end(current);
	}

	/**
	 * What it says of the instance, {@code null} when there is nothing.
	 */
	@Nullable InstanceState impairment() {
		FailedCheck check = this.failedCheck;
		if (check != null) {
			return new InstanceState.FailingCheck(check.why());
		}
		Ejection current = this.ejection;
		if (current == null) {
			int count = this.failures;
			return isFailing(count) ? new InstanceState.Failing(count) : null;
		}
		return current.lastsAt(this.context.now())
				? new InstanceState.Ejected(current.cause(), current.time(), current.ends())
				: new InstanceState.Returning(current.cause());
	}

	/**
	 * What an active check found.
	 *
	 * @param why why it failed
	 * @param connected whether it had a connection
	 */
	record FailedCheck(String why, boolean connected) {
	}

}
