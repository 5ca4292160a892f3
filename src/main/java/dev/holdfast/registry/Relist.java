package dev.holdfast.registry;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * A full list under way beside the watch, and what the watch deleted meanwhile.
 */
final class Relist {

	private final String reason;

	private final long deadline;

	private final List<CompletableFuture<RefreshResult>> refreshes;

	private final Map<String, Long> deletedSince = new HashMap<>();

	private Signal.@Nullable Listed listed;

	/**
	 * Begins a list.
	 * @param reason a short constant for meters
	 * @param now the time, nanoseconds
	 * @param refreshes who waits for the list
	 */
	Relist(String reason, long now, List<CompletableFuture<RefreshResult>> refreshes) {
		this.reason = reason;
		this.refreshes = List.copyOf(refreshes);
		this.deadline = now + RegistrySettings.LIST_TIMEOUT.toNanos();
	}

	String reason() {
		return this.reason;
	}

	long deadline() {
		return this.deadline;
	}

	List<CompletableFuture<RefreshResult>> refreshes() {
		return this.refreshes;
	}

	void note(List<RecordEvent> events) {
		for (RecordEvent event : events) {
			if (event instanceof RecordEvent.Deleted(String key, long revision, long lease)) {
				this.deletedSince.put(key, revision);
			}
		}
	}

	/**
	 * The revision at which each key was deleted that an event deleted since the list
	 * began.
	 */
	Map<String, Long> deletedSince() {
		return this.deletedSince;
	}

	void arrived(Signal.Listed listed) {
		this.listed = listed;
	}

	/**
	 * The list, {@code null} until it has arrived.
	 */
	Signal.@Nullable Listed listed() {
		return this.listed;
	}

}
