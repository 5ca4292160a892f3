package dev.holdfast.registry;

/**
 * A change of one record.
 */
public sealed interface RecordEvent {

	/**
	 * The registry's revision that the change made.
	 * @return the revision
	 */
	long revision();

	/**
	 * A record was written.
	 *
	 * @param written the record as it is now
	 */
	record Put(RegistryRecord written) implements RecordEvent {

		@Override
		public long revision() {
			return this.written.modRevision();
		}

	}

	/**
	 * A record was deleted, or its lease ran out.
	 *
	 * @param key the record's full key
	 * @param revision the registry's revision that the removal made
	 */
	record Deleted(String key, long revision) implements RecordEvent {
	}

}
