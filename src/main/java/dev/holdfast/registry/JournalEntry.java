package dev.holdfast.registry;

import dev.holdfast.service.ServiceName;

/**
 * A change of one of all services.
 *
 * @param sequence its place among all changes since the gateway started, from 1
 * @param service the service that changed
 * @param change what changed
 */
public record JournalEntry(long sequence, ServiceName service, Change change) {
}
