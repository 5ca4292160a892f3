package dev.holdfast.route.source;

import java.time.Instant;

/**
 * A document that is gone, and whose routes stay for a while.
 *
 * @param reason why they stay
 * @param since since when
 */
record Hold(String reason, Instant since) {
}
