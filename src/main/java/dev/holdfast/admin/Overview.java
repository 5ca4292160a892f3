package dev.holdfast.admin;

import java.time.Instant;
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
 * @param sentence in words, what state the data is in and what keeps it from being what
 * the registry says
 * @param state {@code LIVE}, {@code STALE}, {@code FROM_DISK} or {@code EMPTY}
 * @param cause why it is not live, empty while it is
 * @param asOf when the data was last known to be current, {@code null} while there is
 * none
 * @param frozen since when, until when and why an operator lets no change be applied,
 * {@code null} while changes are
 * @param instanceId which gateway answers
 * @param version the version it runs
 * @param counts how much there is of what
 * @param links where more is said
 */
record Overview(String sentence, String state, String cause, @Nullable Instant asOf, @Nullable Freeze frozen,
		String instanceId, String version, Counts counts, Map<String, String> links) {

	private static final Map<String, String> LINKS = Collections
		.unmodifiableMap(new TreeMap<>(Map.ofEntries(Map.entry("self", "/registry"),
				Map.entry("status", "/registry/status"), Map.entry("services", "/registry/services"),
				Map.entry("held", "/registry/held"), Map.entry("overrides", "/registry/overrides"), Map.entry("diff", "/registry/diff"),
				Map.entry("unreadable", "/registry/unreadable"), Map.entry("journal", "/registry/journal"),
				Map.entry("state", "/registry/state"), Map.entry("events", "/registry/events"),
				Map.entry("refresh", "/registry/refresh"), Map.entry("freeze", "/registry/freeze"))));

	static Overview of(Registry registry, ServiceCatalogue catalogue, GatewayIdentity identity) {
		RegistryStatus status = registry.status();
		Optional<Freeze> freeze = registry.freeze();
		return new Overview(sentence(registry), status.name(), status.cause(), status.asOf().orElse(null),
				freeze.orElse(null), identity.instanceId(), identity.version(), Counts.of(registry, catalogue), LINKS);
	}

	/**
	 * Says in one sentence how things stand.
	 */
	static String sentence(Registry registry) {
		StringBuilder sentence = new StringBuilder(sentence(registry.status()));
		registry.freeze()
			.ifPresent((frozen) -> sentence.append("; frozen by an operator until ")
				.append(seconds(frozen.until()))
				.append(", so that no change is applied"));
		append(sentence, registry.heldRemovals(), "removal is held", "removals are held");
		append(sentence, registry.unreadable().size(), "record is unreadable", "records are unreadable");
		return sentence.toString();
	}

	private static void append(StringBuilder sentence, int number, String one, String many) {
		if (number > 0) {
			sentence.append("; ").append(number).append(' ').append((number == 1) ? one : many);
		}
	}

	/**
	 * Without ages: who reads it later, or by another clock, would be told a wrong one.
	 */
	private static String sentence(RegistryStatus status) {
		return switch (status) {
			case RegistryStatus.Live live -> "etcd reachable; endpoints are current";
			case RegistryStatus.Stale stale ->
				"etcd unreachable since %s; serving last known endpoints".formatted(seconds(stale.since()));
			case RegistryStatus.FromDisk disk ->
				"etcd unreachable since the gateway started; serving endpoints saved at %s"
					.formatted(seconds(disk.savedAt()));
			case RegistryStatus.Empty empty ->
				"etcd unreachable since the gateway started; there are no endpoints to serve yet";
		};
	}

	private static Instant seconds(Instant time) {
		return time.truncatedTo(ChronoUnit.SECONDS);
	}

	/**
	 * How much there is of what.
	 *
	 * @param services services that are known
	 * @param servicesByStatus how many of them fare how
	 * @param instances instances that are registered
	 * @param held instances among them that the registry no longer has, with their
	 * removal held
	 * @param unreadable records that could not be read
	 */
	record Counts(int services, Map<ServiceStatus, Integer> servicesByStatus, int instances, int held, int unreadable) {

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
