package dev.holdfast.store;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Everything that one thread waits for, in one queue.
 *
 * @param <M> the type of the messages
 */
public interface Inbox<M> {

	/**
	 * Adds a message; never blocks.
	 * @param message the message
	 */
	void post(M message);

	/**
	 * Waits for a message.
	 * @param nanos how long at most, nanoseconds; none when not positive
	 * @return the message, or {@code null} when the time is up
	 * @throws InterruptedException if the waiting thread is interrupted
	 */
	@Nullable M poll(long nanos) throws InterruptedException;

	/**
	 * The inbox in real time.
	 *
	 * @param <M> the type of the messages
	 */
	final class Blocking<M> implements Inbox<M> {

		private final LinkedBlockingQueue<M> queue = new LinkedBlockingQueue<>();

		@Override
		public void post(M message) {
			this.queue.add(message);
		}

		@Override
		public @Nullable M poll(long nanos) throws InterruptedException {
			return this.queue.poll(nanos, TimeUnit.NANOSECONDS);
		}

	}

}
