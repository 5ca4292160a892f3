package dev.holdfast.registry;

/**
 * What a full list changed.
 *
 * @param added instances that appeared
 * @param removed instances that went
 * @param changed instances that differ
 * @param held removals that were not applied
 * @param revisionBefore the snapshot's revision before the list
 * @param revisionAfter the revision of the list
 */
public record RefreshResult(int added, int removed, int changed, int held, long revisionBefore, long revisionAfter) {
}
