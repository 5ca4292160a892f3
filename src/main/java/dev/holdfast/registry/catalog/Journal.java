package dev.holdfast.registry.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * The last changes of all services in the order in which they were taken. Written by the
 * reflector's thread, which never waits for a reader; read by any.
 */
final class Journal {

	/** How many changes are remembered; a power of two. */
	static final int LENGTH = 16_384;

	private final AtomicReferenceArray<@Nullable JournalEntry> entries = new AtomicReferenceArray<>(LENGTH);

	private volatile long last;

	void add(ServiceName service, Change change) {
		long sequence = this.last + 1;
		this.entries.set(place(sequence), new JournalEntry(sequence, service, change));
		this.last = sequence;
	}

	/**
	 * The remembered changes behind one, the oldest first.
	 * @param sequence that one's place, 0 for all
	 */
	List<JournalEntry> after(long sequence) {
		long end = this.last;
		List<JournalEntry> found = new ArrayList<>();
		for (long next = Math.max(sequence, end - LENGTH) + 1; next <= end; next++) {
			JournalEntry entry = this.entries.get(place(next));
			if (entry != null && entry.sequence() == next) {
				found.add(entry);
			}
			else {
				// The writer has come round meanwhile: what is behind here is all that is
				// left without a gap.
				found.clear();
			}
		}
		return found;
	}

	private static int place(long sequence) {
		return (int) (sequence & (LENGTH - 1));
	}

}
