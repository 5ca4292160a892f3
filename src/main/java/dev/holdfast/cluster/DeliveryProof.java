package dev.holdfast.cluster;

import java.time.Duration;

/**
 * A proof under way that the watch delivers: what a majority of etcd agreed on when it
 * began must come out of the watch after that.
 */
final class DeliveryProof {

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
	DeliveryProof(long now, long target) {
		this.target = target;
		this.deadline = now + ClusterSettings.PROOF_TIMEOUT.toNanos();
		this.nextRequest = now;
	}

	void arrived(long revision) {
		this.arrived = Math.max(this.arrived, revision);
	}

	boolean isPassed() {
		return this.arrived >= this.target;
	}

	boolean isOverdue(long now) {
		return now - this.deadline >= 0;
	}

	/**
	 * Whether the watch is to be asked for progress; it is not asked again for a while.
	 */
	boolean isToRequest(long now) {
		if (now - this.nextRequest < 0) {
			return false;
		}
		this.nextRequest = now + REQUEST_INTERVAL;
		return true;
	}

	/**
	 * When there is something to do for it next, nanoseconds.
	 */
	long next() {
		return (this.nextRequest - this.deadline < 0) ? this.nextRequest : this.deadline;
	}

	String missing() {
		return "no proof of delivery within %d s: the watch delivered up to revision %d of %d"
			.formatted(ClusterSettings.PROOF_TIMEOUT.toSeconds(), this.arrived, this.target);
	}

}
