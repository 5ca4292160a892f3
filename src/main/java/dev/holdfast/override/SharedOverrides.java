package dev.holdfast.override;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Hands overrides and commands to all gateways that share an etcd. Every call returns at
 * once; its answer fails with {@link SharedOverridesException} when etcd cannot be asked
 * or refuses.
 */
public interface SharedOverrides {

	/** How many overrides all gateways may share. */
	int MAX_SHARED = 1_000;

	/**
	 * Sets an override of scope {@code CLUSTER}; one of the same key is replaced. It ends
	 * at its time, whoever runs then.
	 * @param override the override
	 * @return when etcd has it; this gateway obeys it by then, the others within a moment
	 */
	CompletableFuture<Void> put(OperatorOverride override);

	/**
	 * Ends an override of scope {@code CLUSTER}.
	 * @param action what it is of; a weight counts for nothing
	 * @return whether there was one
	 */
	CompletableFuture<Boolean> remove(Action action);

	/**
	 * Has every gateway do something once, this one as well.
	 * @param command what
	 * @return when etcd has it
	 */
	CompletableFuture<Void> command(Command command);

	/**
	 * Return why nothing can be handed to the others now.
	 * @return the reason, empty when it can be
	 */
	Optional<String> unavailable();

}
