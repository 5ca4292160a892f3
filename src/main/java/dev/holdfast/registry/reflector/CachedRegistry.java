package dev.holdfast.registry.reflector;

import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistrySource;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.SnapshotFileState;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.PublishedIds;
import dev.holdfast.registry.guard.HeldRemovals;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry as everybody else sees it. Written by the reflector's thread alone, each
 * field a whole immutable value in one volatile write.
 */
final class CachedRegistry implements Registry {

	private static final Logger logger = LoggerFactory.getLogger(Registry.class);

	private final Clock clock;

	private final RegistrySource source;

	private final Optional<SnapshotFile> file;

	private final List<SnapshotListener> listeners;

	private final History history;

	private final AtomicLong reconnects = new AtomicLong();

	private volatile Snapshot snapshot = Snapshot.EMPTY;

	private volatile DatedStatus standing;

	private volatile List<UnreadableRecord> unreadable = List.of();

	private volatile long generation;

	private volatile @Nullable Freeze freeze;

	private volatile @Nullable HeldRemovals held;

	/** When everything was last listed; the reflector's thread alone knows. */
	private @Nullable Instant listedAt;

	private boolean toldOfList;

	CachedRegistry(Clock clock, RegistrySource source, Optional<SnapshotFile> file, List<SnapshotListener> listeners,
			History history) {
		this.clock = clock;
		this.source = source;
		this.file = file;
		this.listeners = List.copyOf(listeners);
		this.history = history;
		this.standing = new DatedStatus(new RegistryStatus.Empty("the registry has not been asked yet"), clock.instant());
	}

	@Override
	public Snapshot snapshot() {
		return this.snapshot;
	}

	@Override
	public RegistryStatus status() {
		return this.standing.status();
	}

	@Override
	public Instant statusSince() {
		return this.standing.since();
	}

	@Override
	public List<MemberState> members() {
		return this.source.members();
	}

	@Override
	public long generation() {
		return this.generation;
	}

	@Override
	public long reconnects() {
		return this.reconnects.get();
	}

	@Override
	public List<UnreadableRecord> unreadable() {
		return this.unreadable;
	}

	@Override
	public Optional<SnapshotFileState> snapshotFile() {
		return this.file.map(SnapshotFile::state);
	}

	@Override
	public List<HeldRemoval> held() {
		PublishedIds ids = new PublishedIds(this.snapshot);
		return views()
			.values()
			.stream()
			.flatMap((ofService) -> ofService.values().stream())
			.map((removal) -> removal.withId(ids.of(removal.service(), removal.instance())))
			.sorted(Comparator.comparing((HeldRemoval removal) -> removal.service().value())
				.thenComparing((removal) -> removal.instance().id()))
			.toList();
	}

	@Override
	public Optional<HeldRemoval> held(ServiceName service, String instance) {
		PMap<Endpoint, HeldRemoval> ofService = views().get(service);
		Service published = this.snapshot.find(service);
		if (ofService == null || published == null) {
			return Optional.empty();
		}
		return published.find(instance)
			.map((found) -> ofService.get(found.endpoint()))
			.map((removal) -> removal.withId(instance));
	}

	@Override
	public int heldRemovals() {
		HeldRemovals removals = this.held;
		return (removals != null) ? removals.size() : 0;
	}

	private PMap<ServiceName, PMap<Endpoint, HeldRemoval>> views() {
		HeldRemovals removals = this.held;
		return (removals != null) ? removals.views() : HashTreePMap.empty();
	}

	@Override
	public List<Change> history(ServiceName service) {
		return this.history.of(service);
	}

	@Override
	public List<JournalEntry> journal(long after) {
		return this.history.after(after);
	}

	@Override
	public Optional<Freeze> freeze() {
		return Optional.ofNullable(this.freeze);
	}

	/**
	 * Shows the removals that the guard holds.
	 */
	void show(HeldRemovals held) {
		this.held = held;
	}

	void frozen(@Nullable Freeze freeze) {
		this.freeze = freeze;
	}

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
	 * Publishes a snapshot; nobody is told where nothing changed.
	 */
	void publish(Snapshot snapshot, Set<ServiceName> changed) {
		this.snapshot = snapshot;
		if (!changed.isEmpty()) {
			tell((listener) -> listener.onSnapshot(snapshot, changed));
		}
		if (this.listedAt != null && !this.toldOfList) {
			this.toldOfList = true;
			tell((listener) -> listener.onListed(snapshot));
		}
	}

	private void tell(Consumer<SnapshotListener> news) {
		for (SnapshotListener listener : this.listeners) {
			try {
				news.accept(listener);
			}
			catch (RuntimeException ex) {
				// One listener's defect must not take routing from the others.
				logger.error("{} failed on the snapshot at revision {}; the others still get it", listener,
						this.snapshot.revision().number(), ex);
			}
		}
	}

	void unreadable(List<UnreadableRecord> records) {
		this.unreadable = records;
	}

	void listed() {
		this.listedAt = this.clock.instant();
	}

	void proven(Revision revision) {
		become(new RegistryStatus.Live(revision, this.clock.instant()));
	}

	void lost(String cause) {
		Instant listed = this.listedAt;
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
		int services = this.snapshot.services().size();
		int instances = this.snapshot.instances();
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
