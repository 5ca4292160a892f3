package dev.holdfast.override;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * What is known of the file that local overrides are kept in.
 *
 * @param path where it is
 * @param savedAt when it was last written, {@code null} when it never was
 * @param lastError why the last write or read failed, empty when it did not
 */
public record OverridesFileState(String path, @Nullable Instant savedAt, String lastError) {
}
