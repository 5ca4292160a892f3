package dev.holdfast.admin;

import java.time.Instant;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import org.jspecify.annotations.Nullable;

/**
 * A part of the journal.
 *
 * @param page the changes
 * @param reachesBackTo the time of the oldest change that is remembered, {@code null}
 * when none has been forgotten since the gateway started
 */
record JournalPage(@JsonUnwrapped Page<JournalItem> page, @Nullable Instant reachesBackTo) {
}
