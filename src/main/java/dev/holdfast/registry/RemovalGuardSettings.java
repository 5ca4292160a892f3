package dev.holdfast.registry;

import java.time.Duration;

/**
 * Which removals are applied at once, and how long the others are held.
 *
 * @param enabled whether any removal is held at all
 * @param window the time over which a service's removals are counted
 * @param maxRemoved the share of a service's instances that may go within the window
 * without further evidence, 0 to 1; at least one instance may
 * @param holdFor how long a removal is held at most, counting only the time in which the
 * registry is live
 */
public record RemovalGuardSettings(boolean enabled, Duration window, double maxRemoved, Duration holdFor) {

	/** 30 % within 60 s; held for ten minutes. */
	public static final RemovalGuardSettings DEFAULTS = new RemovalGuardSettings(true, Duration.ofSeconds(60), 0.3,
			Duration.ofMinutes(10));

	/**
	 * Checks the settings.
	 * @throws IllegalArgumentException if a duration is not positive or the share is out
	 * of range
	 */
	public RemovalGuardSettings {
		if (!window.isPositive()) {
			throw new IllegalArgumentException("window: %s (expected: > 0)".formatted(window));
		}
		if (!holdFor.isPositive()) {
			throw new IllegalArgumentException("hold-for: %s (expected: > 0)".formatted(holdFor));
		}
		if (!(maxRemoved >= 0 && maxRemoved <= 1)) {
			throw new IllegalArgumentException("max-removed: %s (expected: 0 to 1)".formatted(maxRemoved));
		}
	}

}
