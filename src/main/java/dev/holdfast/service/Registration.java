package dev.holdfast.service;

/**
 * The record in the registry from which an instance was read.
 *
 * @param key the record's full key
 * @param format the name of the format it is written in, such as {@code kratos}
 * @param createRevision the registry's revision at which the key was created
 * @param modRevision the registry's revision at which the key was last written
 * @param lease the id of the lease that the key hangs on, 0 for none
 * @param origin how the record came to the gateway
 */
public record Registration(String key, String format, long createRevision, long modRevision, long lease,
		Origin origin) {

	/**
	 * How a record came to the gateway.
	 */
	public enum Origin {

		/** By an event on the watch. */
		WATCH,

		/** By a full list. */
		LIST,

		/** From the snapshot on disk. */
		DISK

	}

}
