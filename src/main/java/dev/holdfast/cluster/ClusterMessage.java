package dev.holdfast.cluster;

import dev.holdfast.store.StoreSignal;

/**
 * What the cluster's thread waits for.
 */
sealed interface ClusterMessage {

	/** A connection spoke. */
	record Spoken(long session, StoreSignal signal) implements ClusterMessage {
	}

	/**
	 * Something is in etcd at an operator's word.
	 *
	 * @param session the session that wrote it
	 * @param revision the revision of the write
	 * @param until when to wait for it no longer, nanoseconds
	 * @param heard what is to be done when this gateway has heard of it
	 */
	record Written(long session, long revision, long until, Runnable heard) implements ClusterMessage {
	}

	/** The process ends. */
	record Stop() implements ClusterMessage {
	}

}
