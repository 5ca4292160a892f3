package dev.holdfast.registry;

/**
 * What a watch event was.
 */
public enum EventType {

	/**
	 * A record was written.
	 */
	PUT,

	/**
	 * A record was deleted.
	 */
	DELETE,

	/**
	 * A record was written that cannot be read.
	 */
	UNREADABLE

}
