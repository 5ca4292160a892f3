package dev.holdfast.store;

import java.util.List;

import dev.holdfast.service.Revision;

/**
 * Hears what becomes of the entries below a prefix. Called on the follower's thread; must
 * not block for long.
 */
public interface StoreListener {

	/**
	 * Return up to which revision every change is known, so that those behind it can be
	 * heard of one by one, deletions among them, where the store still has them.
	 * @return the revision, {@link Revision#NONE} when nothing is known
	 */
	Revision known();

	/**
	 * Takes everything that is there, at the beginning of a connection and again from
	 * time to time.
	 * @param revision the revision that was listed
	 * @param entries all entries
	 */
	void onListed(Revision revision, List<StoredEntry> entries);

	/**
	 * Takes changes, some of which a list may have contained already.
	 * @param changes the changes, oldest first
	 */
	void onChanges(List<StoreSignal.Change> changes);

	/**
	 * Hears that nothing more has arrived for now.
	 */
	void onSettled();

	/**
	 * Hears that every change up to a revision has been delivered.
	 * @param revision the revision
	 */
	void onProven(Revision revision);

	/**
	 * Hears that the connection is gone; another one is made.
	 * @param reason what failed, where, and why
	 * @param denied whether the store denies the permission
	 */
	void onLost(String reason, boolean denied);

	/**
	 * Hears that a second or so has passed while the connection lives.
	 */
	void onTick();

}
