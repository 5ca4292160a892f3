package dev.holdfast.registry;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A full list under way beside the watch, and what the watch deleted meanwhile.
 */
final class Relist {

	/**
	 * How much later than a list what it has may come from a watch that does not tell how
	 * far it has delivered.
	 */
	private static final long WATCH_LATENCY = Duration.ofSeconds(1).toNanos();

	private final Revision before;

	private final RelistReason reason;

	private final long deadline;

	private final Requests requests = new Requests();

	private final Map<String, Long> deletedSince = new HashMap<>();

	private Signal.@Nullable Listed listed;

	private long comparableAt;

	/**
	 * Begins a list.
	 * @param reason why
	 * @param now the time, nanoseconds
	 * @param before the newest revision known so far
	 * @param waiting who waits for the list
	 */
	Relist(RelistReason reason, long now, Revision before, Requests waiting) {
		this.before = before;
		this.reason = reason;
		this.requests.addAll(waiting);
		this.deadline = now + RegistrySettings.LIST_TIMEOUT.toNanos();
	}

	/**
	 * The newest revision that was known when the list was asked for.
	 */
	Revision before() {
		return this.before;
	}

	RelistReason reason() {
		return this.reason;
	}

	long deadline() {
		return this.deadline;
	}

	Requests requests() {
		return this.requests;
	}

	void note(List<RecordEvent> events) {
		for (RecordEvent event : events) {
			if (event instanceof RecordEvent.Deleted(String key, long revision)) {
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

	void arrived(Signal.Listed listed, long now) {
		this.listed = listed;
		this.comparableAt = now + WATCH_LATENCY;
	}

	/**
	 * From when on a list that has arrived may be compared with what a watch has brought
	 * that does not tell how much that is, nanoseconds.
	 */
	long comparableAt() {
		return this.comparableAt;
	}

	/**
	 * When there is something to do for it next, nanoseconds.
	 * @param told whether the watch tells how far it has delivered
	 */
	long next(boolean told) {
		return (this.listed == null || told || this.comparableAt - this.deadline >= 0) ? this.deadline
				: this.comparableAt;
	}

	/**
	 * The list, {@code null} until it has arrived.
	 */
	Signal.@Nullable Listed listed() {
		return this.listed;
	}

}
