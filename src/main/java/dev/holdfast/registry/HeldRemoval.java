package dev.holdfast.registry;

import java.time.Instant;
import java.util.Optional;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;

/**
 * An instance that the registry no longer has and that the gateway still routes to.
 *
 * @param service the service
 * @param instance the instance as it was registered last, with the id under which it is
 * published
 * @param evidence how its removal came to the gateway
 * @param reason why the removal was not applied at once
 * @param since since when it is held
 * @param deadline when it is dropped at the latest; empty while that time stands still,
 * because the registry is not live and nobody could register again, or because an
 * operator keeps the instance
 * @param probe what the probes of it found
 * @param keptUntil until when an operator keeps it whatever the probes find, empty when
 * none does
 */
public record HeldRemoval(ServiceName service, Instance instance, Evidence evidence, String reason, Instant since,
		Optional<Instant> deadline, ProbeState probe, Optional<Instant> keptUntil) {

	/**
	 * Return the same with another id of its instance.
	 * @param id the id
	 * @return the other
	 */
	public HeldRemoval withId(String id) {
		return new HeldRemoval(this.service, this.instance.withId(id), this.evidence, this.reason, this.since,
				this.deadline, this.probe, this.keptUntil);
	}

	/**
	 * How a removal came to the gateway.
	 */
	public enum Evidence {

		/** The record was deleted, or is missing in a list, and its lease has ended. */
		EXPIRED,

		/** The record is missing in a list that does not continue the known history. */
		MISSING

	}

	/**
	 * What probes found.
	 *
	 * @param failures how many failed running
	 * @param lastCheck when the last one ended, empty before the first
	 * @param lastError what went wrong with it, empty when it passed
	 */
	public record ProbeState(int failures, Optional<Instant> lastCheck, String lastError) {

		/** Before the first probe. */
		public static final ProbeState NONE = new ProbeState(0, Optional.empty(), "");

	}

}
