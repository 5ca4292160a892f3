package dev.holdfast.registry.reflector;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.registry.catalog.Commit;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.HeldRemovals;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes snapshots of the records and publishes them, unless an operator has frozen what
 * is published. Written by the reflector's thread alone; what is published, the freeze
 * and the unreadable records are whole immutable values, each in one volatile write.
 */
final class SnapshotPublisher {

	private static final Logger logger = LoggerFactory.getLogger(Registry.class);

	/** How old what has arrived may get for the sake of what arrives after it. */
	private static final Duration DELAY = Duration.ofMillis(5);

	private final RecordStore records;

	private final HeldRemovals held;

	private final RegistryLog log;

	private final Optional<SnapshotFile> file;

	private final List<SnapshotListener> snapshotListeners;

	private final RegistryListener listener;

	private final Clock clock;

	private final LongSupplier nanoTime;

	/** When the watch responses arrived that are applied and not published, in order. */
	private final List<Long> unpublished = new ArrayList<>();

	/** The newest revision that was applied. */
	private Revision revision = Revision.NONE;

	/** When everything was last listed. */
	private @Nullable Instant listedAt;

	private boolean toldOfList;

	private volatile @Nullable Freeze freeze;

	private volatile List<UnreadableRecord> unreadable = List.of();

	SnapshotPublisher(RecordStore records, HeldRemovals held, RegistryLog log, Optional<SnapshotFile> file,
			List<SnapshotListener> snapshotListeners, RegistryListener listener, Clock clock, LongSupplier nanoTime) {
		this.records = records;
		this.held = held;
		this.log = log;
		this.file = file;
		this.snapshotListeners = List.copyOf(snapshotListeners);
		this.listener = listener;
		this.clock = clock;
		this.nanoTime = nanoTime;
	}

	/**
	 * Return what is published. Safe on any thread.
	 */
	Snapshot snapshot() {
		return this.records.snapshot();
	}

	/**
	 * Return the freeze, if there is one. Safe on any thread.
	 */
	Optional<Freeze> freeze() {
		return Optional.ofNullable(this.freeze);
	}

	/**
	 * Return the records that could not be read. Safe on any thread.
	 */
	List<UnreadableRecord> unreadable() {
		return this.unreadable;
	}

	/**
	 * Return the newest revision that was applied.
	 */
	Revision revision() {
		return this.revision;
	}

	/**
	 * Return when everything was last listed, {@code null} when it never was.
	 */
	@Nullable Instant listedAt() {
		return this.listedAt;
	}

	/**
	 * Whether a registry has said what there is, or confirmed what came from disk.
	 */
	boolean isListed() {
		return this.listedAt != null;
	}

	/**
	 * Takes note that a watch response was applied.
	 * @param applied up to which revision
	 * @param receivedNanos when it arrived
	 */
	void delivered(Revision applied, long receivedNanos) {
		this.revision = newest(applied);
		this.unpublished.add(receivedNanos);
	}

	/**
	 * Within a connection the revision never falls: watches progress at different speeds.
	 */
	private Revision newest(Revision other) {
		return (other.number() < this.revision.number()) ? this.revision : other;
	}

	/**
	 * Whether something that was applied is to be published without delay. Watch
	 * responses that have arrived meanwhile may come first, since one publication of many
	 * costs less than many of one, but for a few milliseconds at most.
	 * @param more whether another watch response has arrived
	 */
	boolean isToPublish(boolean more) {
		return !this.unpublished.isEmpty()
				&& (!more || this.nanoTime.getAsLong() - this.unpublished.getFirst() >= DELAY.toNanos());
	}

	boolean hasUnpublished() {
		return !this.unpublished.isEmpty();
	}

	/**
	 * Publishes what was applied of watch responses.
	 */
	void publishDelivered() {
		if (this.unpublished.isEmpty()) {
			return;
		}
		List<Long> arrivals = List.copyOf(this.unpublished);
		this.unpublished.clear();
		publish();
		long now = this.nanoTime.getAsLong();
		arrivals.forEach((arrival) -> this.listener.onPropagated(Duration.ofNanos(now - arrival)));
	}

	/**
	 * Publishes what the first list of a connection has brought, which is everything.
	 * @param next the revision of the list
	 */
	RefreshResult publishList(Revision next) {
		this.listedAt = this.clock.instant();
		return publish(next);
	}

	/**
	 * Publishes what a list beside the watch has brought.
	 * @param next the revision of the list, which the watch may have overtaken
	 */
	RefreshResult publishNewest(Revision next) {
		return publish(newest(next));
	}

	/**
	 * Publishes what the gateway itself has changed.
	 */
	void publish() {
		publish(this.revision);
	}

	/**
	 * Publishes what was applied.
	 * @param next the revision that it is of
	 */
	RefreshResult publish(Revision next) {
		long before = this.revision.number();
		this.revision = next;
		this.log.held();
		// A gateway that has nothing yet is frozen when it has something.
		if (this.freeze != null && !snapshot().revision().equals(Revision.NONE)) {
			return new RefreshResult(0, 0, 0, this.held.size(), before, next.number());
		}
		this.unreadable = this.records.unreadable();
		this.log.unreadable();
		Commit commit = this.records.commit(next);
		if (!commit.services().isEmpty()) {
			tell((told) -> told.onSnapshot(commit.snapshot(), commit.services()));
		}
		if (isListed() && !this.toldOfList) {
			this.toldOfList = true;
			tell((told) -> told.onListed(commit.snapshot()));
		}
		save();
		return new RefreshResult(commit.added(), commit.removed(), commit.changed(), this.held.size(), before,
				next.number());
	}

	private void tell(Consumer<SnapshotListener> news) {
		for (SnapshotListener told : this.snapshotListeners) {
			try {
				news.accept(told);
			}
			catch (RuntimeException ex) {
				// One listener's defect must not take routing from the others.
				logger.error("{} failed on the snapshot at revision {}; the others still get it", told,
						snapshot().revision().number(), ex);
			}
		}
	}

	/**
	 * Has what is published written to disk, where what came from disk and was not
	 * confirmed is better off than here.
	 */
	void save() {
		if (isListed()) {
			this.file.ifPresent((present) -> present.save(snapshot()));
		}
	}

	/**
	 * Begins a freeze, which lasts until {@link #unfreeze}: whoever began it ends it when
	 * its time is over, since two clocks would not end it at the same moment.
	 */
	void freeze(Freeze begun) {
		if (!begun.equals(this.freeze)) {
			this.freeze = begun;
			logger.warn("Frozen until {}: nothing that the registry says is published", begun.until());
		}
	}

	/**
	 * Ends a freeze; the next publication brings what came meanwhile.
	 */
	void unfreeze() {
		if (this.freeze != null) {
			this.freeze = null;
			logger.info("The freeze has ended; what the registry said meanwhile is published");
		}
	}

}
