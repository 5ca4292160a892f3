package dev.holdfast.admin;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * The gateway at a glance.
 *
 * @param sentence in words, what state the data is in, how old it is, and what keeps it
 * from being what the registry says
 * @param state {@code LIVE}, {@code STALE}, {@code FROM_DISK} or {@code EMPTY}
 * @param cause why it is not live, empty while it is
 * @param ageSeconds time since the data was last known to be current, {@code null} while
 * there is none
 * @param frozen since when, until when and why an operator lets no change be applied,
 * {@code null} while changes are
 * @param instanceId which gateway answers
 * @param version the version it runs
 * @param counts how much there is of what
 * @param links where more is said
 */
record Overview(String sentence, String state, String cause, @Nullable Long ageSeconds, @Nullable Freeze frozen,
		String instanceId, String version, Counts counts, Map<String, String> links) {

	private static final Map<String, String> LINKS = Collections
		.unmodifiableMap(new TreeMap<>(Map.of("self", "/registry", "status", "/registry/status", "services",
				"/registry/services", "held", "/registry/held", "diff", "/registry/diff", "unreadable",
				"/registry/unreadable", "refresh", "/registry/refresh", "freeze", "/registry/freeze")));

	static Overview of(Registry registry, ServiceCatalogue catalogue, GatewayIdentity identity, Clock clock) {
		RegistryStatus status = registry.status();
		Optional<Freeze> freeze = registry.freeze();
		return new Overview(sentence(status, freeze, registry.heldRemovals(), clock), status.name(), status.cause(),
				DataAge.seconds(status, clock), freeze.orElse(null), identity.instanceId(), identity.version(),
				Counts.of(registry, catalogue), LINKS);
	}

	private static String sentence(RegistryStatus status, Optional<Freeze> freeze, int held, Clock clock) {
		StringBuilder sentence = new StringBuilder(DataAge.sentence(status, clock));
		freeze.ifPresent((frozen) -> sentence.append("; frozen by an operator until ")
			.append(frozen.until().truncatedTo(ChronoUnit.SECONDS))
			.append(", so that no change is applied"));
		if (held > 0) {
			sentence.append("; ").append(held).append((held == 1) ? " removal is held" : " removals are held");
		}
		return sentence.toString();
	}

	/**
	 * How much there is of what.
	 *
	 * @param services services that are known
	 * @param servicesByStatus how many of them fare how
	 * @param instances instances that are registered
	 * @param held instances among them that the registry no longer has, with their
	 * removal held
	 * @param quarantined records that could not be read
	 */
	record Counts(int services, Map<ServiceStatus, Integer> servicesByStatus, int instances, int held,
			int quarantined) {

		static Counts of(Registry registry, ServiceCatalogue catalogue) {
			Snapshot snapshot = registry.snapshot();
			Map<ServiceStatus, Integer> byStatus = new EnumMap<>(ServiceStatus.class);
			for (ServiceStatus status : ServiceStatus.values()) {
				byStatus.put(status, 0);
			}
			snapshot.services()
				.values()
				.forEach((service) -> byStatus.merge(catalogue.status(service), 1, Integer::sum));
			return new Counts(snapshot.services().size(), byStatus, snapshot.instances(), registry.heldRemovals(),
					registry.unreadable().size());
		}

	}

}
