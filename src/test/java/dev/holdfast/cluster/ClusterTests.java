package dev.holdfast.cluster;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.override.Action;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.OverrideCodec;
import dev.holdfast.override.Scope;
import dev.holdfast.override.SharedOverridesException;
import dev.holdfast.override.UnreadableValueException;
import dev.holdfast.service.ServiceName;
import dev.holdfast.store.FakeStore;
import dev.holdfast.store.StoreException;
import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

/**
 * A gateway among others, in moved time on a store in memory.
 */
class ClusterTests {

	private static final Action DRAIN = new Action.Drain(new ServiceName("orders"), "a");

	private static final String OWN = "/holdfast/gateways/gw-1";

	private static final String HISTORY = "/holdfast/history";

	private final ClusterTime time = new ClusterTime();

	private final FakeStore store = new FakeStore();

	private final List<Command> commands = new ArrayList<>();

	private final List<Collection<OperatorOverride>> shared = new ArrayList<>();

	/** What there was after a history had been lost. */
	private final List<Collection<OperatorOverride>> lost = new ArrayList<>();

	private final List<Throwable> failures = new ArrayList<>();

	private int unconfirmed;

	private Standing standing = new Standing("LIVE", 0, 0);

	private final Cluster cluster = new Cluster(this.store, ClusterSettings.of("/holdfast/"),
			() -> new LocalGateway("gw-1", "0.1.0", "host-1", 8081, Instant.EPOCH), () -> this.standing,
			new ClusterListener() {

				@Override
				public void onOverrides(Collection<OperatorOverride> overrides) {
					ClusterTests.this.shared.add(overrides);
				}

				@Override
				public void onHistoryLost(Collection<OperatorOverride> overrides) {
					ClusterTests.this.lost.add(overrides);
				}

				@Override
				public void onUnconfirmed() {
					ClusterTests.this.unconfirmed++;
				}

				@Override
				public void onCommand(Command command) {
					ClusterTests.this.commands.add(command);
				}

			}, this.time, this.time, this.time, Runnable::run, new Random(1));

	@Test
	void gatewayListsItselfAndTakesItselfOffTheListWhenItStops() {
		at(2, () -> {
			assertThat(this.store.keys()).containsExactly(OWN, HISTORY);
			assertThat(this.store.value(OWN)).contains("\"host\":\"host-1\"", "\"state\":\"LIVE\"");
			assertThat(this.cluster.view().available()).isTrue();
			assertThat(this.cluster.unavailable()).isEmpty();
		});
		runFor(60);
		assertThat(this.store.keys()).containsExactly(HISTORY);
		assertThat(this.store.leases()).isZero();
	}

	@Test
	void idleGatewaysDoNotWrite() {
		at(30, () -> {
			other("gw-2", "LIVE", 1);
			this.standing = new Standing("LIVE", 1_000_000, 1);
		});
		at(40, () -> this.store.writes = 0);
		at(900, () -> assertThat(this.store.writes).isZero());
		runFor(1_000);
	}

	@Test
	void gatewayReportsWhatOthersHaveOnceItHasItToo() {
		at(2, () -> other("gw-2", "LIVE", 2));
		at(10, () -> assertThat(this.store.value(OWN)).contains("\"revision\":0"));
		at(11, () -> this.standing = new Standing("LIVE", 1_000, 0));
		at(20, () -> assertThat(this.store.value(OWN)).contains("\"revision\":2"));
		runFor(30);
	}

	@Test
	void changedStateIsReportedWithinTwoSeconds() {
		at(10, () -> this.standing = new Standing("STALE", 0, 0));
		at(12, () -> assertThat(this.store.value(OWN)).contains("\"state\":\"STALE\""));
		runFor(30);
	}

	@Test
	void leaseThatWasLostIsReplaced() {
		at(20, () -> this.store.expire(OWN));
		at(30, () -> assertThat(this.store.keys()).containsExactly(OWN, HISTORY));
		runFor(60);
	}

	@Test
	void entryThatSomebodyDeletedIsWrittenAgain() {
		at(20, () -> this.store.delete(OWN));
		at(22, () -> assertThat(this.store.keys()).containsExactly(OWN, HISTORY));
		runFor(60);
	}

	@Test
	void reportThatEtcdRefusesKeepsNobodyFromFollowing(CapturedLog output) {
		this.store.refusal = new StoreException("database space exceeded", false, true);
		at(5, () -> {
			assertThat(this.cluster.unavailable()).isEmpty();
			assertThat(this.cluster.view().available()).isTrue();
			assertThat(this.cluster.view().reason()).contains("database space exceeded");
			this.store.put("/holdfast/overrides/drain/orders/a", OverrideCodec.encode(override(DRAIN, 3_600)));
		});
		at(6, () -> assertThat(this.shared.getLast()).hasSize(1));
		at(1_800, () -> {
			assertThat(this.store.connects).isOne();
			assertThat(this.store.writes).isLessThan(50);
			assertThat(this.cluster.remove(DRAIN)).isNotCompletedExceptionally();
		});
		at(1_802, () -> {
			assertThat(this.shared.getLast()).isEmpty();
			this.store.refusal = null;
		});
		at(1_870, () -> {
			assertThat(this.store.keys()).containsExactly(OWN);
			assertThat(this.cluster.view().reason()).isEmpty();
		});
		runFor(1_880);
		assertThat(output).containsOnlyOnce("do not see this one");
	}

	@Test
	void roleThatMayOnlyReadStillFollows() {
		this.store.refusal = new StoreException("permission denied", true);
		at(600, () -> {
			assertThat(this.store.connects).isOne();
			assertThat(this.cluster.unavailable()).isEmpty();
			assertThat(this.cluster.view().reason()).contains("permission denied");
			assertThat(this.store.leases()).isOne();
			assertThatThrownBy(() -> this.cluster.put(override(DRAIN, 900)).join())
				.hasMessageContaining("permission denied");
			assertThat(this.store.leases()).isOne();
		});
		runFor(610);
	}

	@Test
	void ownLeaseThatEndsDuringAWriteEndsNoSession() {
		at(20, () -> {
			this.store.expire(OWN);
			this.standing = new Standing("STALE", 0, 0);
		});
		at(24, () -> {
			assertThat(this.store.value(OWN)).contains("STALE");
			assertThat(this.store.connects).isOne();
		});
		runFor(30);
	}

	@Test
	void extensionWhoseAnswerIsLostEndsNothing() {
		at(2, () -> assertThat(this.cluster.put(override(DRAIN, 600))).isNotCompletedExceptionally());
		at(5, () -> {
			this.store.forgetful = true;
			assertThatThrownBy(() -> this.cluster.put(override(DRAIN, 900)).join())
				.hasMessageContaining("no answer in time");
			this.store.forgetful = false;
		});
		at(6, () -> assertThat(this.shared.getLast()).containsExactly(override(DRAIN, 900)));
		runFor(10);
	}

	@Test
	void noLeaseIsLeftBehindByWhatWasReplacedOrRemoved() {
		at(2, () -> assertThat(this.cluster.put(override(DRAIN, 600))).isNotCompletedExceptionally());
		at(3, () -> assertThat(this.cluster.put(override(DRAIN, 900))).isNotCompletedExceptionally());
		at(4, () -> {
			assertThat(this.store.leases()).isEqualTo(2);
			assertThat(this.shared.getLast()).containsExactly(override(DRAIN, 900));
			assertThat(this.cluster.remove(DRAIN)).isNotCompletedExceptionally();
		});
		at(5, () -> assertThat(this.store.leases()).isOne());
		runFor(10);
	}

	@Test
	void reportThatTakesItsTimeIsNoSilenceOfTheWatch() {
		at(20, () -> {
			this.store.slow = () -> this.time.pass(Duration.ofSeconds(7));
			this.standing = new Standing("STALE", 0, 0);
		});
		at(60, () -> {
			assertThat(this.store.connects).isOne();
			assertThat(this.cluster.view().available()).isTrue();
		});
		runFor(61);
	}

	@Test
	void overrideWithoutALeaseIsPassedOverSinceNothingWouldEndIt(CapturedLog output) {
		this.store.put("/holdfast/overrides/drain/orders/a", OverrideCodec.encode(override(DRAIN, 600)), 0);
		at(2, () -> assertThat(this.shared.getLast()).isEmpty());
		runFor(10);
		assertThat(output).containsOnlyOnce("overrides/drain/orders/a in etcd is passed over: no lease");
	}

	@Test
	void reportOfAnotherGatewayIsFitForALineOfALog() throws UnreadableValueException {
		GatewayReport report = GatewayReportCodec.decode(GatewayReportCodec.encode(new GatewayReport("gw-2",
				"1\n2026 INFO ok", "h\u001B[2K", 8081, Instant.EPOCH, "LIVE", 0, Instant.EPOCH)));
		assertThat(report.version()).isEqualTo("1?2026 INFO ok");
		assertThat(report.host()).isEqualTo("h?[2K");
	}

	@Test
	void wipedStoreIsListedAnewAndHasTheGatewayAgain() {
		at(20, this.store::wipe);
		at(40, () -> {
			assertThat(this.store.keys()).containsExactly(OWN, HISTORY);
			assertThat(this.cluster.view().available()).isTrue();
		});
		runFor(60);
	}

	@Test
	void overridesOfAWipedStoreAreLostAndNotEnded() {
		at(2, () -> assertThat(this.cluster.put(override(DRAIN, 600))).isNotCompletedExceptionally());
		at(20, this.store::wipe);
		at(40, () -> {
			assertThat(this.lost).singleElement().satisfies((left) -> assertThat(left).isEmpty());
			assertThat(this.store.value(HISTORY)).isNotEmpty();
		});
		runFor(60);
	}

	@Test
	void storeThatWasEmptiedUnnoticedIsToldByTheNameOfItsHistory() {
		at(2, () -> assertThat(this.cluster.put(override(DRAIN, 600))).isNotCompletedExceptionally());
		at(20, () -> {
			this.store.empty();
			this.store.cut();
		});
		at(40, () -> {
			assertThat(this.lost).hasSize(1);
			assertThat(this.cluster.put(override(DRAIN, 900))).isNotCompletedExceptionally();
		});
		at(41, () -> assertThat(this.shared.getLast()).containsExactly(override(DRAIN, 900)));
		// The new history has a name of its own.
		at(50, this.store::cut);
		runFor(60);
		assertThat(this.lost).hasSize(1);
	}

	@Test
	void historyIsLostAlsoIfTheFirstListOfTheNewOneFails() {
		at(2, () -> assertThat(this.cluster.put(override(DRAIN, 600))).isNotCompletedExceptionally());
		at(20, () -> {
			this.store.empty();
			this.store.reachable = false;
			this.store.cut();
		});
		at(30, () -> this.store.reachable = true);
		runFor(60);
		assertThat(this.lost).hasSize(1);
	}

	@Test
	void overrideThatWasEndedWhileThisGatewayWasCutOffIsNotLost() {
		at(2, () -> assertThat(this.cluster.put(override(DRAIN, 600))).isNotCompletedExceptionally());
		at(20, () -> {
			this.store.cut();
			this.store.delete("/holdfast/overrides/drain/orders/a");
		});
		at(30, () -> assertThat(this.shared.getLast()).isEmpty());
		runFor(60);
		assertThat(this.lost).isEmpty();
	}

	@Test
	void historyHasOneNameThatNobodyWritesAgain() {
		this.store.put(HISTORY, "of-another-gateway".getBytes(StandardCharsets.UTF_8), 0);
		at(20, this.store::cut);
		at(40, () -> assertThat(this.store.value(HISTORY)).isEqualTo("of-another-gateway"));
		runFor(60);
		assertThat(this.lost).isEmpty();
	}

	@Test
	void stalenessIsTheTimeSinceTheLastProofAndEachConnectionIsCounted() {
		at(60, () -> {
			assertThat(this.cluster.staleness()).isLessThanOrEqualTo(Duration.ofSeconds(6));
			assertThat(this.cluster.sessions()).isOne();
			this.store.reachable = false;
			this.store.cut();
		});
		at(120, () -> {
			assertThat(this.cluster.staleness()).isBetween(Duration.ofSeconds(60), Duration.ofSeconds(66));
			assertThat(this.cluster.sessions()).isGreaterThan(10);
			this.store.reachable = true;
		});
		at(130, () -> assertThat(this.cluster.staleness()).isLessThan(Duration.ofSeconds(10)));
		runFor(140);
	}

	@Test
	void silentWatchIsNoticedAndReplaced() {
		at(20, () -> this.store.silent = true);
		at(31, () -> {
			assertThat(this.cluster.view().available()).isFalse();
			assertThat(this.cluster.view().reason()).contains("no proof of delivery");
			this.store.silent = false;
		});
		at(45, () -> assertThat(this.cluster.view().available()).isTrue());
		runFor(60);
	}

	@Test
	void storeThatNeverAnswersProgressIsProvenByLists() {
		this.store.progress = false;
		at(8, () -> {
			assertThat(this.store.keys()).containsExactly(OWN, HISTORY);
			assertThat(this.cluster.view().available()).isTrue();
			assertThat(this.cluster.unavailable()).isEmpty();
		});
		at(10, () -> other("gw-2", "LIVE", 1));
		at(11, () -> assertThat(this.cluster.view().items()).hasSize(2));
		at(50, () -> this.store.progressRequests = 0);
		runFor(100);
		assertThat(this.store.connects).isOne();
		assertThat(this.store.progressRequests).as("one for each proof").isBetween(8, 12);
	}

	@Test
	void whatASilentWatchWithoutProgressLacksIsFoundByTheNextList() {
		this.store.progress = false;
		at(20, () -> this.store.silent = true);
		at(21, () -> other("gw-2", "LIVE", 1));
		at(28, () -> assertThat(this.cluster.view().items()).hasSize(2));
		runFor(60);
	}

	@Test
	void storeWithoutProgressIsFollowedAtOnceAfterAReconnect() {
		this.store.progress = false;
		at(20, this.store::cut);
		at(22, () -> assertThat(this.cluster.unavailable()).isEmpty());
		runFor(60);
		assertThat(this.store.connects).isEqualTo(2);
	}

	@Test
	void unreachableStoreIsTriedAgainForEverAndToldOnce(CapturedLog output) {
		at(20, () -> {
			this.store.reachable = false;
			this.store.cut();
		});
		at(3_600, () -> {
			assertThat(this.cluster.unavailable()).hasValue("connection refused");
			assertThat(this.store.connects).isGreaterThan(600);
			this.store.reachable = true;
		});
		at(3_606, () -> assertThat(this.cluster.unavailable()).isEmpty());
		runFor(3_610);
		assertThat(output).containsOnlyOnce("cannot be seen");
	}

	@Test
	void deniedPermissionIsAskedForOnceAMinuteAndToldOnce(CapturedLog output) {
		this.store.denied = true;
		at(3_600, () -> {
			assertThat(this.cluster.view().reason()).contains("permission denied");
			assertThat(this.store.connects).isBetween(50, 70);
			this.store.denied = false;
		});
		at(3_670, () -> assertThat(this.cluster.view().available()).isTrue());
		runFor(3_680);
		assertThat(output).containsOnlyOnce("may read and write keys that begin with /holdfast/");
	}

	@Test
	void gatewaysAreListedWithThisOneMarked() {
		at(2, () -> other("gw-2", "STALE", 1));
		at(3, () -> {
			GatewaysView view = this.cluster.view();
			assertThat(view.answeredBy()).isEqualTo("gw-1");
			assertThat(view.items()).extracting(GatewayView::instanceId, GatewayView::state, GatewayView::self)
				.containsExactlyInAnyOrder(tuple("gw-1", "LIVE", true), tuple("gw-2", "STALE", false));
		});
		runFor(10);
	}

	@Test
	void gatewayThatStaysBehindLagsAndOneThatFollowsDoesNot() {
		at(2, () -> {
			for (int i = 0; i < 200; i++) {
				this.store.put("/elsewhere", "x");
			}
			other("gw-2", "LIVE", 50);
			other("gw-3", "LIVE", 50);
			this.standing = new Standing("LIVE", 50, 50);
		});
		at(30, () -> assertThat(lagging()).isEmpty());
		at(31, () -> {
			this.standing = new Standing("LIVE", 60, 60);
			assertThat(lagging()).isEmpty();
		});
		at(35, () -> other("gw-2", "LIVE", 60));
		at(44, () -> assertThat(lagging()).isEmpty());
		at(50, () -> {
			assertThat(lagging()).containsExactly("gw-3");
			assertThat(this.cluster.view().newestRevision()).isEqualTo(60);
			assertThat(this.cluster.view().items()).filteredOn(GatewayView::lagging)
				.singleElement()
				.extracting(GatewayView::revisionsBehind)
				.isEqualTo(10L);
		});
		at(51, () -> other("gw-3", "LIVE", 60));
		at(53, () -> assertThat(lagging()).isEmpty());
		runFor(60);
	}

	@Test
	void nobodyLagsBecauseEtcdWasAway() {
		at(2, () -> {
			for (int i = 0; i < 200; i++) {
				this.store.put("/elsewhere", "x");
			}
			other("gw-2", "LIVE", 50);
			this.standing = new Standing("LIVE", 50, 50);
		});
		at(20, () -> {
			this.store.reachable = false;
			this.store.cut();
			this.standing = new Standing("STALE", 60, 60);
		});
		at(100, () -> {
			assertThat(lagging()).isEmpty();
			this.store.reachable = true;
		});
		at(110, () -> {
			assertThat(lagging()).isEmpty();
			other("gw-2", "LIVE", 60);
		});
		at(160, () -> assertThat(lagging()).isEmpty());
		runFor(170);
	}

	@Test
	void reportOfARevisionThatDoesNotExistYetIsPassedOver(CapturedLog output) {
		at(2, () -> other("gw-2", "LIVE", 1_000_000));
		at(3, () -> assertThat(this.cluster.view().items()).hasSize(1));
		runFor(10);
		assertThat(output).contains("/holdfast/gateways/gw-2 in etcd is passed over: revision: 1000000");
	}

	@Test
	void overrideIsSharedAndInForceBeforeItsWriterIsAnswered() {
		OperatorOverride drain = override(DRAIN, 600);
		at(2, () -> {
			CompletableFuture<Void> answer = this.cluster.put(drain);
			assertThat(this.store.keys()).contains("/holdfast/overrides/drain/orders/a");
			assertThat(answer).isNotDone();
			at(2.1, () -> {
				assertThat(answer).isCompleted();
				assertThat(this.shared.getLast()).containsExactly(drain);
			});
		});
		at(5, () -> {
			CompletableFuture<Boolean> removed = this.cluster.remove(DRAIN);
			at(5.1, () -> {
				assertThat(removed).isCompletedWithValue(true);
				assertThat(this.shared.getLast()).isEmpty();
			});
		});
		runFor(10);
	}

	@Test
	void removalOfWhatIsNotThereSaysSo() {
		at(2, () -> {
			CompletableFuture<Boolean> removed = this.cluster.remove(DRAIN);
			at(3.5, () -> assertThat(removed).isCompletedWithValue(false));
		});
		runFor(10);
	}

	@Test
	void knownOverridesStayWhileEtcdIsAway() {
		at(2, () -> this.store.put("/holdfast/overrides/drain/orders/a", OverrideCodec.encode(override(DRAIN, 600))));
		at(3, () -> assertThat(this.shared.getLast()).hasSize(1));
		at(4, () -> {
			this.store.reachable = false;
			this.store.cut();
		});
		at(500, () -> {
			assertThat(this.unconfirmed).isPositive();
			assertThat(this.shared.getLast()).hasSize(1);
			assertThatThrownBy(() -> this.cluster.put(override(DRAIN, 900)).join())
				.hasCauseInstanceOf(SharedOverridesException.class)
				.hasMessageContaining("connection refused");
		});
		runFor(510);
	}

	@Test
	void knownOverrideStaysWhenItsValueIsOverwrittenByNonsense(CapturedLog output) {
		String key = "/holdfast/overrides/drain/orders/a";
		at(2, () -> this.store.put(key, OverrideCodec.encode(override(DRAIN, 600))));
		at(3, () -> {
			this.store.put(key, "nonsense");
			this.store.cut();
		});
		at(20, () -> assertThat(this.shared.getLast()).hasSize(1));
		at(21, this.store::cut);
		runFor(30);
		assertThat(output).containsOnlyOnce(key + " in etcd is passed over");
	}

	@Test
	void malformedAndForeignValuesAreEachToldOnceAndHarmNothing(CapturedLog output) {
		this.store.put("/holdfast/overrides/drain/orders/a",
				OverrideCodec.encode(override(new Action.Drain(new ServiceName("orders"), "b"), 60)));
		this.store.put("/holdfast/overrides/freeze", OverrideCodec.encode(new OperatorOverride(new Action.Freeze(),
				Scope.LOCAL, Instant.EPOCH, Instant.EPOCH.plusSeconds(60), "", "")));
		this.store.put("/holdfast/overrides/big", "x".repeat(1_000_000));
		this.store.put("/holdfast/gateways/gw-9", "{}");
		this.store.put("/holdfast/gateways/gw-8", "\u0000\u0001");
		this.store.put("/holdfast/commands/c", "[]");
		this.store.put("/holdfast/routes/r", "anything");
		at(5, this.store::cut);
		at(20, () -> {
			this.store.put("/holdfast/commands/d", "[]");
			assertThat(this.cluster.view().items()).hasSize(1);
			assertThat(this.shared.getLast()).isEmpty();
		});
		runFor(30);
		assertThat(output)
			.containsOnlyOnce("overrides/drain/orders/a in etcd is passed over: override of drain/orders/b")
			.containsOnlyOnce("overrides/freeze in etcd is passed over: scope: LOCAL")
			.containsOnlyOnce("overrides/big in etcd is passed over")
			.containsOnlyOnce("gateways/gw-9 in etcd is passed over")
			.containsOnlyOnce("gateways/gw-8 in etcd is passed over")
			.containsOnlyOnce("commands/d in etcd is passed over")
			.doesNotContain("routes/r");
	}

	@Test
	void floodOfMalformedValuesFillsNoLog(CapturedLog output) {
		at(2, () -> {
			for (int i = 0; i < 5_000; i++) {
				this.store.put("/holdfast/overrides/x" + i, "nonsense");
			}
		});
		runFor(10);
		assertThat(output.toString().lines().filter((line) -> line.contains("passed over"))).hasSize(11);
	}

	@Test
	void noMoreOverridesThanCountAreTaken() {
		at(2, () -> {
			for (int i = 0; i < ClusterContents.MAX_OVERRIDES + 5; i++) {
				Action drain = new Action.Drain(new ServiceName("orders"), "i" + i);
				this.store.put("/holdfast/overrides/" + drain.key(), OverrideCodec.encode(override(drain, 600)));
			}
		});
		at(5, () -> {
			assertThat(this.shared.getLast()).hasSize(ClusterContents.MAX_OVERRIDES);
			assertThatThrownBy(() -> this.cluster.put(override(DRAIN, 900)).join())
				.hasMessageContaining("as many overrides are shared as count");
		});
		runFor(10);
	}

	@Test
	void commandIsDoneOnceAlsoByTheGatewayThatTookIt() {
		Command approve = new Command.Approve(Optional.of(new ServiceName("orders")), Optional.of("a"), "gone", "me");
		at(2, () -> assertThat(this.cluster.command(approve)).isNotDone());
		at(3, this.store::cut);
		runFor(30);
		assertThat(this.commands).containsExactly(approve);
	}

	@Test
	void commandsOfBeforeTheGatewayFollowedAreForOthers() {
		this.store.put("/holdfast/commands/1", CommandCodec.encode(refresh(0)));
		runFor(30);
		assertThat(this.commands).isEmpty();
	}

	@Test
	void commandThatWasMissedIsDoneAfterwardsUnlessItIsTooOld(CapturedLog output) {
		at(10, () -> {
			this.store.reachable = false;
			this.store.cut();
			this.store.put("/holdfast/commands/1", CommandCodec.encode(refresh(10)));
		});
		at(30, () -> this.store.reachable = true);
		at(40, () -> assertThat(this.commands).hasSize(1));
		at(50, () -> {
			this.store.reachable = false;
			this.store.cut();
			this.store.put("/holdfast/commands/2", CommandCodec.encode(refresh(50)));
		});
		at(200, () -> this.store.reachable = true);
		runFor(220);
		assertThat(this.commands).hasSize(1);
		assertThat(output).containsOnlyOnce("A command for all gateways");
	}

	private static IssuedCommand refresh(int seconds) {
		return new IssuedCommand(new Command.Refresh("", "me"), Instant.EPOCH.plusSeconds(seconds));
	}

	private OperatorOverride override(Action action, int seconds) {
		return new OperatorOverride(action, Scope.CLUSTER, Instant.EPOCH, Instant.EPOCH.plusSeconds(seconds), "why",
				"me");
	}

	private void other(String id, String state, long revision) {
		this.store.put("/holdfast/gateways/" + id, GatewayReportCodec.encode(
				new GatewayReport(id, "0.1.0", "host-2", 8081, Instant.EPOCH, state, revision, this.time.instant())));
	}

	private List<String> lagging() {
		return this.cluster.view().items().stream().filter(GatewayView::lagging).map(GatewayView::instanceId).toList();
	}

	private void at(double seconds, Runnable action) {
		this.time.at(Duration.ofMillis((long) (seconds * 1_000)), () -> {
			try {
				action.run();
			}
			// The cluster outlives whatever is thrown on its thread.
			catch (AssertionError | RuntimeException ex) {
				this.failures.add(ex);
			}
		});
	}

	private void runFor(int seconds) {
		at(seconds, this.cluster::close);
		this.cluster.run();
		assertThat(this.failures).isEmpty();
	}

}
