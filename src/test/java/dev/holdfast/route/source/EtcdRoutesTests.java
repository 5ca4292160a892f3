package dev.holdfast.route.source;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.route.Route;
import dev.holdfast.route.source.RouteStatus.State;
import dev.holdfast.service.Revision;
import dev.holdfast.service.ServiceName;
import dev.holdfast.store.StoreSignal;
import dev.holdfast.store.StoredEntry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class EtcdRoutesTests {

	private static final String PREFIX = "/holdfast/routes/";

	private static final Duration HOLD_FOR = RemovalGuardSettings.DEFAULTS.holdFor();

	private final RouteWorld world = new RouteWorld();

	private final EtcdRoutes etcd = routes(this.world);

	private static EtcdRoutes routes(RouteWorld world) {
		return new EtcdRoutes(world.catalog, PREFIX, RemovalGuardSettings.DEFAULTS, world::save, Clock.systemUTC(),
				world::nanoTime);
	}

	@Test
	void whatIsWrittenAppliesAtOnceAndWhatIsDeletedIsGone() {
		listed(10, entry("a", 5));
		assertThat(this.world.inForce()).containsExactly("a");
		changed(put(entry("b", 11)));
		assertThat(this.world.inForce()).containsExactly("a", "b");
		changed(deleted("a", 12));
		assertThat(this.world.inForce()).containsExactly("b");
		assertThat(this.etcd.status().state()).isEqualTo(SourceStatus.State.LIVE);
	}

	@Test
	void aWipedEtcdTakesNothingOut() {
		listed(10, entry("a", 5), entry("b", 6));
		this.etcd.onLost("connection refused", false);
		assertThat(this.etcd.status().state()).isEqualTo(SourceStatus.State.STALE);
		listed(2, entry("b", 2));
		assertThat(this.world.inForce()).containsExactly("a", "b");
		assertThat(this.world.status("a").state()).isEqualTo(State.HELD);
		assertThat(this.world.status("a").reason()).contains("wiped, restored or replaced");
		assertThat(this.world.status("b").state()).isEqualTo(State.IN_FORCE);
	}

	@Test
	void aWipedEtcdThatHasGrownPastWhatWasKnownTakesNothingOut() {
		listed(10, entry("a", 5));
		this.etcd.onLost("connection refused", false);
		listed(50, entry("c", 30));
		assertThat(this.world.inForce()).containsExactly("a", "c");
		assertThat(this.world.status("a").reason()).contains("does not tell any more that it was deleted");
	}

	@Test
	void aHeldRouteGoesInTheEndAndThatTimeStandsStillWhileEtcdIsAway() {
		listed(10, entry("a", 5));
		listed(2);
		this.world.pass(HOLD_FOR.minusSeconds(10));
		this.etcd.onTick();
		this.etcd.onLost("connection refused", false);
		this.world.pass(HOLD_FOR);
		this.etcd.onTick();
		listed(3);
		this.world.pass(Duration.ofSeconds(9));
		this.etcd.onTick();
		assertThat(this.world.inForce()).containsExactly("a");
		this.world.pass(Duration.ofSeconds(2));
		this.etcd.onTick();
		assertThat(this.world.inForce()).isEmpty();
	}

	@Test
	void aHeldRouteThatIsWrittenAgainIsHeldNoLonger() {
		listed(10, entry("a", 5));
		listed(2);
		changed(put(entry("a", 3)));
		assertThat(this.world.status("a").state()).isEqualTo(State.IN_FORCE);
		this.world.pass(HOLD_FOR.multipliedBy(2));
		this.etcd.onTick();
		assertThat(this.world.inForce()).containsExactly("a");
		changed(deleted("a", 4));
		assertThat(this.world.inForce()).isEmpty();
	}

	@Test
	void aDeletionDuringAnOutageIsBelievedWhenItIsHeardOf() {
		listed(10, entry("a", 5), entry("b", 6));
		this.etcd.onLost("connection refused", false);
		assertThat(this.etcd.known()).isEqualTo(new Revision(1, 10));
		this.etcd.onListed(new Revision(1, 12), List.of(entry("b", 6)));
		this.etcd.onSettled();
		assertThat(this.world.inForce()).containsExactly("a", "b");
		changed(deleted("a", 12));
		proven(12);
		assertThat(this.world.inForce()).containsExactly("b");
	}

	@Test
	void aDeletionAfterAListIsBelievedAlthoughDeliveryWasNotProvenThen() {
		this.etcd.onListed(new Revision(1, 10), List.of(entry("a", 5)));
		this.etcd.onSettled();
		this.etcd.onLost("connection refused", false);
		assertThat(this.etcd.known()).isEqualTo(new Revision(1, 10));
		this.etcd.onListed(new Revision(1, 12), List.of());
		changed(deleted("a", 12));
		proven(12);
		assertThat(this.world.inForce()).isEmpty();
	}

	@Test
	void aDeletionOfBeforeTheListDoesNotTouchWhatWasWrittenAnewSince() {
		listed(10, entry("a", 5));
		this.etcd.onListed(new Revision(1, 14), List.of(entry("a", 13)));
		changed(deleted("a", 12), put(entry("a", 13)));
		assertThat(this.world.inForce()).containsExactly("a");
		assertThat(this.world.changes).hasSize(1);
	}

	@Test
	void leasesThatEndTogetherTakeOutAShareAtMost() {
		listed(20,
				Stream.iterate(1, (i) -> i + 1).limit(10).map((i) -> leased("r" + i, i)).toArray(StoredEntry[]::new));
		for (int i = 1; i <= 10; i++) {
			changed(deleted("r" + i, 20 + i));
		}
		assertThat(this.world.inForce()).hasSize(7);
		assertThat(this.world.catalog.statuses()).allMatch((status) -> status.state() == State.HELD);
	}

	@Test
	void aValueThatIsNoTextIsQuarantinedAndTheLastGoodFormStays() {
		listed(10, entry("a", 5));
		changed(put(new StoredEntry(PREFIX + "a", new byte[] { (byte) 0xff, 1 }, 11, 0)));
		assertThat(this.world.inForce()).containsExactly("a");
		assertThat(this.world.status("a").state()).isEqualTo(State.LAST_GOOD);
		assertThat(this.world.status("a").reason()).contains("UTF-8");
	}

	@Test
	void aDeniedPermissionIsNamedAndWhatIsKnownStays() {
		listed(10, entry("a", 5));
		this.etcd.onLost("permission denied", true);
		assertThat(this.etcd.status().state()).isEqualTo(SourceStatus.State.DENIED);
		assertThat(this.etcd.status().cause()).isEqualTo("permission denied");
		assertThat(this.world.inForce()).containsExactly("a");
	}

	@Test
	void whatWasListedIsStaleWhenTheConnectionBreaksBeforeDeliveryWasProven() {
		this.etcd.onListed(new Revision(1, 10), List.of(entry("a", 5)));
		this.etcd.onSettled();
		this.etcd.onLost("connection refused", false);
		assertThat(this.etcd.status().state()).isEqualTo(SourceStatus.State.STALE);
		assertThat(this.world.inForce()).containsExactly("a");
	}

	@Test
	void whatWasSavedIsFollowedFromWhereItWasSaved() {
		listed(10, entry("a", 5), entry("b", 6));
		SavedRoutes saved = this.world.catalog.toSave();
		RouteWorld next = new RouteWorld();
		EtcdRoutes later = routes(next);
		next.catalog.restore(saved);
		later.restored(saved.revision(), Instant.EPOCH);
		assertThat(later.status().state()).isEqualTo(SourceStatus.State.FROM_DISK);
		assertThat(next.inForce()).containsExactly("a", "b");
		assertThat(later.known()).isEqualTo(new Revision(1, 10));
		later.onListed(new Revision(1, 12), List.of(entry("b", 6)));
		later.onChanges(List.of(deleted("a", 12)));
		later.onSettled();
		assertThat(next.inForce()).containsExactly("b");
	}

	@Test
	void aHoldOutlivesARestartWithItsTime() {
		listed(10, entry("a", 5));
		listed(2);
		RouteStatus held = this.world.status("a");
		this.world.pass(HOLD_FOR.minusSeconds(10));
		this.etcd.onTick();
		RouteWorld next = new RouteWorld();
		EtcdRoutes later = restarted(next);
		assertThat(next.status("a").state()).isEqualTo(State.HELD);
		assertThat(next.status("a").since()).isEqualTo(held.since());
		assertThat(next.status("a").reason()).isEqualTo(held.reason());
		next.pass(HOLD_FOR);
		listed(later, 2);
		next.pass(Duration.ofSeconds(9));
		later.onTick();
		assertThat(next.inForce()).containsExactly("a");
		next.pass(Duration.ofSeconds(2));
		later.onTick();
		assertThat(next.inForce()).isEmpty();
	}

	@Test
	void whatIsHeldSinceBeforeARestartGoesWhenItIsWrittenAndDeleted() {
		listed(10, entry("a", 5));
		listed(2);
		RouteWorld next = new RouteWorld();
		EtcdRoutes later = restarted(next);
		listed(later, 2);
		later.onChanges(List.of(put(entry("a", 3)), deleted("a", 4)));
		later.onSettled();
		assertThat(next.inForce()).isEmpty();
	}

	@Test
	void howFarItIsKnownIsSavedAsSoonAsThatIsProven() {
		this.etcd.onListed(new Revision(1, 10), List.of(entry("a", 5)));
		this.etcd.onSettled();
		assertThat(this.world.saved().revision()).isEqualTo(Revision.NONE);
		proven(10);
		assertThat(this.world.saved().revision()).isEqualTo(new Revision(1, 10));
	}

	@Test
	void historyThatIsHeardOfAfterTheListBringsNothingBack() {
		listed(10);
		this.etcd.onLost("connection refused", false);
		this.etcd.onListed(new Revision(1, 20), List.of());
		this.etcd.onSettled();
		changed(put(entry("x", 15)));
		assertThat(this.world.changes).isEmpty();
		changed(deleted("x", 16));
		changed(put(entry("x", 21)));
		assertThat(this.world.inForce()).containsExactly("x");
	}

	@Test
	void aStartWaitsForAListOrADenialAndNotForOneMember() throws InterruptedException {
		this.etcd.onLost("connection refused", false);
		assertThat(this.etcd.awaitAnswer(Duration.ZERO)).isFalse();
		this.etcd.onLost("permission denied", true);
		assertThat(this.etcd.awaitAnswer(Duration.ZERO)).isTrue();
		EtcdRoutes other = routes(new RouteWorld());
		listed(other, 10);
		assertThat(other.awaitAnswer(Duration.ZERO)).isTrue();
	}

	@Test
	void whatCouldNotBeAppliedIsAppliedWithTheNextList() {
		AtomicReference<Error> failure = new AtomicReference<>(new AssertionError("none yet"));
		RouteWorld failing = new RouteWorld(new ConfiguredRoute("holdfast.routes[0]", (defaults) -> {
			Error error = failure.get();
			if (error instanceof StackOverflowError) {
				throw error;
			}
			return new Route("fixed", "", "/fixed/**", Set.of(), Map.of(), new ServiceName("fixed"), "", false,
					defaults);
		}));
		EtcdRoutes follower = routes(failing);
		failure.set(new StackOverflowError());
		assertThatExceptionOfType(StackOverflowError.class).isThrownBy(() -> listed(follower, 10, entry("a", 5)));
		follower.onLost("internal error", false);
		assertThat(follower.status().state()).isEqualTo(SourceStatus.State.STALE);
		failure.set(new AssertionError("no more"));
		listed(follower, 10, entry("a", 5));
		assertThat(failing.inForce()).containsExactly("a", "fixed");
	}

	@Test
	void theOnlyDocumentWithALeaseIsHeldForWhatMayHaveHappened() {
		listed(10, leased("a", 5));
		changed(deleted("a", 11));
		assertThat(this.world.status("a").state()).isEqualTo(State.HELD);
		assertThat(this.world.status("a").reason()).startsWith("its lease has ended, or it was deleted; it stays for")
			.endsWith("or until it is written and deleted");
	}

	private EtcdRoutes restarted(RouteWorld next) {
		SavedRoutes saved = this.world.catalog.toSave();
		EtcdRoutes later = routes(next);
		next.catalog.restore(saved);
		later.restored(saved.revision(), Instant.EPOCH);
		return later;
	}

	private static void listed(EtcdRoutes etcd, long revision, StoredEntry... entries) {
		etcd.onListed(new Revision(1, revision), List.of(entries));
		etcd.onSettled();
		etcd.onProven(new Revision(1, revision));
		etcd.onSettled();
	}

	private void listed(long revision, StoredEntry... entries) {
		listed(this.etcd, revision, entries);
	}

	private void proven(long revision) {
		this.etcd.onProven(new Revision(1, revision));
		this.etcd.onSettled();
	}

	private void changed(StoreSignal.Change... changes) {
		this.etcd.onChanges(List.of(changes));
		this.etcd.onSettled();
	}

	private static StoredEntry entry(String id, long revision) {
		return entry(id, revision, 0);
	}

	private static StoredEntry leased(String id, long revision) {
		return entry(id, revision, 77);
	}

	private static StoredEntry entry(String id, long revision, long lease) {
		return new StoredEntry(PREFIX + id, RouteWorld.route(id).getBytes(StandardCharsets.UTF_8), revision, lease);
	}

	private static StoreSignal.Change put(StoredEntry entry) {
		return new StoreSignal.Change.Put(entry);
	}

	private static StoreSignal.Change deleted(String id, long revision) {
		return new StoreSignal.Change.Deleted(PREFIX + id, revision);
	}

}
