package dev.holdfast.admin;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

import dev.holdfast.registry.HeldRemoval;
import org.jspecify.annotations.Nullable;

/**
 * Why and for how long an instance stays that the registry no longer has.
 *
 * @param evidence how its removal came to the gateway: {@code EXPIRED} or {@code MISSING}
 * @param reason why the removal was not applied at once
 * @param since since when it is held
 * @param deadline when it is dropped at the latest, {@code null} while that time stands
 * still
 * @param probe what the probes of it found
 * @param keptUntil until when an operator keeps it whatever the probes find, {@code null}
 * when none does
 */
record Hold(HeldRemoval.Evidence evidence, String reason, Instant since, @Nullable Instant deadline,
		HeldRemoval.ProbeState probe, @Nullable Instant keptUntil) {

	static Hold of(HeldRemoval removal) {
		return new Hold(removal.evidence(), removal.reason(), removal.since(), removal.deadline().orElse(null),
				removal.probe(), removal.keptUntil().orElse(null));
	}

	/**
	 * Says in a few words what is out of the ordinary with the instance.
	 */
	String sentence() {
		String kept = (this.keptUntil != null)
				? "an operator keeps it until " + this.keptUntil.truncatedTo(ChronoUnit.SECONDS) : this.reason;
		return "the registry no longer has it; its removal is held: " + kept;
	}

}
