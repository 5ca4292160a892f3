package dev.holdfast.registry.catalog;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.service.ServiceName;

/**
 * The last changes of each service, and of all. Written by the reflector's thread, read
 * by any.
 */
public final class History {

	/** Changes a service that are remembered. */
	static final int LENGTH = 50;

	private final Clock clock;

	private final Journal journal = new Journal();

	private final Map<ServiceName, Ring> rings = new ConcurrentHashMap<>();

	/**
	 * Creates one without changes.
	 * @param clock tells when a change was taken
	 */
	public History(Clock clock) {
		this.clock = clock;
	}

	/**
	 * Takes note of a change.
	 */
	public void record(ServiceName service, long revision, Change.Cause cause, String instance, String detail) {
		Change change = new Change(revision, this.clock.instant(), cause, instance, detail);
		this.rings.computeIfAbsent(service, (name) -> new Ring()).add(change);
		this.journal.add(service, change);
	}

	/**
	 * The changes of a service, the newest first.
	 */
	public List<Change> of(ServiceName service) {
		Ring ring = this.rings.get(service);
		return (ring != null) ? ring.newestFirst() : List.of();
	}

	/**
	 * The changes of all services behind one, the oldest first.
	 */
	public List<JournalEntry> after(long sequence) {
		return this.journal.after(sequence);
	}

	private static final class Ring {

		private final Deque<Change> changes = new ArrayDeque<>(2);

		synchronized void add(Change change) {
			if (this.changes.size() == LENGTH) {
				this.changes.removeFirst();
			}
			this.changes.addLast(change);
		}

		synchronized List<Change> newestFirst() {
			return List.copyOf(new ArrayList<>(this.changes).reversed());
		}

	}

}
