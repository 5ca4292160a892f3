package dev.holdfast.registry;

import java.time.Duration;

/**
 * How often the registry is checked, and how far it is obeyed.
 *
 * @param barrierInterval how often delivery on the watch is proven
 * @param relistInterval how often everything is listed anew to find what the watch did
 * not bring; each time ± 10 %, so that a fleet of gateways does not ask at once
 * @param removalGuard which removals are applied at once
 */
public record RegistrySettings(Duration barrierInterval, Duration relistInterval, RemovalGuardSettings removalGuard) {

	/**
	 * How long a proof of delivery may take. With the interval of 5 s, silence is noticed
	 * within 10 s.
	 */
	static final Duration BARRIER_TIMEOUT = Duration.ofSeconds(5);

	/**
	 * How long a full list may take.
	 */
	static final Duration LIST_TIMEOUT = Duration.ofSeconds(60);

	/**
	 * Checks the intervals.
	 * @throws IllegalArgumentException if one is not positive
	 */
	public RegistrySettings {
		requirePositive("barrier interval", barrierInterval);
		requirePositive("re-list interval", relistInterval);
	}

	private static void requirePositive(String name, Duration value) {
		if (!value.isPositive()) {
			throw new IllegalArgumentException("%s: %s (expected: > 0)".formatted(name, value));
		}
	}

}
