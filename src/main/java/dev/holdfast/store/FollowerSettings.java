package dev.holdfast.store;

import java.time.Duration;

/**
 * What of a store is followed, and how often it is checked.
 *
 * @param prefix what the keys begin with, a slash at its end
 * @param proofInterval the time between two proofs that the store delivers changes
 * @param relistInterval the time between two full lists, which find what the watch has
 * missed; each time ± 10 %, so that a fleet of gateways does not ask at once
 * @param refusedPause the wait before the store is asked again after it has denied the
 * permission
 */
public record FollowerSettings(String prefix, Duration proofInterval, Duration relistInterval, Duration refusedPause) {

	private static final Duration REFUSED_PAUSE = Duration.ofSeconds(60);

	/**
	 * Checks the prefix.
	 * @throws IllegalArgumentException if it does not end in a slash
	 */
	public FollowerSettings {
		if (!prefix.endsWith("/")) {
			throw new IllegalArgumentException("prefix: \"%s\" (expected: a slash at its end)".formatted(prefix));
		}
	}

	/**
	 * The same, with the usual wait after a permission was denied.
	 * @param prefix what the keys begin with, a slash at its end
	 * @param proofInterval the time between two proofs that the store delivers changes
	 * @param relistInterval the time between two full lists
	 */
	public FollowerSettings(String prefix, Duration proofInterval, Duration relistInterval) {
		this(prefix, proofInterval, relistInterval, REFUSED_PAUSE);
	}

}
