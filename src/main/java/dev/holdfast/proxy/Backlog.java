package dev.holdfast.proxy;

import io.vertx.core.Future;

/**
 * What of a body has been written and not been sent yet. Vert.x counts the messages that
 * it queues for a peer that takes nothing, however large they are.
 */
final class Backlog {

	/** From which on the body's source is to wait, bytes. */
	private static final int HIGH = 64 * 1024;

	/** From which on it need not wait any more, bytes. */
	private static final int LOW = HIGH / 2;

	/** What it takes to keep a message, however small it is, bytes. */
	private static final int EACH = 256;

	private final Runnable drained;

	private int size;

	private boolean full;

	/**
	 * Starts with nothing.
	 * @param drained to be run each time it was full and is not any more
	 */
	Backlog(Runnable drained) {
		this.drained = drained;
	}

	/**
	 * Counts a message until it has been sent or dropped.
	 * @param length its size, bytes
	 */
	void add(int length, Future<Void> sent) {
		if (sent.isComplete()) {
			return;
		}
		int weight = length + EACH;
		this.size += weight;
		this.full |= this.size >= HIGH;
		sent.onComplete((done) -> remove(weight));
	}

	private void remove(int weight) {
		this.size -= weight;
		if (this.full && this.size <= LOW) {
			this.full = false;
			this.drained.run();
		}
	}

	/**
	 * Whether the body's source must wait.
	 */
	boolean isFull() {
		return this.full;
	}

}
