package dev.holdfast.cluster;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.holdfast.store.StoreSignal;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the cluster's thread waits for, in one queue.
 */
interface ClusterInbox {

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

		/**
		 * Something is in etcd at an operator's word.
		 *
		 * @param session the session that wrote it
		 * @param revision the revision of the write
		 * @param until when to wait for it no longer, nanoseconds
		 * @param heard what is to be done when this gateway has heard of it
		 */
		record Written(long session, long revision, long until, Runnable heard) implements Message {
		}

		/** The process ends. */
		record Stop() implements Message {
		}

	}

	/**
	 * The inbox in real time.
	 */
	final class Blocking implements ClusterInbox {

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
