package dev.holdfast.admin;

import java.time.Instant;
import java.util.Map;

import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * What the event stream has told up to one of its events.
 *
 * @param eventId the event's id
 * @param snapshot the services
 * @param standing how far they can be trusted
 * @param held the held removals by service and instance
 * @param overrides the overrides that are in force, by what they are of
 */
record RegistryState(long eventId, Snapshot snapshot, Standing standing, Map<String, Held> held,
		Map<String, OverrideView> overrides) {

	static final RegistryState NONE = new RegistryState(0, Snapshot.EMPTY,
			new Standing("EMPTY", "the registry has not been asked yet", Instant.EPOCH, null, null, 0), Map.of(),
			Map.of());

	RegistryState at(long id) {
		return new RegistryState(id, this.snapshot, this.standing, this.held, this.overrides);
	}

	/**
	 * How far the services can be trusted.
	 *
	 * @param state {@code LIVE}, {@code STALE}, {@code FROM_DISK} or {@code EMPTY}
	 * @param cause why it is not live, empty while it is
	 * @param since when the state became this
	 * @param asOf when the data was last known to be current; {@code null} while it is,
	 * and while there is none
	 * @param frozen since when, until when and why an operator lets no change be applied,
	 * {@code null} while changes are
	 * @param unreadable how many records could not be read
	 */
	record Standing(String state, String cause, Instant since, @Nullable Instant asOf, @Nullable Freeze frozen,
			int unreadable) {

		static Standing of(Registry registry) {
			RegistryStatus status = registry.status();
			Instant asOf = (status instanceof RegistryStatus.Live) ? null : status.asOf().orElse(null);
			return new Standing(status.name(), status.cause(), registry.statusSince(), asOf,
					registry.freeze().orElse(null), registry.unreadable().size());
		}

	}

	/**
	 * An instance whose removal is held. What its probes find is not here, since it
	 * changes every two seconds.
	 *
	 * @param service the name of its service
	 * @param instance its id
	 * @param evidence how its removal came to the gateway
	 * @param reason why the removal was not applied at once
	 * @param since since when it is held
	 * @param deadline when it is dropped at the latest, {@code null} while that time
	 * stands still
	 * @param keptUntil until when an operator keeps it, {@code null} when none does
	 */
	record Held(String service, String instance, HeldRemoval.Evidence evidence, String reason, Instant since,
			@Nullable Instant deadline, @Nullable Instant keptUntil) {

		static Held of(HeldRemoval removal) {
			return new Held(removal.service().value(), removal.instance().id(), removal.evidence(), removal.reason(),
					removal.since(), removal.deadline().orElse(null), removal.keptUntil().orElse(null));
		}

		/** No name of a service has a line end. */
		String key() {
			return this.service + "\n" + this.instance;
		}

	}

	/**
	 * An instance as it is registered.
	 *
	 * @param id unique within the service
	 * @param url where it listens
	 * @param zone the zone it runs in, empty when it did not say
	 * @param version the version it runs, empty when it did not say
	 * @param weight the weight that it is registered with
	 * @param metadata what else it said of itself
	 * @param registration the record it was read from
	 */
	record Registered(String id, String url, String zone, String version, int weight, Map<String, String> metadata,
			ServiceDetail.RegistrationDetail registration) {

		static Registered of(Instance instance) {
			return new Registered(instance.id(), instance.endpoint().toString(), instance.zone(), instance.version(),
					instance.weight(), instance.metadata(),
					ServiceDetail.RegistrationDetail.of(instance.registration()));
		}

	}

}
