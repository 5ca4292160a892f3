package dev.holdfast.registry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

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
	 * Publishes nothing that the registry says for a while; one that runs is replaced.
	 * @param time for how long
	 * @param reason why, for those who look at it
	 * @return the freeze
	 */
	CompletableFuture<Freeze> freeze(Duration time, String reason);

	/**
	 * Ends a freeze and publishes what came meanwhile; does nothing when there is none.
	 * @return when it is done
	 */
	CompletableFuture<Void> unfreeze();

}
