package dev.holdfast.store;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Everything that a follower's thread waits for, in one queue.
 */
interface StoreInbox {

	/**
	 * Adds a message; never blocks.
	 */
	void post(Message message);

	/**
	 * Waits for a message.
	 * @param nanos how long at most, nanoseconds; none when not positive
	 * @return the message, or {@code null} when the time is up
	 */
	@Nullable Message poll(long nanos) throws InterruptedException;

	/**
	 * What can be waited for.
	 */
	sealed interface Message {

		/** A connection spoke. */
		record Spoken(long session, StoreSignal signal) implements Message {
		}

		/** The process ends. */
		record Stop() implements Message {
		}

	}

	/**
	 * The inbox in real time.
	 */
	final class Blocking implements StoreInbox {

		private final LinkedBlockingQueue<Message> queue = new LinkedBlockingQueue<>();

		@Override
		public void post(Message message) {
			this.queue.add(message);
		}

		@Override
		public @Nullable Message poll(long nanos) throws InterruptedException {
			return this.queue.poll(nanos, TimeUnit.NANOSECONDS);
		}

	}

}
