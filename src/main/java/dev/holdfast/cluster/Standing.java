package dev.holdfast.cluster;

/**
 * How this gateway's view of the registry stands.
 *
 * @param state {@code LIVE}, {@code STALE}, {@code FROM_DISK} or {@code EMPTY}
 * @param delivered the revision up to which everything is known to have been delivered, 0
 * for none
 * @param changed the revision at which a service changed last, 0 for none
 */
public record Standing(String state, long delivered, long changed) {
}
