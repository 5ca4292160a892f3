package dev.holdfast.cluster;

/**
 * What is known of how the store answers when it is asked how far a watch has delivered;
 * outlives sessions. etcd answers, and {@code etcd grpc-proxy} before it does not.
 * Belongs to the cluster's thread.
 */
final class ProgressReplies {

	private boolean known;

	private boolean missing;

	/** One has come. */
	void arrived() {
		this.known = true;
		this.missing = false;
	}

	/** None has come in the time of a proof. */
	void missed() {
		this.missing = !this.known;
	}

	/**
	 * Whether one has ever come, so that silence is a fault.
	 */
	boolean areKnown() {
		return this.known;
	}

	/**
	 * Whether they were asked for in vain, and never otherwise.
	 */
	boolean areMissing() {
		return this.missing;
	}

}
