package dev.holdfast.cluster;

import java.time.Duration;

/**
 * How gateways share what they know.
 *
 * @param prefix what all keys begin with, a slash at its end
 * @param leaseTime after how long a gateway that has died is no longer listed
 * @param reportInterval the least time between two reports of a revision; what a gateway
 * reports is a write, and etcd keeps every write until it is compacted
 * @param lagAfter for how long a gateway must be behind to be marked
 * @param proofInterval the time between two proofs that etcd delivers changes
 * @param refusedPause the wait before etcd is asked again after it has denied the
 * permission
 */
public record ClusterSettings(String prefix, Duration leaseTime, Duration reportInterval, Duration lagAfter,
		Duration proofInterval, Duration refusedPause) {

	/**
	 * Checks the prefix.
	 * @throws IllegalArgumentException if it does not end in a slash
	 */
	public ClusterSettings {
		if (!prefix.endsWith("/")) {
			throw new IllegalArgumentException("prefix: \"%s\" (expected: a slash at its end)".formatted(prefix));
		}
	}

	/**
	 * Return the usual settings.
	 * @param prefix what all keys begin with, a slash at its end
	 * @return the settings
	 */
	public static ClusterSettings of(String prefix) {
		return new ClusterSettings(prefix, Duration.ofSeconds(15), Duration.ofSeconds(5), Duration.ofSeconds(15),
				Duration.ofSeconds(5), Duration.ofSeconds(60));
	}

}
