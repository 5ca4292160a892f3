package dev.holdfast.registry.reflector;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.Signal;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the reflector's thread waits for, in one queue.
 */
interface Mailbox {

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
		record Spoken(long session, Signal signal) implements Message {
		}

		/** An operator wants everything listed anew. */
		record Refresh(CompletableFuture<RefreshResult> result) implements Message {
		}

		/** An operator wants the cache compared with the registry. */
		record Diff(CompletableFuture<RegistryDiff> result) implements Message {
		}

		/** An operator wants a new connection; answered with its session's number. */
		record Reconnect(CompletableFuture<Long> result) implements Message {
		}

		/** Something is to be done on the reflector's thread. */
		record Task(Runnable action) implements Message {
		}

		/** The process ends. */
		record Stop() implements Message {
		}

	}

	/**
	 * The mailbox in real time.
	 */
	final class Blocking implements Mailbox {

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
