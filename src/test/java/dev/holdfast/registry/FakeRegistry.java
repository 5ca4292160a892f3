package dev.holdfast.registry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;

/**
 * A registry that says what a test tells it to.
 */
public final class FakeRegistry implements Registry, RegistryOperations {

	/** The time at which the registry was last proven to be live. */
	public static final Instant PROVEN_AT = Instant.parse("2026-01-02T03:04:05Z");

	/** The id of the cluster. */
	public static final long CLUSTER = 0xcdf818194e3a8c32L;

	private final List<SnapshotListener> listeners = new ArrayList<>();

	private final List<String> notes = new CopyOnWriteArrayList<>();

	private volatile Snapshot snapshot = Snapshot.EMPTY;

	private volatile RegistryStatus status = new RegistryStatus.Empty("not asked yet");

	private List<MemberState> members = List.of(MemberState.answered("http://127.0.0.1:2379"));

	private volatile List<UnreadableRecord> unreadable = List.of();

	private Optional<SnapshotFileState> snapshotFile = Optional.empty();

	private CompletableFuture<RefreshResult> refresh = new CompletableFuture<>();

	private CompletableFuture<Long> reconnect = new CompletableFuture<>();

	private int refreshes;

	private volatile List<HeldRemoval> held = List.of();

	private List<Change> history = List.of();

	private volatile List<JournalEntry> journal = List.of();

	private volatile Optional<Freeze> freeze = Optional.empty();

	private @Nullable Runnable beforeTheAnswer;

	private boolean asked;

	private CompletableFuture<RegistryDiff> diff = new CompletableFuture<>();

	/**
	 * Registers instances under a service's name and is live.
	 * @param service the service's name
	 * @param ids the instances' ids; one that ends in {@code -idle} has no weight
	 * @return this
	 */
	public FakeRegistry with(String service, String... ids) {
		ServiceName name = new ServiceName(service);
		Revision revision = new Revision(CLUSTER, this.snapshot.revision().number() + 1);
		List<Instance> instances = Stream.of(ids).map((id) -> instance(service, id, revision.number())).toList();
		this.snapshot = this.snapshot.with(new Service(name, instances, revision.number())).at(revision);
		this.status = new RegistryStatus.Live(revision, PROVEN_AT);
		this.listeners.forEach((listener) -> listener.onSnapshot(this.snapshot, Set.of(name)));
		return this;
	}

	private static Instance instance(String service, String id, long revision) {
		return new Instance(id, new Endpoint(Scheme.HTTP, "10.0.0.5", 8080), id.endsWith("-idle") ? 0 : 100, "eu-1a",
				"1.4.2", Map.of("team", "blue"), new Registration("/services/" + service + "/" + id, "json", revision,
						revision, 0x694d8f3aL, Registration.Origin.WATCH));
	}

	/**
	 * Takes a status.
	 * @param status the status from now on
	 */
	public void become(RegistryStatus status) {
		this.status = status;
	}

	/**
	 * Takes the members' states.
	 * @param members the states from now on
	 */
	public void setMembers(MemberState... members) {
		this.members = List.of(members);
	}

	/**
	 * Takes unreadable records.
	 * @param records the records from now on
	 */
	public void setUnreadable(UnreadableRecord... records) {
		this.unreadable = List.of(records);
	}

	/**
	 * Takes the snapshot file's state.
	 * @param state the state from now on
	 */
	public void setSnapshotFile(SnapshotFileState state) {
		this.snapshotFile = Optional.of(state);
	}

	/**
	 * Takes what a refresh gives.
	 * @param result the result from now on
	 */
	public void setRefresh(CompletableFuture<RefreshResult> result) {
		this.refresh = result;
	}

	/**
	 * Holds the removals of registered instances, since a minute, for another ten.
	 * @param service the service's name
	 * @param ids the instances' ids
	 * @return this
	 */
	public FakeRegistry hold(String service, String... ids) {
		Service registered = Objects.requireNonNull(this.snapshot.find(new ServiceName(service)));
		Stream<HeldRemoval> holds = Stream.of(ids)
			.map((id) -> hold(registered.name(),
					registered.instances().stream().filter((one) -> one.id().equals(id)).findFirst().orElseThrow()));
		this.held = Stream.concat(this.held.stream(), holds).toList();
		return this;
	}

	private static HeldRemoval hold(ServiceName service, Instance instance) {
		return new HeldRemoval(service, instance, HeldRemoval.Evidence.EXPIRED, "the registry came back 5 s ago",
				PROVEN_AT.minusSeconds(60), Optional.of(PROVEN_AT.plusSeconds(600)),
				new HeldRemoval.ProbeState(1, Optional.of(PROVEN_AT), "connection refused"), Optional.empty());
	}

	/**
	 * Takes changes.
	 * @param changes every service's changes from now on, the newest first
	 */
	public void setHistory(Change... changes) {
		this.history = List.of(changes);
	}

	/**
	 * Takes what a comparison gives.
	 * @param diff the result from now on
	 */
	public void setDiff(CompletableFuture<RegistryDiff> diff) {
		this.diff = diff;
	}

	@Override
	public List<HeldRemoval> held() {
		return this.held;
	}

	@Override
	public Optional<HeldRemoval> held(ServiceName service, String instance) {
		return this.held.stream()
			.filter((removal) -> removal.service().equals(service) && removal.instance().id().equals(instance))
			.findFirst();
	}

	@Override
	public int heldRemovals() {
		return this.held.size();
	}

	@Override
	public List<Change> history(ServiceName service) {
		return this.history;
	}

	/**
	 * Takes changes.
	 * @param entries all services' changes from now on, the oldest first
	 */
	public void setJournal(JournalEntry... entries) {
		this.journal = List.of(entries);
	}

	@Override
	public List<JournalEntry> journal(long after) {
		return this.journal.stream().filter((entry) -> entry.sequence() > after).toList();
	}

	@Override
	public Optional<Freeze> freeze() {
		return this.freeze;
	}

	@Override
	public CompletableFuture<RegistryDiff> diff() {
		return this.diff;
	}

	@Override
	public CompletableFuture<List<HeldRemoval>> approve(HeldSelection selection, String reason) {
		List<HeldRemoval> selected = select(selection);
		this.held = this.held.stream().filter((removal) -> !selected.contains(removal)).toList();
		return CompletableFuture.completedFuture(selected);
	}

	@Override
	public CompletableFuture<List<HeldRemoval>> cancel(HeldSelection selection, Duration time, String reason) {
		List<HeldRemoval> selected = select(selection);
		List<HeldRemoval> kept = selected.stream().map((removal) -> keep(removal, time)).toList();
		this.held = Stream.concat(this.held.stream().filter((removal) -> !selected.contains(removal)), kept.stream())
			.toList();
		return CompletableFuture.completedFuture(kept);
	}

	private static HeldRemoval keep(HeldRemoval removal, Duration time) {
		return new HeldRemoval(removal.service(), removal.instance(), removal.evidence(), removal.reason(),
				removal.since(), Optional.empty(), removal.probe(), Optional.of(PROVEN_AT.plus(time)));
	}

	private List<HeldRemoval> select(HeldSelection selection) {
		return this.held.stream()
			.filter((removal) -> selection.includes(removal.service(), removal.instance().id()))
			.toList();
	}

	@Override
	public CompletableFuture<Void> freeze(Freeze begun) {
		ask();
		this.freeze = Optional.of(begun);
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * Begins a freeze at the time of the last proof.
	 * @param time for how long
	 * @param reason why
	 * @return the freeze
	 */
	public CompletableFuture<Freeze> freeze(Duration time, String reason) {
		Freeze begun = new Freeze(PROVEN_AT, PROVEN_AT.plus(time), reason);
		return freeze(begun).thenApply((done) -> begun);
	}

	/**
	 * Gives what was noted of operators.
	 * @return the notes, the oldest first
	 */
	public List<String> notes() {
		return this.notes;
	}

	@Override
	public void note(ServiceName service, Change.Cause cause, String instance, String detail) {
		this.notes.add("%s %s %s: %s".formatted(cause, service, instance, detail));
	}

	/**
	 * Has something happen just before the registry is asked the next time after the
	 * first freeze or end of one.
	 * @param event what happens
	 */
	public void beforeTheAnswer(Runnable event) {
		this.beforeTheAnswer = event;
		this.asked = false;
	}

	private void ask() {
		Runnable event = this.beforeTheAnswer;
		if (event != null && this.asked) {
			this.beforeTheAnswer = null;
			event.run();
		}
		this.asked = true;
	}

	@Override
	public CompletableFuture<Void> settled() {
		ask();
		return CompletableFuture.completedFuture(null);
	}

	@Override
	public CompletableFuture<Void> unfreeze() {
		ask();
		this.freeze = Optional.empty();
		return CompletableFuture.completedFuture(null);
	}

	/**
	 * Counts the calls of {@link #refresh()}.
	 * @return their number
	 */
	public int refreshes() {
		return this.refreshes;
	}

	@Override
	public Snapshot snapshot() {
		return this.snapshot;
	}

	@Override
	public RegistryStatus status() {
		return this.status;
	}

	@Override
	public Instant statusSince() {
		return PROVEN_AT.minusSeconds(60);
	}

	@Override
	public List<MemberState> members() {
		return this.members;
	}

	@Override
	public long generation() {
		return 3;
	}

	@Override
	public long reconnects() {
		return 2;
	}

	@Override
	public List<UnreadableRecord> unreadable() {
		return this.unreadable;
	}

	@Override
	public Optional<SnapshotFileState> snapshotFile() {
		return this.snapshotFile;
	}

	@Override
	public CompletableFuture<RefreshResult> refresh() {
		this.refreshes++;
		return this.refresh;
	}

	/**
	 * Takes what a reconnect gives.
	 * @param result the result from now on
	 */
	public void setReconnect(CompletableFuture<Long> result) {
		this.reconnect = result;
	}

	@Override
	public CompletableFuture<Long> reconnect() {
		return this.reconnect;
	}

	/** Adds a listener and hands it everything as changed. */
	public void subscribe(SnapshotListener listener) {
		this.listeners.add(listener);
		listener.onSnapshot(this.snapshot, Set.copyOf(this.snapshot.services().keySet()));
	}

}
