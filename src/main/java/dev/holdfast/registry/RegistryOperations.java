package dev.holdfast.registry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.service.ServiceName;

/**
 * What operators can ask the registry client to do. Every call returns at once; its
 * answer fails with {@link RegistryException} when the registry is needed for it and
 * cannot be asked.
 */
public interface RegistryOperations {

	/**
	 * Lists everything anew on the running connection.
	 * @return what it changed
	 */
	CompletableFuture<RefreshResult> refresh();

	/**
	 * Lists everything and compares it with the cache; changes nothing.
	 * @return the differences
	 */
	CompletableFuture<RegistryDiff> diff();

	/**
	 * Ends the running connection and begins another one at once, also in the middle of
	 * the wait between two attempts. Whether that one reaches the registry is told by its
	 * status.
	 * @return the number of the generation that was begun
	 */
	CompletableFuture<Long> reconnect();

	/**
	 * Applies held removals now.
	 * @param selection which
	 * @param reason why, for the history
	 * @return those that were applied
	 */
	CompletableFuture<List<HeldRemoval>> approve(HeldSelection selection, String reason);

	/**
	 * Keeps instances although their removal is held, whatever their probes find. After
	 * that time the removal is held anew.
	 * @param selection which
	 * @param time for how long
	 * @param reason why, for the history
	 * @return those that are kept
	 */
	CompletableFuture<List<HeldRemoval>> cancel(HeldSelection selection, Duration time, String reason);

	/**
	 * Publishes nothing that the registry says until {@link #unfreeze}; one that runs is
	 * replaced.
	 * @param freeze why, and until when, for whoever asks; nobody but the caller ends it
	 * @return when it is done
	 */
	CompletableFuture<Void> freeze(Freeze freeze);

	/**
	 * Ends a freeze and publishes what came meanwhile; does nothing when there is none.
	 * @return when it is done
	 */
	CompletableFuture<Void> unfreeze();

	/**
	 * Changes nothing; whoever waits for it finds done what was asked for before.
	 * @return when freezes and their ends that were asked for before are obeyed
	 */
	CompletableFuture<Void> settled();

	/**
	 * Takes note of what an operator has changed on this side of the registry.
	 * @param service the service that it concerns
	 * @param cause what was done
	 * @param instance the id of the instance that it concerns, empty for all
	 * @param detail what else is to be said
	 */
	void note(ServiceName service, Change.Cause cause, String instance, String detail);

}
