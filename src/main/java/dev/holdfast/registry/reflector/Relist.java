package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.registry.Signal;
import dev.holdfast.service.Revision;
import org.jspecify.annotations.Nullable;

/**
 * A full list under way beside the watch, and what the watch deleted meanwhile.
 */
final class Relist {

	/** How long a full list may take. */
	static final Duration TIMEOUT = Duration.ofSeconds(60);

	private final Revision before;

	private final RelistReason reason;

	private final Requests requests = new Requests();

	private final Map<String, Long> deletedSince = new HashMap<>();

	private Signal.@Nullable Listed listed;

	/**
	 * Begins a list.
	 * @param reason why
	 * @param before the newest revision known so far
	 * @param waiting who waits for the list
	 */
	Relist(RelistReason reason, Revision before, Requests waiting) {
		this.before = before;
		this.reason = reason;
		this.requests.addAll(waiting);
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
