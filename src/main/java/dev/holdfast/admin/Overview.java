package dev.holdfast.admin;

import java.time.Clock;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The gateway at a glance.
 *
 * @param sentence in words, what state the data is in and how old it is
 * @param state {@code LIVE}, {@code STALE}, {@code FROM_DISK} or {@code EMPTY}
 * @param cause why it is not live, empty while it is
 * @param ageSeconds time since the data was last known to be current, {@code null} while
 * there is none
 * @param instanceId which gateway answers
 * @param version the version it runs
 * @param counts how much there is of what
 * @param links where more is said
 */
record Overview(String sentence, String state, String cause, @Nullable Long ageSeconds, String instanceId,
		String version, Counts counts, Map<String, String> links) {

	private static final Map<String, String> LINKS = Collections
		.unmodifiableMap(new TreeMap<>(Map.of("self", "/registry", "status", "/registry/status", "services",
				"/registry/services", "unreadable", "/registry/unreadable", "refresh", "/registry/refresh")));

	static Overview of(Registry registry, ServiceCatalogue catalogue, GatewayIdentity identity, Clock clock) {
		RegistryStatus status = registry.status();
		return new Overview(DataAge.sentence(status, clock), status.name(), status.cause(),
				DataAge.seconds(status, clock), identity.instanceId(), identity.version(),
				Counts.of(registry, catalogue), LINKS);
	}

	/**
	 * How much there is of what.
	 *
	 * @param services services that are known
	 * @param servicesByStatus how many of them fare how
	 * @param instances instances that are registered
	 * @param quarantined records that could not be read
	 */
	record Counts(int services, Map<ServiceStatus, Integer> servicesByStatus, int instances, int quarantined) {

		static Counts of(Registry registry, ServiceCatalogue catalogue) {
			Snapshot snapshot = registry.snapshot();
			Map<ServiceStatus, Integer> byStatus = new EnumMap<>(ServiceStatus.class);
			for (ServiceStatus status : ServiceStatus.values()) {
				byStatus.put(status, 0);
			}
			snapshot.services()
				.values()
				.forEach((service) -> byStatus.merge(catalogue.status(service), 1, Integer::sum));
			return new Counts(snapshot.services().size(), byStatus, snapshot.instances(), registry.unreadable().size());
		}

	}

}
