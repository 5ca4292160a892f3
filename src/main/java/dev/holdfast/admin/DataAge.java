package dev.holdfast.admin;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import dev.holdfast.registry.RegistryStatus;
import org.jspecify.annotations.Nullable;

/**
 * How old what the gateway routes by is, for readers.
 */
final class DataAge {

	private DataAge() {
	}

	/**
	 * Counts the age of a status' data.
	 * @return whole seconds, {@code null} while there is no data
	 */
	static @Nullable Long seconds(RegistryStatus status, Clock clock) {
		Optional<Instant> asOf = status.asOf();
		return asOf.isPresent() ? between(asOf.get(), clock).toSeconds() : null;
	}

	/**
	 * Says in one sentence what state the gateway's data is in.
	 */
	static String sentence(RegistryStatus status, Clock clock) {
		return switch (status) {
			case RegistryStatus.Live live ->
				"etcd reachable; endpoints proven current %s ago".formatted(words(between(live.provenAt(), clock)));
			case RegistryStatus.Stale stale ->
				"etcd unreachable for %s; serving last known endpoints".formatted(words(between(stale.since(), clock)));
			case RegistryStatus.FromDisk disk ->
				"etcd unreachable since the gateway started; serving endpoints saved %s ago"
					.formatted(words(between(disk.savedAt(), clock)));
			case RegistryStatus.Empty empty ->
				"etcd unreachable since the gateway started; there are no endpoints to serve yet";
		};
	}

	private static Duration between(Instant then, Clock clock) {
		Duration age = Duration.between(then, clock.instant());
		return age.isNegative() ? Duration.ZERO : age;
	}

	private static String words(Duration age) {
		if (age.toSeconds() < 120) {
			return age.toSeconds() + " s";
		}
		if (age.toMinutes() < 120) {
			return age.toMinutes() + " min";
		}
		return (age.toHours() < 48) ? age.toHours() + " h" : age.toDays() + " days";
	}

}
