package dev.holdfast.registry;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.service.Revision;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The registry as everybody else sees it. Written by the reflector's thread alone, each
 * field a whole immutable value in one volatile write.
 */
final class CachedRegistry implements Registry, RegistryOperations {

	private static final Logger logger = LoggerFactory.getLogger(Registry.class);

	private final Clock clock;

	private final RegistrySource source;

	private final Optional<SnapshotFile> file;

	private final List<SnapshotListener> listeners;

	private final Mailbox mailbox;

	private final AtomicLong reconnects = new AtomicLong();

	private volatile Snapshot snapshot = Snapshot.EMPTY;

	private volatile Standing standing;

	private volatile List<UnreadableRecord> unreadable = List.of();

	private volatile long generation;

	/** When everything was last listed; the reflector's thread alone knows. */
	private @Nullable Instant listedAt;

	CachedRegistry(Clock clock, RegistrySource source, Optional<SnapshotFile> file, List<SnapshotListener> listeners,
			Mailbox mailbox) {
		this.clock = clock;
		this.source = source;
		this.file = file;
		this.listeners = List.copyOf(listeners);
		this.mailbox = mailbox;
		this.standing = new Standing(new RegistryStatus.Empty("the registry has not been asked yet"), clock.instant());
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
		return List.of();
	}

	@Override
	public Optional<HeldRemoval> held(ServiceName service, String instance) {
		return Optional.empty();
	}

	@Override
	public int heldRemovals() {
		return 0;
	}

	@Override
	public List<Change> history(ServiceName service) {
		return List.of();
	}

	@Override
	public Optional<Freeze> freeze() {
		return Optional.empty();
	}

	@Override
	public CompletableFuture<RegistryDiff> diff() {
		return new CompletableFuture<>();
	}

	@Override
	public CompletableFuture<List<HeldRemoval>> approve(HeldSelection selection) {
		return new CompletableFuture<>();
	}

	@Override
	public CompletableFuture<List<HeldRemoval>> cancel(HeldSelection selection, Duration time) {
		return new CompletableFuture<>();
	}

	@Override
	public CompletableFuture<Freeze> freeze(Duration time, String reason) {
		return new CompletableFuture<>();
	}

	@Override
	public CompletableFuture<Void> unfreeze() {
		return new CompletableFuture<>();
	}

	@Override
	public CompletableFuture<RefreshResult> refresh() {
		CompletableFuture<RefreshResult> result = new CompletableFuture<>();
		this.mailbox.post(new Mailbox.Message.Refresh(result));
		return result;
	}

	void begin(long generation) {
		this.generation = generation;
	}

	/**
	 * Publishes the snapshot that an earlier process saved.
	 */
	void restore(Snapshot saved, Instant savedAt, String cause) {
		publish(saved, saved.services().keySet());
		become(new RegistryStatus.FromDisk(savedAt, cause));
	}

	/**
	 * Publishes a snapshot; nobody is told where nothing changed.
	 */
	void publish(Snapshot snapshot, Set<ServiceName> changed) {
		this.snapshot = snapshot;
		if (changed.isEmpty()) {
			return;
		}
		for (SnapshotListener listener : this.listeners) {
			try {
				listener.onSnapshot(snapshot, changed);
			}
			catch (RuntimeException ex) {
				// One listener's defect must not take routing from the others.
				logger.error("{} failed on the snapshot at revision {}; the others still get it", listener,
						snapshot.revision().number(), ex);
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
		Standing before = this.standing;
		boolean transition = before.status().getClass() != status.getClass();
		this.standing = new Standing(status, transition ? this.clock.instant() : before.since());
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
			case RegistryStatus.FromDisk(Instant savedAt, String cause) ->
				logger.info("Routing to {} instances of {} services from the snapshot saved at {} until the registry "
						+ "answers", instances, services, savedAt);
			case RegistryStatus.Empty(String cause) -> logger.warn("There is no snapshot to route by: {}", cause);
		}
	}

	private record Standing(RegistryStatus status, Instant since) {
	}

}
