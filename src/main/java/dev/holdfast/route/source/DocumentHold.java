package dev.holdfast.route.source;

import java.time.Duration;
import java.time.Instant;

/**
 * A document that is gone, and whose routes stay for a while.
 *
 * @param reason why they stay
 * @param since since when
 * @param left for how long they stay from then on, or from when that was noted last
 */
record DocumentHold(String reason, Instant since, Duration left) {

	DocumentHold withLeft(Duration other) {
		return new DocumentHold(this.reason, this.since, other);
	}

}
