package dev.holdfast.check;

import java.time.Instant;
import java.util.Optional;

/**
 * What the checks of an instance have come to.
 *
 * @param check what it is asked, empty when it is not checked because it is unclear how
 * @param problem why what it says itself of its check does not count, empty when it does,
 * or there is nothing
 * @param failing whether it is avoided for it
 * @param failures how many checks in a row it has failed
 * @param passes how many it has passed in a row while it is avoided
 * @param lastCheck when the last one ended, empty before the first
 * @param lastError what went wrong with the last one, empty when nothing did
 */
public record CheckState(Optional<Check> check, String problem, boolean failing, int failures, int passes,
		Optional<Instant> lastCheck, String lastError) {

	static CheckState unchecked(CheckPolicy.Planned planned) {
		return new CheckState(planned.settings().check(), planned.problem(), false, 0, 0, Optional.empty(), "");
	}

}
