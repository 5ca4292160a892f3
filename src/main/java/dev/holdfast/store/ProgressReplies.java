package dev.holdfast.store;

/**
 * What is known of how the store answers when it is asked how far a watch has delivered;
 * outlives sessions. etcd answers, and {@code etcd grpc-proxy} before it does not.
 * Belongs to the thread of who asks.
 */
public final class ProgressReplies {

	private boolean known;

	private boolean missing;

	/** One has come. */
	public void arrived() {
		this.known = true;
		this.missing = false;
	}

	/** None has come in the time of a proof. */
	public void missed() {
		this.missing = !this.known;
	}

	/**
	 * Whether one has ever come, so that silence is a fault.
	 * @return whether one has
	 */
	public boolean areKnown() {
		return this.known;
	}

	/**
	 * Whether they were asked for in vain, and never otherwise.
	 * @return whether they were
	 */
	public boolean areMissing() {
		return this.missing;
	}

}
