package dev.holdfast.registry;

import java.time.Duration;

/**
 * How often the registry is checked, and how far it is obeyed.
 *
 * @param barrierInterval how often delivery on the watch is proven
 * @param relistInterval how often everything is listed anew to find what the watch did
 * not bring; each time ± 10 %, so that a fleet of gateways does not ask at once
 * @param removalGuard which removals are applied at once
 * @param routability which instances take requests, since no other is worth anything to a
 * service that loses the rest
 */
public record RegistrySettings(Duration barrierInterval, Duration relistInterval, RemovalGuardSettings removalGuard,
		Routability routability) {

	/**
	 * Checks the intervals.
	 * @throws IllegalArgumentException if one is not positive
	 */
	public RegistrySettings {
		requirePositive("barrier interval", barrierInterval);
		requirePositive("re-list interval", relistInterval);
	}

	/**
	 * The same, with instances of which all take requests.
	 * @param barrierInterval how often delivery on the watch is proven
	 * @param relistInterval how often everything is listed anew
	 * @param removalGuard which removals are applied at once
	 * @throws IllegalArgumentException if an interval is not positive
	 */
	public RegistrySettings(Duration barrierInterval, Duration relistInterval, RemovalGuardSettings removalGuard) {
		this(barrierInterval, relistInterval, removalGuard, Routability.ALL);
	}

	private static void requirePositive(String name, Duration value) {
		if (!value.isPositive()) {
			throw new IllegalArgumentException("%s: %s (expected: > 0)".formatted(name, value));
		}
	}

}
