package dev.holdfast.registry.reflector;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.EventType;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import dev.holdfast.testing.CapturedLog;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class ReconcilerTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static final ServiceName USERS = new ServiceName("users");

	private final SimulatedTime time = new SimulatedTime();

	private final SimulatedProbe probe = new SimulatedProbe(this.time);

	private final List<EventType> applied = new ArrayList<>();

	private final List<Set<ServiceName>> published = new ArrayList<>();

	private final AtomicInteger drift = new AtomicInteger();

	/** How many services there were when a first list was told of. */
	private final List<Integer> listed = new ArrayList<>();

	@TempDir
	private Path folder;

	private @Nullable SnapshotFile file;

	private Reflector reflector = reflector(Optional.empty());

	private Registry registry = this.reflector.registry();

	@AfterEach
	void close() {
		if (this.file != null) {
			this.file.close();
		}
	}

	private Reflector reflector(Optional<SnapshotFile> file) {
		RegistryListener listener = new RegistryListener() {

			@Override
			public void onEvent(EventType type) {
				ReconcilerTests.this.applied.add(type);
			}

			@Override
			public void onDrift(int differences) {
				ReconcilerTests.this.drift.addAndGet(differences);
			}

		};
		SnapshotListener snapshotListener = new SnapshotListener() {

			@Override
			public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
				ReconcilerTests.this.published.add(changed);
			}

			@Override
			public void onListed(Snapshot snapshot) {
				ReconcilerTests.this.listed.add(snapshot.services().size());
			}

		};
		return new Reflector(new SimulatedSource(this.time),
				new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
				new EverySecond(), file, this.probe, List.of(snapshotListener), listener, this.time, this.time,
				this.time, new Random(1));
	}

	@Test
	void applyReportsWhatTheEventWas() {
		list(1);
		apply(put(2, "/k", ORDERS, "a", 1));
		apply(unreadable(3, "/k"));
		apply(new RecordEvent.Deleted("/k", 4));
		assertThat(this.applied).containsExactly(EventType.PUT, EventType.UNREADABLE, EventType.DELETE);
	}

	@Test
	void historySaysWhatAPutChanged() {
		list(1);
		apply(put(2, "/k", ORDERS, "a", 1));
		Instance lighter = new Instance("a", new Endpoint(Scheme.HTTP, "127.0.0.1", 1), 50, "eu-1b", "",
				Map.of("team", "blue"), new Registration("/k", "json", 2, 3, 0, Origin.WATCH));
		apply(new RecordEvent.Put(
				new RegistryRecord("/k", 3, 0, new ParsedRecord.Registered(ORDERS, List.of(lighter)))));
		apply(put(4, "/k", ORDERS, "a", 2));
		assertThat(this.registry.history(ORDERS)).extracting(Change::detail)
			.startsWith(
					"url http://127.0.0.1:1 → http://127.0.0.1:2, weight 50 → 100, zone eu-1b → none, metadata team blue → none",
					"weight 100 → 50, zone none → eu-1b, metadata team none → blue", "http://127.0.0.1:1");
	}

	@Test
	void historySaysWhatWeightARecordOfItsOwnGives() {
		list(1);
		apply(put(2, "/k", ORDERS, "a", 1));
		apply(weighted(3, 50));
		apply(weighted(4, 50));
		apply(weighted(5, 10));
		assertThat(this.registry.history(ORDERS)).extracting(Change::instance, Change::detail)
			.startsWith(tuple("a", "weight 50 → 10"), tuple("a", "weight none → 50"), tuple("a", "http://127.0.0.1:1"));
	}

	private static RecordEvent weighted(long revision, int weight) {
		return new RecordEvent.Put(
				new RegistryRecord("/k/weight", revision, 0, new ParsedRecord.Weighted(ORDERS, "a", weight)));
	}

	@Test
	void anIdThatTwoRecordsClaimAtDifferentEndpointsIsTwoInstances() {
		list(1);
		apply(put(2, "/z", ORDERS, "a", 26));
		apply(put(3, "/b", ORDERS, "a", 2));
		assertThat(instances()).containsExactly("orders/a:2", "orders/a@http://127.0.0.1:26:26");
		apply(new RecordEvent.Deleted("/b", 4));
		assertThat(instances()).containsExactly("orders/a:26");
	}

	@Test
	void anEndpointThatTwoSourcesRegisterIsOneInstanceUntilBothAreGone() {
		list(1);
		apply(put(2, "/services/orders/a", ORDERS, "a", 1));
		apply(put(3, "/openim/orders/127.0.0.1:1", ORDERS, "127.0.0.1:1", 1));
		assertThat(instances()).containsExactly("orders/127.0.0.1:1:1");
		apply(new RecordEvent.Deleted("/openim/orders/127.0.0.1:1", 4));
		assertThat(instances()).containsExactly("orders/a:1");
		apply(new RecordEvent.Deleted("/services/orders/a", 5));
		assertThat(instances()).isEmpty();
	}

	@Test
	void aWeightInAKeyOfItsOwnIsTheInstancesWhicheverComesFirst() {
		list(1);
		apply(new RecordEvent.Put(new RegistryRecord("/k/weight", 2, 0, new ParsedRecord.Weighted(ORDERS, "a", 7))));
		assertThat(this.registry.snapshot().services()).isEmpty();
		apply(put(3, "/k/url", ORDERS, "a", 1));
		assertThat(weights()).containsExactly(7);
		apply(new RecordEvent.Deleted("/k/weight", 4));
		assertThat(weights()).containsExactly(100);
	}

	@Test
	void aKeyThatNamesAnotherServiceLeavesTheFirst() {
		list(1);
		apply(put(2, "/k", ORDERS, "a", 1));
		apply(put(3, "/k", USERS, "a", 1));
		assertThat(instances()).containsExactly("users/a:1");
		assertThat(this.published.getLast()).containsExactlyInAnyOrder(ORDERS, USERS);
	}

	@Test
	void anUnreadableRecordKeepsItsLastGoodValueAndIsListedUntilItIsReadable() {
		list(1);
		apply(put(2, "/k", ORDERS, "a", 1));
		apply(unreadable(3, "/k"));
		assertThat(instances()).containsExactly("orders/a:1");
		assertThat(this.registry.unreadable()).extracting(UnreadableRecord::modRevision).containsExactly(3L);
		apply(put(4, "/k", ORDERS, "a", 2));
		assertThat(instances()).containsExactly("orders/a:2");
		assertThat(this.registry.unreadable()).isEmpty();
	}

	@Test
	void anUnreadableRecordIsToldOnceWithItsReason(CapturedLog output) {
		list(1);
		apply(unreadable(2, "/k\n/forged"));
		apply(unreadable(3, "/k\n/forged"));
		assertThat(output).containsOnlyOnce("The record /k?/forged cannot be read: nonsense; ");
		list(4, unreadable(3, "/k\n/forged").written());
		assertThat(output).containsOnlyOnce("cannot be read").doesNotContain("No record is unreadable any more");
		apply(put(5, "/k\n/forged", ORDERS, "a", 1));
		apply(put(6, "/k\n/forged", ORDERS, "a", 2));
		assertThat(output).containsOnlyOnce("No record is unreadable any more");
		apply(unreadable(7, "/k\n/forged"));
		assertThat(output.toString().lines().filter((line) -> line.contains("cannot be read"))).hasSize(2);
	}

	@Test
	void aRecordThatComesAndGoesDoesNotFillTheLog(CapturedLog output) {
		list(1);
		for (int i = 0; i < 100; i++) {
			apply(unreadable(2 * i + 2, "/k"));
			apply(put(2 * i + 3, "/k", ORDERS, "a", 1));
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("No record is unreadable any more")))
			.hasSize(10);
	}

	@Test
	void thousandsOfUnreadableRecordsAreToldInElevenLinesAMinute(CapturedLog output) {
		list(1);
		for (int i = 0; i < 1_000; i++) {
			apply(unreadable(2 + i, "/k" + i), unreadable(2 + i, "/l" + i));
		}
		assertThat(output.toString().lines().filter((line) -> line.contains("cannot be read"))).hasSize(11)
			.last()
			.asString()
			.contains("More records cannot be read, 12 in all; GET /registry/unreadable");
		pass(Duration.ofMinutes(1));
		apply(unreadable(2_000, "/m"));
		assertThat(output).containsOnlyOnce("The record /m cannot be read");
	}

	@Test
	void anUnreadableRecordThatIsDeletedTakesItsLastGoodValueAlong() {
		list(1);
		apply(put(2, "/k", ORDERS, "a", 1));
		apply(unreadable(3, "/k"));
		apply(new RecordEvent.Deleted("/k", 4));
		assertThat(instances()).isEmpty();
		assertThat(this.registry.unreadable()).isEmpty();
	}

	@Test
	void aListWithAnUnreadableRecordKeepsTheValueFromDisk() {
		restore(record(2, "/k", ORDERS, "a", 1));
		list(5, unreadable(4, "/k").written());
		assertThat(instances()).containsExactly("orders/a:1");
	}

	@Test
	void anIgnoredRecordRemovesWhatItRegisteredBefore() {
		list(1);
		apply(put(2, "/k", ORDERS, "a", 1));
		apply(new RecordEvent.Put(new RegistryRecord("/k", 3, 0, new ParsedRecord.Ignored("turned off"))));
		assertThat(instances()).isEmpty();
	}

	@Test
	void eventsThatAListHasOvertakenChangeNothing() {
		list(5, record(5, "/k", ORDERS, "a", 5));
		apply(put(4, "/k", ORDERS, "a", 4));
		apply(new RecordEvent.Deleted("/k", 5));
		assertThat(this.applied).isEmpty();
		assertThat(instances()).containsExactly("orders/a:5");
	}

	@Test
	void eventsOfAShorterHistoryAreAppliedAfterItsList() {
		list(50, record(50, "/k", ORDERS, "a", 1));
		list(10);
		apply(put(11, "/k", ORDERS, "b", 2));
		assertThat(this.applied).containsExactly(EventType.PUT);
		assertThat(instances()).containsExactly("orders/b:2");
	}

	@Test
	void replaceRemovesWhatTheListDoesNotHave() {
		list(2, record(1, "/a", ORDERS, "a", 1), record(2, "/b", ORDERS, "b", 2));
		list(3, record(2, "/b", ORDERS, "b", 2));
		assertThat(instances()).containsExactly("orders/b:2");
	}

	@Test
	void replaceKeepsRecordsThatSayTheSameAndCommitSkipsThem() {
		list(2, record(2, "/a", ORDERS, "a", 1));
		Snapshot before = this.registry.snapshot();
		list(9, record(2, "/a", ORDERS, "a", 1));
		assertThat(this.registry.snapshot().find(ORDERS)).isSameAs(before.find(ORDERS));
		assertThat(this.registry.snapshot().revision().number()).isEqualTo(9);
		assertThat(this.published).hasSize(1);
	}

	@Test
	void replaceTakesARecordOfTheSameRevisionThatSaysSomethingElse() {
		list(2, record(2, "/a", ORDERS, "a", 1));
		list(9, record(2, "/a", ORDERS, "a", 2));
		assertThat(instances()).containsExactly("orders/a:2");
		list(10, record(2, "/a", USERS, "a", 2));
		assertThat(instances()).containsExactly("users/a:2");
	}

	@Test
	void aRecordFromDiskIsReplacedByTheOneThatTheRegistryHas() {
		restore(record(2, "/a", ORDERS, "a", 1), record(3, "/b", ORDERS, "b", 2));
		pass(Duration.ofSeconds(1));
		assertThat(instances()).containsExactly("orders/a:1", "orders/b:2");
		RefreshResult result = this.reflector.reconciler()
			.replace(new Signal.Listed(new Revision(7, 5), List.of(record(2, "/a", ORDERS, "a", 1))));
		assertThat(instances()).containsExactly("orders/a:1");
		assertThat(result).isEqualTo(new RefreshResult(0, 1, 0, 0, 3, 5));
		assertThat(this.registry.snapshot().instances()).isEqualTo(1);
	}

	@Test
	void whatIsFromDiskIsRoutedToWhenAProbeHasPassed() {
		this.probe.kill(2);
		restore(record(2, "/a", ORDERS, "a", 1), record(3, "/b", ORDERS, "b", 2));
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.FromDisk.class);
		assertThat(this.registry.snapshot().find(ORDERS)).isNotNull();
		assertThat(instances()).isEmpty();
		pass(Duration.ofSeconds(1));
		assertThat(instances()).containsExactly("orders/a:1");
		this.probe.revive(2);
		pass(Duration.ofSeconds(2));
		assertThat(instances()).containsExactly("orders/a:1", "orders/b:2");
	}

	@Test
	void whatIsFromDiskAndAnEmptiedClusterLacksIsHeldThoughNoProbeHasEndedYet() {
		restore(record(2, "/a", ORDERS, "a", 1), record(3, "/b", ORDERS, "b", 2));
		this.reflector.reconciler().replace(new Signal.Listed(new Revision(8, 1), List.of()));
		assertThat(instances()).containsExactly("orders/a:1", "orders/b:2");
		assertThat(this.registry.heldRemovals()).isEqualTo(2);
	}

	@Test
	void whatIsFromDiskAndRegisteredNeedsNoProbe() {
		this.probe.kill(1);
		restore(record(2, "/a", ORDERS, "a", 1));
		list(5, record(2, "/a", ORDERS, "a", 1));
		assertThat(instances()).containsExactly("orders/a:1");
	}

	@Test
	void whatIsFromDiskAndNeitherRegisteredNorAnswersIsNeverUsed() {
		this.probe.kill(1);
		restore(record(2, "/a", ORDERS, "a", 1));
		pass(Duration.ofSeconds(5));
		list(5);
		assertThat(instances()).isEmpty();
		assertThat(this.registry.held()).isEmpty();
		int probes = this.probe.probes();
		pass(Duration.ofMinutes(1));
		assertThat(this.probe.probes()).isEqualTo(probes);
	}

	@Test
	void reconcileCountsWhatIsMissingOldOrTooMany() {
		list(3, record(1, "/gone", ORDERS, "g", 1), record(2, "/old", ORDERS, "o", 2),
				record(3, "/same", ORDERS, "s", 3));
		reconcile(Map.of(), 9, record(3, "/same", ORDERS, "s", 3), record(7, "/old", ORDERS, "o", 7),
				record(8, "/missing", ORDERS, "m", 8));
		assertThat(this.drift).hasValue(3);
		assertThat(instances()).containsExactly("orders/m:8", "orders/o:7", "orders/s:3");
	}

	@Test
	void reconcileDoesNotUndoWhatEventsDidAfterTheList() {
		list(3, record(3, "/deleted", ORDERS, "d", 1));
		apply(put(6, "/new", ORDERS, "n", 6));
		apply(new RecordEvent.Deleted("/deleted", 7));
		reconcile(Map.of("/deleted", 7L), 5, record(3, "/deleted", ORDERS, "d", 1));
		assertThat(this.drift).hasValue(0);
		assertThat(instances()).containsExactly("orders/n:6");
	}

	@Test
	void reconcileRestoresARecordThatWasWrittenAgainAfterItsDeletion() {
		list(3, record(3, "/k", ORDERS, "a", 1));
		apply(new RecordEvent.Deleted("/k", 4));
		reconcile(Map.of("/k", 4L), 6, record(5, "/k", ORDERS, "a", 5));
		assertThat(this.drift).hasValue(1);
		assertThat(instances()).containsExactly("orders/a:5");
	}

	@Test
	void reconcileRestoresWhatWasHeldSinceALongerHistory() {
		list(50, record(50, "/k", ORDERS, "a", 1));
		list(40);
		list(5);
		assertThat(this.registry.held()).hasSize(1);
		reconcile(Map.of(), 7, record(6, "/k", ORDERS, "a", 1));
		assertThat(this.registry.held()).isEmpty();
		assertThat(instances()).containsExactly("orders/a:1");
	}

	@Test
	void whatComesAndGoesInOneResponseChangesNoService() {
		list(2, record(2, "/a", ORDERS, "a", 1));
		Service before = this.registry.snapshot().find(ORDERS);
		apply(put(3, "/b", ORDERS, "b", 2), new RecordEvent.Deleted("/b", 4));
		assertThat(this.published).hasSize(1);
		assertThat(this.registry.snapshot().find(ORDERS)).isSameAs(before);
		assertThat(this.registry.snapshot().revision().number()).isEqualTo(4);
	}

	@Test
	void firstListIsToldOnceAlsoWhenNothingIsRegistered() {
		this.reflector.publisher().publish();
		assertThat(this.listed).isEmpty();
		list(1);
		list(2);
		assertThat(this.listed).containsExactly(0);
	}

	@Test
	void whatDidNotChangeIsSharedWithTheSnapshotBefore() {
		list(1000,
				IntStream.range(0, 1000)
					.mapToObj((i) -> record(i + 1, "/" + i, new ServiceName("s" + i), "a", 1 + i))
					.toArray(RegistryRecord[]::new));
		Snapshot before = this.registry.snapshot();
		apply(put(1001, "/x", new ServiceName("s7"), "x", 1));
		Snapshot after = this.registry.snapshot();
		assertThat(after.find(new ServiceName("s7"))).isNotSameAs(before.find(new ServiceName("s7")));
		assertThat(IntStream.range(0, 1000).filter((i) -> i != 7).mapToObj((i) -> new ServiceName("s" + i)))
			.allSatisfy((name) -> assertThat(after.find(name)).isSameAs(before.find(name)));
		assertThat(after.instances()).isEqualTo(1001);
	}

	private void list(long revision, RegistryRecord... records) {
		this.reflector.reconciler().replace(new Signal.Listed(new Revision(7, revision), List.of(records)));
	}

	private void reconcile(Map<String, Long> deletedSince, long revision, RegistryRecord... records) {
		this.reflector.reconciler()
			.reconcile(new Signal.Listed(new Revision(7, revision), List.of(records)), deletedSince,
					RelistReason.PERIODIC, true);
	}

	private void apply(RecordEvent... events) {
		List<RecordEvent> all = List.of(events);
		this.reflector.reconciler().apply(all, 7, new Signal.Delivered(0, all.getLast().revision(), () -> all, 0));
		this.reflector.publisher().publishDelivered();
	}

	@Test
	void whatWasFrozenBeforeARestartIsServedAsItWasUntilTheFreezeEnds() {
		Instant now = this.time.instant();
		restore(Optional.of(new Freeze(now, now.plusSeconds(600), "maintenance")), () -> {
		}, record(2, "/a", ORDERS, "a", 1), record(3, "/b", ORDERS, "b", 2));
		assertThat(instances()).containsExactly("orders/a:1", "orders/b:2");
		list(4, record(2, "/a", ORDERS, "a", 1), record(4, "/c", ORDERS, "c", 3));
		pass(Duration.ofSeconds(10));
		assertThat(instances()).containsExactly("orders/a:1", "orders/b:2");
		pass(Duration.ofMinutes(10));
		assertThat(this.registry.freeze()).isPresent();
		CompletableFuture<Void> unfrozen = this.reflector.operations().unfreeze();
		pass(Duration.ofSeconds(10));
		assertThat(unfrozen).isCompleted();
		assertThat(this.registry.freeze()).isEmpty();
		assertThat(instances()).contains("orders/a:1", "orders/c:3");
	}

	@Test
	void aFreezeDuringAStartKeepsAllThatCameFromDiskInUseAndOnDisk() {
		AtomicInteger released = new AtomicInteger();
		restore(released::incrementAndGet, record(2, "/a", ORDERS, "a", 1), record(3, "/b", ORDERS, "b", 2));
		assertThat(instances()).isEmpty();
		Instant now = this.time.instant();
		CompletableFuture<Void> frozen = this.reflector.operations().freeze(new Freeze(now, now.plusSeconds(600), ""));
		pass(Duration.ofNanos(1));
		assertThat(frozen).isCompleted();
		assertThat(instances()).containsExactly("orders/a:1", "orders/b:2");
		assertThat(released).hasValue(1);
		list(4, record(2, "/a", ORDERS, "a", 1));
		this.reflector.proven(new Revision(7, 4), Duration.ZERO);
		pass(Duration.ofSeconds(10));
		assertThat(instances()).containsExactly("orders/a:1", "orders/b:2");
		close();
		try (SnapshotFile file = new SnapshotFile(this.folder.resolve("snapshot.json"), null)) {
			assertThat(file.load()).get().extracting((saved) -> saved.snapshot().instances()).isEqualTo(2);
		}
		this.file = null;
	}

	@Test
	void startWaitsNoLongerForProbesWhenTheRegistryHasAnswered() {
		List<List<String>> released = new ArrayList<>();
		restore(() -> released.add(instances()), record(1, "/a", ORDERS, "a", 1), record(2, "/b", ORDERS, "b", 2));
		assertThat(released).isEmpty();
		list(4, record(1, "/a", ORDERS, "a", 1), record(4, "/c", ORDERS, "c", 3));
		assertThat(released).containsExactly(instances());
		assertThat(instances()).contains("orders/c:3");
		pass(Duration.ofSeconds(1));
		list(5, record(1, "/a", ORDERS, "a", 1));
		assertThat(released).hasSize(1);
	}

	@Test
	void startIsReleasedOnceByProbesThatHaveAllEndedBeforeTheRegistryAnswers() {
		AtomicInteger released = new AtomicInteger();
		restore(released::incrementAndGet, record(1, "/a", ORDERS, "a", 1));
		pass(Duration.ofSeconds(1));
		assertThat(released).hasValue(1);
		list(4, record(1, "/a", ORDERS, "a", 1));
		assertThat(released).hasValue(1);
	}

	private void restore(RegistryRecord... records) {
		restore(() -> {
		}, records);
	}

	private void restore(Runnable probed, RegistryRecord... records) {
		restore(Optional.empty(), probed, records);
	}

	/** Starts anew from a snapshot on disk that has these records. */
	private void restore(Optional<Freeze> freeze, Runnable probed, RegistryRecord... records) {
		Path path = this.folder.resolve("snapshot.json");
		try (SnapshotFile file = new SnapshotFile(path, null)) {
			this.reflector = reflector(Optional.of(file));
			list(3, records);
		}
		this.published.clear();
		this.file = new SnapshotFile(path, null);
		this.reflector = reflector(Optional.of(this.file));
		this.registry = this.reflector.registry();
		this.reflector.restore(freeze, probed);
	}

	/** Lets time pass without a connection. */
	private void pass(Duration duration) {
		long until = this.time.getAsLong() + duration.toNanos();
		while (this.time.getAsLong() < until) {
			try {
				this.reflector.poll(until - this.time.getAsLong());
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
			this.reflector.doWhatIsDue();
		}
	}

	private List<Integer> weights() {
		return this.registry.snapshot()
			.services()
			.values()
			.stream()
			.flatMap((service) -> service.instances().stream())
			.map(Instance::weight)
			.toList();
	}

	private List<String> instances() {
		return this.registry.snapshot()
			.services()
			.values()
			.stream()
			.flatMap((service) -> service.instances()
				.stream()
				.map((instance) -> "%s/%s:%d".formatted(service.name(), instance.id(), instance.endpoint().port())))
			.sorted()
			.toList();
	}

	private static RecordEvent.Put put(long revision, String key, ServiceName service, String id, int port) {
		return new RecordEvent.Put(record(revision, key, service, id, port));
	}

	private static RecordEvent.Put unreadable(long revision, String key) {
		return new RecordEvent.Put(new RegistryRecord(key, revision, 0, new ParsedRecord.Unreadable("nonsense")));
	}

	private static RegistryRecord record(long revision, String key, ServiceName service, String id, int port) {
		Registration registration = new Registration(key, "plain", 1, revision, 0, Origin.LIST);
		Instance instance = new Instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", port), 100, "", "", Map.of(),
				registration);
		return new RegistryRecord(key, revision, 0, new ParsedRecord.Registered(service, List.of(instance)));
	}

}
