package dev.holdfast.store;

/**
 * What a follower's thread waits for.
 */
sealed interface FollowerMessage {

	/** A connection spoke. */
	record Spoken(long session, StoreSignal signal) implements FollowerMessage {
	}

	/** The process ends. */
	record Stop() implements FollowerMessage {
	}

}
