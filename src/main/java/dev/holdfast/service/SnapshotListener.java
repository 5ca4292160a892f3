package dev.holdfast.service;

import java.util.Set;

/**
 * Hears of every published snapshot.
 */
@FunctionalInterface
public interface SnapshotListener {

	/**
	 * Takes a new snapshot. Called on the registry's thread after the snapshot was
	 * published, in the order of publication; it must neither block nor throw, and its
	 * cost must depend on what changed alone.
	 * @param snapshot the new snapshot
	 * @param changed the names of the services that differ from the snapshot before
	 */
	void onSnapshot(Snapshot snapshot, Set<ServiceName> changed);

	/**
	 * The registry has been listed for the first time; called after {@link #onSnapshot},
	 * and also when nothing is registered.
	 * @param snapshot what it has
	 */
	default void onListed(Snapshot snapshot) {
	}

}
