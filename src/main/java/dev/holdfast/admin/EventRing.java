package dev.holdfast.admin;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The last events and the state that they lead to. One writes, which waits for no reader;
 * each reader goes by the id of the last event that it has, and one that is too slow
 * finds that what it wants next is gone.
 */
final class EventRing {

	private final int capacity;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition news = this.lock.newCondition();

	/** By the id of their last event. */
	private final TreeMap<Long, EventFrame> frames = new TreeMap<>();

	private RegistryState state;

	/** The id of the last event, and of the one before the oldest that is kept. */
	private long last;

	private long oldest;

	private int size;

	private boolean closed;

	/**
	 * Creates an empty ring.
	 * @param last the id before the first event's
	 * @param capacity how many bytes of events are kept; one frame is in any case
	 */
	EventRing(long last, int capacity) {
		this.last = last;
		this.oldest = last;
		this.capacity = capacity;
		this.state = RegistryState.NONE.at(last);
	}

	/**
	 * Adds events together with what they make of the state, so that nobody sees one
	 * without the other.
	 */
	void append(EventFrame frame, RegistryState after) {
		this.lock.lock();
		try {
			this.frames.put(frame.last(), frame);
			this.size += frame.size();
			this.last = frame.last();
			while (this.size > this.capacity && this.frames.size() > 1) {
				EventFrame removed = this.frames.pollFirstEntry().getValue();
				this.size -= removed.size();
				this.oldest = removed.last();
			}
			this.state = after.at(this.last);
			this.news.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Begins with a state that no event has led to. What was kept is forgotten, and who
	 * has its ids must start anew.
	 */
	void begin(RegistryState begun) {
		this.lock.lock();
		try {
			this.frames.clear();
			this.size = 0;
			this.last++;
			this.oldest = this.last;
			this.state = begun.at(this.last);
			this.news.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Takes note that the state after the last event is still so.
	 */
	void confirm(RegistryState confirmed) {
		this.lock.lock();
		try {
			this.state = confirmed.at(this.last);
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives the state after the last event.
	 */
	RegistryState state() {
		this.lock.lock();
		try {
			return this.state;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Whether everything behind an event can be had.
	 */
	boolean reachesBackTo(long id) {
		this.lock.lock();
		try {
			return id >= this.oldest && id <= this.last;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Gives what comes behind an event, one frame at a time: who is slow to take it must
	 * not hold more than that.
	 * @param id its id
	 * @param time how long to wait until there is something
	 */
	Next next(long id, Duration time) throws InterruptedException {
		long nanos = time.toNanos();
		this.lock.lock();
		try {
			while (id == this.last && !this.closed && nanos > 0) {
				nanos = this.news.awaitNanos(nanos);
			}
			if (this.closed) {
				return new Next.Closed();
			}
			if (id < this.oldest || id > this.last) {
				return new Next.Gone();
			}
			Map.Entry<Long, EventFrame> behind = this.frames.higherEntry(id);
			return (behind == null) ? new Next.Nothing() : new Next.Events(behind.getValue());
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Waits for a time, or until there will be no more events.
	 */
	void await(Duration time) throws InterruptedException {
		long nanos = time.toNanos();
		this.lock.lock();
		try {
			while (!this.closed && nanos > 0) {
				nanos = this.news.awaitNanos(nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends every reader.
	 */
	void close() {
		this.lock.lock();
		try {
			this.closed = true;
			this.news.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * What a reader gets.
	 */
	sealed interface Next {

		/**
		 * There are events.
		 *
		 * @param frame the frame that has the next ones; it may begin earlier
		 */
		record Events(EventFrame frame) implements Next {
		}

		/** Nothing has happened. */
		record Nothing() implements Next {
		}

		/** The next events are no longer kept. */
		record Gone() implements Next {
		}

		/** There will be no more. */
		record Closed() implements Next {
		}

	}

}
