package dev.holdfast.registry;

import java.time.Duration;

/**
 * Hears of the registry client's own life, for meters. Called on the registry's thread;
 * must neither block nor throw.
 */
public interface RegistryListener {

	/**
	 * A watch event was applied.
	 * @param type what it was
	 */
	default void onEvent(EventType type) {
	}

	/**
	 * What one watch response changed has become routable.
	 * @param took the time since the response arrived from the registry
	 */
	default void onPropagated(Duration took) {
	}

	/**
	 * Delivery on the watch was proven.
	 * @param took the time that the proof took
	 * @param headRevision the registry's newest revision
	 */
	default void onBarrier(Duration took, long headRevision) {
	}

	/**
	 * A generation of client, list and watch ended.
	 * @param cause why
	 */
	default void onGenerationEnded(EndCause cause) {
	}

	/**
	 * A full list ended.
	 * @param reason why there was one
	 * @param outcome how it ended
	 */
	default void onRelist(RelistReason reason, RelistOutcome outcome) {
	}

	/**
	 * A periodic list found what the watch should have delivered.
	 * @param differences the number of instances that differ
	 */
	default void onDrift(int differences) {
	}

}
