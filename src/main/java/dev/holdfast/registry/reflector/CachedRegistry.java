package dev.holdfast.registry.reflector;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.pcollections.PMap;

/**
 * The registry as everybody else sees it: what each that knows it has to say.
 */
final class CachedRegistry implements Registry {

	private final RegistrySource source;

	private final SnapshotPublisher publisher;

	private final StatusTracker status;

	private final HeldRemovals held;

	private final History history;

	private final Optional<SnapshotFile> file;

	CachedRegistry(RegistrySource source, SnapshotPublisher publisher, StatusTracker status, HeldRemovals held,
			History history, Optional<SnapshotFile> file) {
		this.source = source;
		this.publisher = publisher;
		this.status = status;
		this.held = held;
		this.history = history;
		this.file = file;
	}

	@Override
	public Snapshot snapshot() {
		return this.publisher.snapshot();
	}

	@Override
	public RegistryStatus status() {
		return this.status.status();
	}

	@Override
	public Instant statusSince() {
		return this.status.since();
	}

	@Override
	public List<MemberState> members() {
		return this.source.members();
	}

	@Override
	public long generation() {
		return this.status.generation();
	}

	@Override
	public long reconnects() {
		return this.status.reconnects();
	}

	@Override
	public List<UnreadableRecord> unreadable() {
		return this.publisher.unreadable();
	}

	@Override
	public Optional<SnapshotFileState> snapshotFile() {
		return this.file.map(SnapshotFile::state);
	}

	@Override
	public List<HeldRemoval> held() {
		PublishedIds ids = new PublishedIds(snapshot());
		return this.held.views()
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
		PMap<Endpoint, HeldRemoval> ofService = this.held.views().get(service);
		Service published = snapshot().find(service);
		if (ofService == null || published == null) {
			return Optional.empty();
		}
		return published.find(instance)
			.map((found) -> ofService.get(found.endpoint()))
			.map((removal) -> removal.withId(instance));
	}

	@Override
	public int heldRemovals() {
		return this.held.size();
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
		return this.publisher.freeze();
	}

}
