package dev.holdfast.registry.reflector;

import java.time.Duration;

import dev.holdfast.registry.Backoff;

/**
 * A backoff that always has the same wait.
 */
final class EverySecond implements Backoff {

	@Override
	public Duration next() {
		return Duration.ofSeconds(1);
	}

	@Override
	public void reset() {
		// Always the same wait.
	}

}
