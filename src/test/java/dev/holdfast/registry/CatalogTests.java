package dev.holdfast.registry;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Reading;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class CatalogTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static final ServiceName USERS = new ServiceName("users");

	private final Catalog catalog = new Catalog(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));

	@Test
	void applyReportsWhatTheEventWas() {
		list(1);
		assertThat(this.catalog.apply(put(2, "/k", ORDERS, "a", 1))).isEqualTo("put");
		assertThat(this.catalog.apply(unreadable(3, "/k"))).isEqualTo("unreadable");
		assertThat(this.catalog.apply(new RecordEvent.Deleted("/k", 4, 0))).isEqualTo("delete");
	}

	@Test
	void anIdThatTwoRecordsClaimCountsOnceForTheFirstKey() {
		list(1);
		this.catalog.apply(put(2, "/z", ORDERS, "a", 26));
		this.catalog.apply(put(3, "/b", ORDERS, "a", 2));
		assertThat(commit(3)).containsExactly("orders/a:2");
		this.catalog.apply(new RecordEvent.Deleted("/b", 4, 0));
		assertThat(commit(4)).containsExactly("orders/a:26");
	}

	@Test
	void aKeyThatNamesAnotherServiceLeavesTheFirst() {
		list(1);
		this.catalog.apply(put(2, "/k", ORDERS, "a", 1));
		commit(2);
		this.catalog.apply(put(3, "/k", USERS, "a", 1));
		Commit commit = this.catalog.commit(new Revision(7, 3));
		assertThat(instances(commit.snapshot())).containsExactly("users/a:1");
		assertThat(commit.services()).containsExactlyInAnyOrder(ORDERS, USERS);
		assertThat(commit.added()).isEqualTo(1);
		assertThat(commit.removed()).isEqualTo(1);
	}

	@Test
	void anUnreadableRecordKeepsItsLastGoodValueAndIsListedUntilItIsReadable() {
		list(1);
		this.catalog.apply(put(2, "/k", ORDERS, "a", 1));
		this.catalog.apply(unreadable(3, "/k"));
		assertThat(commit(3)).containsExactly("orders/a:1");
		assertThat(this.catalog.unreadable()).extracting(UnreadableRecord::modRevision).containsExactly(3L);
		this.catalog.apply(put(4, "/k", ORDERS, "a", 2));
		assertThat(commit(4)).containsExactly("orders/a:2");
		assertThat(this.catalog.unreadable()).isEmpty();
	}

	@Test
	void anUnreadableRecordThatIsDeletedTakesItsLastGoodValueAlong() {
		list(1);
		this.catalog.apply(put(2, "/k", ORDERS, "a", 1));
		this.catalog.apply(unreadable(3, "/k"));
		this.catalog.apply(new RecordEvent.Deleted("/k", 4, 0));
		assertThat(commit(4)).isEmpty();
		assertThat(this.catalog.unreadable()).isEmpty();
	}

	@Test
	void aListWithAnUnreadableRecordKeepsTheValueFromDisk() {
		this.catalog.seed(snapshot(record(2, "/k", ORDERS, "a", 1)));
		this.catalog.replace(new Signal.Listed(new Revision(7, 5), List.of(unreadable(4, "/k").written())));
		assertThat(commit(5)).containsExactly("orders/a:1");
	}

	@Test
	void anIgnoredRecordRemovesWhatItRegisteredBefore() {
		list(1);
		this.catalog.apply(put(2, "/k", ORDERS, "a", 1));
		this.catalog.apply(new RecordEvent.Put(new RegistryRecord("/k", 3, new Reading.Ignored("turned off"))));
		assertThat(commit(3)).isEmpty();
	}

	@Test
	void eventsThatAListHasOvertakenChangeNothing() {
		list(5, record(5, "/k", ORDERS, "a", 5));
		assertThat(this.catalog.apply(put(4, "/k", ORDERS, "a", 4))).isNull();
		assertThat(this.catalog.apply(new RecordEvent.Deleted("/k", 5, 0))).isNull();
		assertThat(commit(5)).containsExactly("orders/a:5");
	}

	@Test
	void eventsOfAShorterHistoryAreAppliedAfterItsList() {
		list(50, record(50, "/k", ORDERS, "a", 1));
		list(10);
		assertThat(this.catalog.apply(put(11, "/k", ORDERS, "b", 2))).isEqualTo("put");
		assertThat(commit(11)).containsExactly("orders/b:2");
	}

	@Test
	void replaceRemovesWhatTheListDoesNotHave() {
		list(2, record(1, "/a", ORDERS, "a", 1), record(2, "/b", ORDERS, "b", 2));
		list(3, record(2, "/b", ORDERS, "b", 2));
		assertThat(commit(3)).containsExactly("orders/b:2");
	}

	@Test
	void replaceKeepsRecordsThatSayTheSameAndCommitSkipsThem() {
		list(2, record(2, "/a", ORDERS, "a", 1));
		Snapshot before = this.catalog.snapshot();
		list(9, record(2, "/a", ORDERS, "a", 1));
		assertThat(this.catalog.snapshot().find(ORDERS)).isSameAs(before.find(ORDERS));
		assertThat(this.catalog.snapshot().revision().number()).isEqualTo(9);
	}

	@Test
	void replaceTakesARecordOfTheSameRevisionThatSaysSomethingElse() {
		list(2, record(2, "/a", ORDERS, "a", 1));
		list(9, record(2, "/a", ORDERS, "a", 2));
		assertThat(commit(9)).containsExactly("orders/a:2");
		list(10, record(2, "/a", USERS, "a", 2));
		assertThat(commit(10)).containsExactly("users/a:2");
	}

	@Test
	void aRecordFromDiskIsReplacedByTheOneThatTheRegistryHas() {
		this.catalog.seed(snapshot(record(2, "/a", ORDERS, "a", 1), record(3, "/b", ORDERS, "b", 2)));
		this.catalog.replace(new Signal.Listed(new Revision(7, 5), List.of(record(2, "/a", ORDERS, "a", 1))));
		Commit commit = this.catalog.commit(new Revision(7, 5));
		assertThat(instances(commit.snapshot())).containsExactly("orders/a:1");
		assertThat(commit.removed()).isEqualTo(1);
		assertThat(commit.changed()).isZero();
		assertThat(commit.snapshot().instances()).isEqualTo(1);
	}

	@Test
	void reconcileCountsWhatIsMissingOldOrTooMany() {
		list(3, record(1, "/gone", ORDERS, "g", 1), record(2, "/old", ORDERS, "o", 2),
				record(3, "/same", ORDERS, "s", 3));
		int differences = this.catalog
			.reconcile(new Signal.Listed(new Revision(7, 9), List.of(record(3, "/same", ORDERS, "s", 3),
					record(7, "/old", ORDERS, "o", 7), record(8, "/missing", ORDERS, "m", 8))), Map.of());
		assertThat(differences).isEqualTo(3);
		assertThat(commit(9)).containsExactly("orders/m:8", "orders/o:7", "orders/s:3");
	}

	@Test
	void reconcileDoesNotUndoWhatEventsDidAfterTheList() {
		list(3, record(3, "/deleted", ORDERS, "d", 1));
		this.catalog.apply(put(6, "/new", ORDERS, "n", 6));
		this.catalog.apply(new RecordEvent.Deleted("/deleted", 7, 0));
		int differences = this.catalog.reconcile(
				new Signal.Listed(new Revision(7, 5), List.of(record(3, "/deleted", ORDERS, "d", 1))),
				Map.of("/deleted", 7L));
		assertThat(differences).isZero();
		assertThat(commit(7)).containsExactly("orders/n:6");
	}

	@Test
	void reconcileRestoresARecordThatWasWrittenAgainAfterItsDeletion() {
		list(3, record(3, "/k", ORDERS, "a", 1));
		this.catalog.apply(new RecordEvent.Deleted("/k", 4, 0));
		int differences = this.catalog.reconcile(
				new Signal.Listed(new Revision(7, 6), List.of(record(5, "/k", ORDERS, "a", 5))), Map.of("/k", 4L));
		assertThat(differences).isEqualTo(1);
		assertThat(commit(6)).containsExactly("orders/a:5");
	}

	@Test
	void aCommitWithoutADifferenceChangesNoService() {
		list(2, record(2, "/a", ORDERS, "a", 1));
		Service before = this.catalog.snapshot().find(ORDERS);
		this.catalog.apply(put(3, "/b", ORDERS, "b", 2));
		this.catalog.apply(new RecordEvent.Deleted("/b", 4, 0));
		Commit commit = this.catalog.commit(new Revision(7, 4));
		assertThat(commit.services()).isEmpty();
		assertThat(commit.snapshot().find(ORDERS)).isSameAs(before);
		assertThat(commit.snapshot().revision().number()).isEqualTo(4);
	}

	@Test
	void whatDidNotChangeIsSharedWithTheSnapshotBefore() {
		list(1000,
				IntStream.range(0, 1000)
					.mapToObj((i) -> record(i + 1, "/" + i, new ServiceName("s" + i), "a", 1 + i))
					.toArray(RegistryRecord[]::new));
		Snapshot before = this.catalog.snapshot();
		this.catalog.apply(put(1001, "/x", new ServiceName("s7"), "x", 1));
		Snapshot after = this.catalog.commit(new Revision(7, 1001)).snapshot();
		assertThat(after.find(new ServiceName("s7"))).isNotSameAs(before.find(new ServiceName("s7")));
		assertThat(IntStream.range(0, 1000).filter((i) -> i != 7).mapToObj((i) -> new ServiceName("s" + i)))
			.allSatisfy((name) -> assertThat(after.find(name)).isSameAs(before.find(name)));
		assertThat(after.instances()).isEqualTo(1001);
	}

	private void list(long revision, RegistryRecord... records) {
		Revision at = new Revision(7, revision);
		this.catalog.replace(new Signal.Listed(at, List.of(records)));
		this.catalog.commit(at);
	}

	private List<String> commit(long revision) {
		return instances(this.catalog.commit(new Revision(7, revision)).snapshot());
	}

	private static List<String> instances(Snapshot snapshot) {
		return snapshot.services()
			.values()
			.stream()
			.flatMap((service) -> service.instances()
				.stream()
				.map((instance) -> "%s/%s:%d".formatted(service.name(), instance.id(), instance.endpoint().port())))
			.sorted()
			.toList();
	}

	private static Snapshot snapshot(RegistryRecord... records) {
		Catalog saved = new Catalog(Clock.systemUTC());
		saved.replace(new Signal.Listed(new Revision(7, 3), Stream.of(records).toList()));
		return saved.commit(new Revision(7, 3)).snapshot();
	}

	private static RecordEvent.Put put(long revision, String key, ServiceName service, String id, int port) {
		return new RecordEvent.Put(record(revision, key, service, id, port));
	}

	private static RecordEvent.Put unreadable(long revision, String key) {
		return new RecordEvent.Put(new RegistryRecord(key, revision, new Reading.Unreadable("nonsense")));
	}

	private static RegistryRecord record(long revision, String key, ServiceName service, String id, int port) {
		Registration registration = new Registration(key, "plain", 1, revision, 0, Origin.LIST);
		Instance instance = new Instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", port), 100, "", "", Map.of(),
				registration);
		return new RegistryRecord(key, revision, new Reading.Registered(service, List.of(instance)));
	}

}
