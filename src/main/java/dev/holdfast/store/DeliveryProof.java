package dev.holdfast.store;

import java.time.Duration;

/**
 * A proof under way that the watch delivers: what a majority of etcd agreed on when it
 * began must come out of the watch after that.
 */
public final class DeliveryProof {

	/** How long a proof may take. */
	public static final Duration TIMEOUT = Duration.ofSeconds(5);

	/** etcd drops a progress request while a watch catches up, so it is repeated. */
	private static final long REQUEST_INTERVAL = Duration.ofMillis(250).toNanos();

	private final long target;

	private final long deadline;

	private long nextRequest;

	private long arrived = -1;

	/**
	 * Begins a proof.
	 * @param now the time, nanoseconds
	 * @param target the revision that must come
	 */
	public DeliveryProof(long now, long target) {
		this.target = target;
		this.deadline = now + TIMEOUT.toNanos();
		this.nextRequest = now;
	}

	/**
	 * Takes note of what the watch has delivered.
	 * @param revision up to which revision
	 */
	public void arrived(long revision) {
		this.arrived = Math.max(this.arrived, revision);
	}

	/**
	 * Whether the watch has delivered what it must.
	 * @return whether it has
	 */
	public boolean isPassed() {
		return this.arrived >= this.target;
	}

	/**
	 * Whether it has taken too long.
	 * @param now the time, nanoseconds
	 * @return whether it has
	 */
	public boolean isOverdue(long now) {
		return now - this.deadline >= 0;
	}

	/**
	 * Whether the watch is to be asked for progress; it is not asked again for a while.
	 * @param now the time, nanoseconds
	 * @return whether it is
	 */
	public boolean isToRequest(long now) {
		if (now - this.nextRequest < 0) {
			return false;
		}
		this.nextRequest = now + REQUEST_INTERVAL;
		return true;
	}

	/**
	 * When there is something to do for it next.
	 * @return the time, nanoseconds
	 */
	public long next() {
		return (this.nextRequest - this.deadline < 0) ? this.nextRequest : this.deadline;
	}

	/**
	 * Say what the watch lacks.
	 * @return what was to come and what has come
	 */
	public String missing() {
		return "no proof of delivery within %d s: the watch delivered up to revision %d of %d"
			.formatted(TIMEOUT.toSeconds(), this.arrived, this.target);
	}

}
