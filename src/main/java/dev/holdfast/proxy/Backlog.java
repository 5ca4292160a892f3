package dev.holdfast.proxy;

import io.vertx.core.Future;

/**
 * What of a body has been written and not been sent yet, which stops the body's source
 * while it is too much. Vert.x counts the messages that it queues for a peer that takes
 * nothing, however large they are.
 */
final class Backlog {

	/** From which on the body's source is to wait, bytes. */
	private static final int HIGH = 64 * 1024;

	/** From which on it need not wait any more, bytes. */
	private static final int LOW = HIGH / 2;

	/** What it takes to keep a message, however small it is, bytes. */
	private static final int EACH = 256;

	private final BodySource source;

	private int size;

	private boolean full;

	private boolean abandoned;

	/**
	 * Starts with nothing.
	 * @param source paused when it gets too much, and resumed when that has been sent
	 */
	Backlog(BodySource source) {
		this.source = source;
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
		if (this.size >= HIGH && !this.full) {
			this.full = true;
			this.source.pause();
		}
		sent.onComplete((done) -> remove(weight));
	}

	private void remove(int weight) {
		this.size -= weight;
		if (this.full && this.size <= LOW && !this.abandoned) {
			this.full = false;
			this.source.resume();
		}
	}

	/**
	 * Whether the body's source has to wait.
	 */
	boolean isFull() {
		return this.full;
	}

	/**
	 * Lets the source alone from now on: it sends to somebody else, or to nobody.
	 */
	void abandon() {
		this.abandoned = true;
	}

}
