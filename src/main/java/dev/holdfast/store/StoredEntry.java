package dev.holdfast.store;

/**
 * A key of the store with its value.
 *
 * @param key the key
 * @param value the value, which anybody may have written; not to be changed
 * @param modRevision the revision at which it was last written
 * @param lease the lease that it hangs on, 0 for none
 */
@SuppressWarnings("ArrayRecordComponent")
public record StoredEntry(String key, byte[] value, long modRevision, long lease) {

	@Override
	public String toString() {
		return "StoredEntry[key=%s, %d bytes, modRevision=%d]".formatted(this.key, this.value.length, this.modRevision);
	}

}
