package dev.holdfast.registry;

import java.time.Instant;

/**
 * A record that could not be read. It hides only itself: its last good value stays.
 *
 * @param key the record's full key
 * @param reason what is wrong with it
 * @param modRevision the revision at which it was written
 * @param since when it was first found unreadable
 */
public record UnreadableRecord(String key, String reason, long modRevision, Instant since) {
}
