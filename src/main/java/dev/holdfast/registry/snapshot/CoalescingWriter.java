package dev.holdfast.registry.snapshot;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Writes the newest of the snapshots that it is given, on a thread of its own and no more
 * often than its pace allows; those in between are left out. The thread starts with the
 * first snapshot.
 *
 * @param <T> the type of the snapshots
 */
public final class CoalescingWriter<T> {

	// After each piece of work nine times as long is rested, so that a large registry in
	// motion takes at most a tenth of a processor, at any moment: a write that worked
	// through would hold up the requests that it shares the processors with.
	private static final int REST_FACTOR = 9;

	private final String threadName;

	private final Write<T> write;

	private final Pace pace;

	private final LongSupplier nanoTime;

	/** Guards the fields below; held for assignments only. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	private @Nullable T pending;

	private @Nullable Thread thread;

	private boolean closed;

	/** When the last rest ended, or the write began; the writer's thread alone knows. */
	private long workedSince;

	/**
	 * Creates the writer.
	 * @param threadName the name of its thread
	 * @param write writes a snapshot
	 * @param pace how often it writes
	 * @param nanoTime a monotonic clock, nanoseconds
	 */
	public CoalescingWriter(String threadName, Write<T> write, Pace pace, LongSupplier nanoTime) {
		this.threadName = threadName;
		this.write = write;
		this.pace = pace;
		this.nanoTime = nanoTime;
	}

	/**
	 * Has a snapshot written, unless a newer one follows before its turn. Returns at
	 * once; once closed it does nothing.
	 * @param snapshot the newest snapshot
	 */
	public void offer(T snapshot) {
		this.lock.lock();
		try {
			if (this.closed) {
				return;
			}
			// One that has something to write already only waits for its time.
			boolean idle = this.pending == null;
			this.pending = snapshot;
			// An error may have ended it; the next snapshot then starts another.
			if (this.thread == null || !this.thread.isAlive()) {
				this.thread = Thread.ofPlatform().daemon().name(this.threadName).start(this::writeUntilClosed);
			}
			if (idle) {
				this.changed.signalAll();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Has what is pending written without delay, and ends.
	 * @param timeout how long to wait for it
	 * @return whether it ended within that time
	 * @throws InterruptedException if the calling thread is interrupted
	 */
	public boolean close(Duration timeout) throws InterruptedException {
		Thread ending;
		this.lock.lock();
		try {
			this.closed = true;
			ending = this.thread;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
		return ending == null || ending.join(timeout);
	}

	private void writeUntilClosed() {
		long notBefore = this.nanoTime.getAsLong();
		for (T next = take(notBefore); next != null; next = take(notBefore)) {
			this.workedSince = this.nanoTime.getAsLong();
			boolean written = this.write.write(next, this::rest);
			long end = this.nanoTime.getAsLong();
			if (written) {
				notBefore = end + Math.max(this.pace.interval().toNanos(), (end - this.workedSince) * REST_FACTOR);
			}
			else {
				putBack(next);
				notBefore = end + this.pace.retry().toNanos();
			}
		}
	}

	/**
	 * Rests for as long as the work since the last rest is worth, but once closed not at
	 * all. Called by the writer's thread in the middle of a write.
	 */
	private void rest() {
		this.lock.lock();
		try {
			long rest = (this.nanoTime.getAsLong() - this.workedSince) * REST_FACTOR;
			while (!this.closed && rest > 0) {
				rest = this.changed.awaitNanos(rest);
			}
		}
		catch (InterruptedException ex) {
			// As if there was nothing to rest for: who interrupts wants the end of it.
			Thread.currentThread().interrupt();
		}
		finally {
			this.lock.unlock();
		}
		this.workedSince = this.nanoTime.getAsLong();
	}

	/**
	 * Waits for the next snapshot and for its time.
	 * @param notBefore its time by the monotonic clock, void once closed
	 * @return the newest snapshot, or {@code null} when closed and nothing is left
	 */
	private @Nullable T take(long notBefore) {
		this.lock.lock();
		try {
			while (!this.closed && this.pending == null) {
				this.changed.awaitUninterruptibly();
			}
			long wait = notBefore - this.nanoTime.getAsLong();
			while (!this.closed && wait > 0) {
				wait = this.changed.awaitNanos(wait);
			}
			T next = this.pending;
			this.pending = null;
			return next;
		}
		catch (InterruptedException ex) {
			// Nobody has a reason to interrupt this thread: end, and let the next
			// snapshot
			// start another.
			return null;
		}
		finally {
			this.lock.unlock();
		}
	}

	private void putBack(T failed) {
		this.lock.lock();
		try {
			if (!this.closed && this.pending == null) {
				this.pending = failed;
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Writes a snapshot.
	 *
	 * @param <T> the type of the snapshots
	 */
	@FunctionalInterface
	public interface Write<T> {

		/**
		 * Writes a snapshot.
		 * @param snapshot the snapshot
		 * @param rest to be called after each piece of the work; waits for a while
		 * @return whether it succeeded
		 */
		boolean write(T snapshot, Runnable rest);

	}

	/**
	 * How often is written.
	 *
	 * @param interval the least time between two writes
	 * @param retry the time after which a failed write is tried again
	 */
	public record Pace(Duration interval, Duration retry) {
	}

}
