package dev.holdfast.registry.reflector;

import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Snapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How far what is published can be trusted, by what becomes of the connections. Written
 * by the reflector's thread, read by any.
 */
final class StatusTracker {

	private static final Logger logger = LoggerFactory.getLogger(Registry.class);

	private final SnapshotPublisher publisher;

	private final Clock clock;

	private final AtomicLong reconnects = new AtomicLong();

	private volatile long generation;

	private volatile DatedStatus standing;

	StatusTracker(SnapshotPublisher publisher, Clock clock) {
		this.publisher = publisher;
		this.clock = clock;
		this.standing = new DatedStatus(new RegistryStatus.Empty("the registry has not been asked yet"),
				clock.instant());
	}

	RegistryStatus status() {
		return this.standing.status();
	}

	/**
	 * Return when the status became what it is.
	 */
	Instant since() {
		return this.standing.since();
	}

	/**
	 * Return how many connections were begun.
	 */
	long generation() {
		return this.generation;
	}

	/**
	 * Return how many connections that had been live are gone.
	 */
	long reconnects() {
		return this.reconnects.get();
	}

	/**
	 * Takes note that a connection is made.
	 * @param generation its number
	 */
	void begin(long generation) {
		this.generation = generation;
	}

	/**
	 * Takes note that what is published comes from the snapshot that an earlier process
	 * saved.
	 * @param frozen whether nothing of it may change
	 */
	void restored(SnapshotFile.Saved saved, String cause, boolean frozen) {
		logger.info("Loaded the snapshot saved at {} with {} instances of {} services; {}", saved.savedAt(),
				saved.snapshot().instances(), saved.snapshot().services().size(),
				frozen ? "all are routed to, since an operator lets nothing change"
						: "each is routed to when a probe of it has passed, until the registry answers");
		become(new RegistryStatus.FromDisk(saved.savedAt(), cause));
	}

	/**
	 * Takes note that delivery is proven.
	 * @param revision the newest revision known
	 */
	void proven(Revision revision) {
		become(new RegistryStatus.Live(revision, this.clock.instant()));
	}

	/**
	 * Takes note that the connection is gone.
	 */
	void lost(String cause) {
		Instant listed = this.publisher.listedAt();
		RegistryStatus before = status();
		// Every transition is logged, but to have no answer from the start is none.
		if (this.generation == 1 && listed == null) {
			logger.warn("The registry does not answer: {}; {}", cause,
					before.hasSnapshot() ? "routing goes by the snapshot on disk" : "there is nothing to route by yet");
		}
		become(switch (before) {
			case RegistryStatus.Live(Revision revision, Instant provenAt) -> {
				this.reconnects.incrementAndGet();
				yield new RegistryStatus.Stale(provenAt, cause);
			}
			case RegistryStatus.Stale(Instant since, String earlier) -> new RegistryStatus.Stale(since, cause);
			case RegistryStatus.FromDisk(Instant savedAt, String earlier) -> (listed != null)
					? new RegistryStatus.Stale(listed, cause) : new RegistryStatus.FromDisk(savedAt, cause);
			case RegistryStatus.Empty empty ->
				(listed != null) ? new RegistryStatus.Stale(listed, cause) : new RegistryStatus.Empty(cause);
		});
	}

	private void become(RegistryStatus status) {
		DatedStatus before = this.standing;
		boolean transition = before.status().getClass() != status.getClass();
		this.standing = new DatedStatus(status, transition ? this.clock.instant() : before.since());
		if (transition) {
			log(before.status(), status);
		}
	}

	private void log(RegistryStatus before, RegistryStatus status) {
		Snapshot snapshot = this.publisher.snapshot();
		int services = snapshot.services().size();
		int instances = snapshot.instances();
		switch (status) {
			case RegistryStatus.Live(Revision revision, Instant provenAt) ->
				logger.info("The registry is live at revision {}, it was {}; {} instances of {} services",
						revision.number(), before.name(), instances, services);
			case RegistryStatus.Stale(Instant since, String cause) ->
				logger.warn("The registry is stale: {}; routing goes on to the last known {} instances of {} services",
						cause, instances, services);
			case RegistryStatus.FromDisk fromDisk -> {
				// Told with the snapshot's own numbers when it was loaded.
			}
			case RegistryStatus.Empty(String cause) -> logger.warn("There is no snapshot to route by: {}", cause);
		}
	}

	private record DatedStatus(RegistryStatus status, Instant since) {
	}

}
