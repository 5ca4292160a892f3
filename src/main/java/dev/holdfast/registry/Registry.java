package dev.holdfast.registry;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;

/**
 * The cached view of what is registered. Reads never block and never fail.
 */
public interface Registry {

	/**
	 * Gives the newest snapshot.
	 * @return the snapshot, {@link Snapshot#EMPTY} when there has never been one
	 */
	Snapshot snapshot();

	/**
	 * Tells how far the snapshot can be trusted.
	 * @return the status
	 */
	RegistryStatus status();

	/**
	 * Tells when the status became what it is; proofs of delivery while live do not
	 * count.
	 * @return the time of the last transition
	 */
	Instant statusSince();

	/**
	 * Tells what is known of the cluster's members.
	 * @return the members as configured
	 */
	List<MemberState> members();

	/**
	 * Counts the generations of client, list and watch that were begun.
	 * @return the number of the running generation, 0 before the first
	 */
	long generation();

	/**
	 * Counts how often a connection that had been live was replaced.
	 * @return the number of reconnects
	 */
	long reconnects();

	/**
	 * Lists the records that could not be read.
	 * @return the records, sorted by key
	 */
	List<UnreadableRecord> unreadable();

	/**
	 * Tells what is known of the snapshot on disk.
	 * @return the file's state, empty when none is kept
	 */
	Optional<SnapshotFileState> snapshotFile();

	/**
	 * Lists the instances that the registry no longer has and that stay for now.
	 * @return the held removals, sorted by service and instance
	 */
	List<HeldRemoval> held();

	/**
	 * Finds the held removal of an instance.
	 * @param service the service
	 * @param instance the instance's id
	 * @return the held removal, empty when there is none
	 */
	Optional<HeldRemoval> held(ServiceName service, String instance);

	/**
	 * Counts the removals that are held.
	 * @return their number
	 */
	int heldRemovals();

	/**
	 * Tells what changed in a service lately.
	 * @param service the service
	 * @return the changes that are still remembered, the newest first
	 */
	List<Change> history(ServiceName service);

	/**
	 * Tells what changed in all services lately.
	 * @param after the sequence of the last change that is known already, 0 for none
	 * @return the changes behind that one that are still remembered, the oldest first
	 */
	List<JournalEntry> journal(long after);

	/**
	 * Tells whether an operator has frozen the registry.
	 * @return the freeze, empty when there is none
	 */
	Optional<Freeze> freeze();

}
