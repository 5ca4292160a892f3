package dev.holdfast.admin;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.JournalEntry;

/**
 * A change in the journal of all services.
 *
 * @param sequence its place among all changes since the gateway started
 * @param service the name of the service that changed
 * @param change what changed
 */
record JournalItem(long sequence, String service, @JsonUnwrapped Change change) {

	static JournalItem of(JournalEntry entry) {
		return new JournalItem(entry.sequence(), entry.service().value(), entry.change());
	}

}
