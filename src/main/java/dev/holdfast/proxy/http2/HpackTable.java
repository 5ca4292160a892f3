package dev.holdfast.proxy.http2;

import org.jspecify.annotations.Nullable;

/**
 * The entries that a peer has added (RFC 7541, section 2.3.2), the newest first.
 */
final class HpackTable {

	private static final int INITIAL_CAPACITY = 16;

	private @Nullable HpackEntry[] entries = new HpackEntry[0];

	private int newest;

	private int count;

	private int size;

	private int maxSize;

	/**
	 * Make an empty table.
	 * @param maxSize the largest sum of its entries' sizes, bytes
	 */
	HpackTable(int maxSize) {
		this.maxSize = maxSize;
	}

	/**
	 * Return how many entries there are.
	 */
	int count() {
		return this.count;
	}

	/**
	 * Return the sum of the entries' sizes, bytes.
	 */
	int size() {
		return this.size;
	}

	/**
	 * Return an entry.
	 * @param index 0 for the newest
	 * @return the entry, {@code null} when there is none
	 */
	@Nullable HpackEntry get(int index) {
		return (index < this.count) ? this.entries[(this.newest - index) & (this.entries.length - 1)] : null;
	}

	/**
	 * Add an entry, and let go of the oldest until there is room. One that is larger than
	 * the table empties it.
	 * @param entry the entry
	 */
	void add(HpackEntry entry) {
		evict(this.maxSize - entry.size());
		if (entry.size() <= this.maxSize) {
			if (this.count == this.entries.length) {
				grow();
			}
			this.newest = (this.newest + 1) & (this.entries.length - 1);
			this.entries[this.newest] = entry;
			this.count++;
			this.size += entry.size();
		}
	}

	private void grow() {
		@Nullable HpackEntry[] larger = new HpackEntry[Math.max(INITIAL_CAPACITY, this.entries.length * 2)];
		for (int i = 0; i < this.count; i++) {
			larger[this.count - 1 - i] = get(i);
		}
		this.entries = larger;
		this.newest = (this.count - 1) & (larger.length - 1);
	}

	/**
	 * Set the largest sum of the entries' sizes.
	 * @param maxSize the sum, bytes
	 */
	void resize(int maxSize) {
		this.maxSize = maxSize;
		evict(maxSize);
	}

	private void evict(int room) {
		while (this.count > 0 && this.size > room) {
			int oldest = (this.newest - this.count + 1) & (this.entries.length - 1);
			HpackEntry entry = this.entries[oldest];
			this.entries[oldest] = null;
			this.count--;
			this.size -= (entry != null) ? entry.size() : 0;
		}
	}

}
