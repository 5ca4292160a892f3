package dev.holdfast.registry;

import java.time.Duration;

/**
 * Hears of the registry client's own life, for meters. Called on the registry's thread;
 * must neither block nor throw.
 */
public interface RegistryListener {

	/**
	 * A watch event was applied.
	 * @param type {@code put}, {@code delete} or {@code unreadable}
	 */
	default void onEvent(String type) {
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
	 * @param cause a short constant, such as {@code watch-error}
	 */
	default void onGenerationEnded(String cause) {
	}

	/**
	 * A full list ended.
	 * @param reason a short constant: {@code start}, {@code periodic} or {@code refresh}
	 * @param outcome {@code success} or {@code failure}
	 */
	default void onRelist(String reason, String outcome) {
	}

	/**
	 * A periodic list found what the watch should have delivered.
	 * @param differences the number of instances that differ
	 */
	default void onDrift(int differences) {
	}

}
