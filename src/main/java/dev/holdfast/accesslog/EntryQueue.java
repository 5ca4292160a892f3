package dev.holdfast.accesslog;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * Entries that wait to be written. It is bounded by the memory that they take, since
 * clients decide how long they are, and neither side waits for the other: what does not
 * fit is dropped and counted.
 */
final class EntryQueue {

	private final Semaphore room;

	private final Queue<AccessLogEntry> entries = new ConcurrentLinkedQueue<>();

	private final LongAdder dropped = new LongAdder();

	/**
	 * Begin without entries.
	 * @param capacity how much memory they may take, bytes
	 */
	EntryQueue(int capacity) {
		this.room = new Semaphore(capacity);
	}

	void offer(AccessLogEntry entry) {
		if (this.room.tryAcquire(entry.size())) {
			this.entries.add(entry);
		}
		else {
			this.dropped.increment();
		}
	}

	@Nullable AccessLogEntry poll() {
		AccessLogEntry entry = this.entries.poll();
		if (entry != null) {
			this.room.release(entry.size());
		}
		return entry;
	}

	/**
	 * Count lines that were taken, but could not be written.
	 */
	void drop(int lines) {
		this.dropped.add(lines);
	}

	/**
	 * Count and take out all that is left.
	 */
	int clear() {
		int left = 0;
		while (poll() != null) {
			left++;
		}
		drop(left);
		return left;
	}

	long dropped() {
		return this.dropped.sum();
	}

}
