package dev.holdfast.store;

import java.util.List;

/**
 * What a {@link StoreConnection} has to say.
 */
public sealed interface StoreSignal {

	/**
	 * Something arrived on the watch: changes, or the proof that there were none.
	 *
	 * @param revision everything up to here has now been delivered
	 * @param changes the changes, oldest first
	 */
	record Delivered(long revision, List<Change> changes) implements StoreSignal {
	}

	/**
	 * The watch ended, or the connection is to be made anew. Nothing that it says later
	 * counts.
	 *
	 * @param reason what failed, where, and why
	 */
	record Failed(StoreException reason) implements StoreSignal {
	}

	/**
	 * A change of an entry.
	 */
	sealed interface Change {

		/**
		 * An entry was written.
		 *
		 * @param entry what it is now
		 */
		record Put(StoredEntry entry) implements Change {
		}

		/**
		 * An entry is gone: deleted, or its lease has run out.
		 *
		 * @param key its key
		 * @param revision the revision at which it went
		 */
		record Deleted(String key, long revision) implements Change {
		}

	}

}
