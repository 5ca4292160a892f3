package dev.holdfast.registry;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the snapshot on disk.
 *
 * @param path where it is
 * @param savedAt when it was last written, {@code null} when it never was
 * @param revision the registry's revision that it holds, 0 when there is none
 * @param lastError why the last write or read failed, empty when it did not
 */
public record SnapshotFileState(String path, @Nullable Instant savedAt, long revision, String lastError) {
}
