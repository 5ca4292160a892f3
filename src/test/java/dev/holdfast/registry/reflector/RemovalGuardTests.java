package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldRemoval.Evidence;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The guard in the running reflector. Ten instances of {@code orders}, each with a lease
 * of its own of fifteen seconds; at second 60 the caution after the first list is over.
 */
class RemovalGuardTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static final Duration TTL = Duration.ofSeconds(15);

	private final SimulatedTime time = new SimulatedTime();

	private final SimulatedSource source = new SimulatedSource(this.time);

	private final SimulatedProbe probe = new SimulatedProbe(this.time);

	private final Failures failures = new Failures();

	private final List<CompletableFuture<?>> answers = new ArrayList<>();

	private final List<Long> leases = new ArrayList<>();

	/** The ids of the instances that operators keep requests from. */
	private final Set<String> drained = new HashSet<>();

	private Reflector reflector = reflector(RemovalGuardSettings.DEFAULTS);

	private Registry registry = this.reflector.registry();

	private Reflector reflector(RemovalGuardSettings settings) {
		return new Reflector(this.source,
				new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), settings,
						(service, instance) -> !this.drained.contains(instance.id())),
				new EverySecond(), Optional.empty(), this.probe, List.of(), new RegistryListener() {
				}, this.time, this.time, this.time, new Random(1));
	}

	@BeforeEach
	void register() {
		for (int i = 0; i < 10; i++) {
			register(i);
		}
	}

	private void register(int i) {
		this.leases.add(this.source.grant(TTL));
		this.source.put("orders", "i" + i, 8000 + i, this.leases.getLast());
	}

	@Test
	void aDeletedRecordWhoseLeaseIsAliveGoesAtOnce() {
		at(60, () -> IntStream.range(0, 10).forEach((i) -> this.source.delete("orders", "i" + i)));
		at(61, () -> {
			assertThat(instances()).isEmpty();
			assertThat(causes()).startsWith(Change.Cause.DELETED);
		});
		runFor(62);
	}

	@Test
	void aThousandDeletedRecordsWhoseLeasesAreAliveGoAsWell() {
		for (int i = 0; i < 1_000; i++) {
			this.source.put("users", "u" + i, 10_000 + i, this.source.grant(TTL));
		}
		at(60, () -> IntStream.range(0, 1_000).forEach((i) -> this.source.delete("users", "u" + i)));
		at(62, () -> {
			assertThat(this.registry.snapshot().instances()).isEqualTo(10);
			assertThat(held()).isEmpty();
		});
		runFor(63);
	}

	@Test
	void aDeletedRecordWithoutALeaseGoesAtOnceEvenIfItIsTheLast() {
		this.source.put("users", "u", 9001);
		at(2, () -> this.source.delete("users", "u"));
		at(3, () -> {
			Service users = this.registry.snapshot().find(new ServiceName("users"));
			assertThat(users).isNotNull().satisfies((service) -> assertThat(service.instances()).isEmpty());
		});
		runFor(4);
	}

	@Test
	void aDeletedRecordThatCouldNotBeReadIsJudgedByTheLeaseThatItWasLastWrittenWith() {
		long first = this.source.grant(TTL);
		this.source.put("users", "u", 9001, first);
		at(60, () -> this.source.putUnreadable("/services/users/u", this.source.grant(TTL)));
		at(61, () -> this.source.expire(first));
		at(62, () -> this.source.delete("users", "u"));
		at(63, () -> {
			assertThat(held()).isEmpty();
			assertThat(this.registry.snapshot().instances()).isEqualTo(10);
		});
		runFor(64);
	}

	@Test
	void threeOfTenMayRunOutWithinTheWindowAndTheFourthIsHeld() {
		at(60, () -> expire(0, 1, 2, 3));
		at(61, () -> {
			assertThat(instances()).hasSize(7).doesNotContain("i0", "i1", "i2").contains("i3");
			assertThat(held()).containsExactly("i3");
			assertThat(this.registry.held().getFirst().reason())
				.isEqualTo("more than 30 % of the service's instances went within 60 s");
			assertThat(this.registry.held().getFirst().deadline()).contains(Instant.EPOCH.plusSeconds(660)
				.plus(Duration.between(Instant.EPOCH.plusSeconds(60), this.registry.held().getFirst().since())));
		});
		runFor(62);
	}

	@Test
	void servicesWhoseRemovalsAreHeldAreToldOnceEachAndThatNoneIsHeldAnyMore(CapturedLog output) {
		this.source.put("users", "u", 9001, this.source.grant(TTL));
		at(60, () -> expire(0, 1, 2, 3));
		at(61, () -> {
			this.source.expire(11);
			expire(4, 5);
		});
		at(62, () -> assertThat(output).doesNotContain("No removal is held any more"));
		at(63, () -> {
			IntStream.range(3, 6).forEach(this::register);
			this.source.put("users", "u", 9001, this.source.grant(TTL));
		});
		runFor(64);
		assertThat(output)
			.containsOnlyOnce("Removals of orders are held, of 1 of its 7 instances to begin with, because more than "
					+ "30 % of the service's instances went within 60 s; they stay routable")
			.containsOnlyOnce("Removals of users are held, of 1 of its 1 instances to begin with, because no other "
					+ "instance of the service is registered; ")
			.containsOnlyOnce("No removal is held any more");
	}

	@Test
	void thousandServicesWhoseRemovalsAreHeldAreToldInElevenLines(CapturedLog output) {
		for (int i = 0; i < 1_000; i++) {
			this.source.put("s" + i, "a", 10_000 + i, this.source.grant(TTL));
		}
		at(60, () -> IntStream.range(0, 1_000).forEach((i) -> this.source.expire(11 + i)));
		runFor(62);
		assertThat(output.toString().lines().filter((line) -> line.contains("Removals of "))).hasSize(11);
		assertThat(output).contains("GET /registry/held lists them");
	}

	@Test
	void theBudgetIsThereAgainAfterTheWindow() {
		at(60, () -> expire(0, 1, 2));
		at(121, () -> expire(3, 4));
		at(122, () -> {
			assertThat(instances()).hasSize(5);
			assertThat(held()).isEmpty();
		});
		runFor(123);
	}

	@Test
	void theLastInstanceIsHeldThoughTheBudgetAllowsOne() {
		this.source.put("users", "u", 9001, this.source.grant(TTL));
		at(60, () -> this.source.expire(11));
		at(61, () -> {
			assertThat(this.registry.held()).singleElement().satisfies((held) -> {
				assertThat(held.service()).isEqualTo(new ServiceName("users"));
				assertThat(held.reason()).isEqualTo("no other instance of the service is registered");
			});
		});
		runFor(62);
	}

	@Test
	void fromARecoveryOnEverythingThatRunsOutWithinTwoLeasesIsHeld() {
		outage(60, 100);
		at(130, () -> expire(0));
		at(131, () -> {
			assertThat(held()).containsExactly("i0");
			assertThat(this.registry.held().getFirst().reason()).contains("the registry came back");
		});
		at(133, () -> expire(1));
		at(134, () -> {
			assertThat(held()).containsExactly("i0");
			assertThat(instances()).hasSize(9);
		});
		runFor(135);
	}

	@Test
	void whatRanOutWhileTheGatewayWasCutOffIsHeldByTheNextList() {
		at(60, () -> {
			this.source.reachable = false;
			this.source.cut();
		});
		at(80, () -> expire(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
		at(100, () -> this.source.reachable = true);
		at(102, () -> {
			assertThat(instances()).hasSize(10);
			assertThat(held()).hasSize(10);
			assertThat(this.registry.held()).extracting(HeldRemoval::evidence).containsOnly(Evidence.EXPIRED);
		});
		runFor(103);
	}

	@Test
	void whatWasDeletedWhileTheGatewayWasCutOffGoesWithTheNextList() {
		outage(60, 100);
		at(80, () -> this.source.delete("orders", "i0"));
		at(102, () -> assertThat(instances()).hasSize(9).doesNotContain("i0"));
		runFor(103);
	}

	@Test
	void aDeadInstanceIsDroppedAfterThreeProbesAndTheLivingStay() {
		outage(60, 100);
		at(105, () -> {
			this.probe.kill(8003);
			expire(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		});
		at(107, () -> assertThat(instances()).hasSize(10));
		at(112, () -> {
			assertThat(instances()).hasSize(9).doesNotContain("i3");
			assertThat(causes()).startsWith(Change.Cause.DROPPED_BY_PROBE);
		});
		runFor(200);
		assertThat(instances()).hasSize(9);
	}

	@Test
	void oneProbeThatPassesBetweenIsEnoughToStay() {
		outage(60, 100);
		at(105, () -> {
			this.probe.kill(8003);
			expire(3);
		});
		at(108, () -> this.probe.revive(8003));
		at(111, () -> {
			assertThat(this.registry.held().getFirst().probe().failures()).isZero();
			this.probe.kill(8003);
		});
		at(113, () -> assertThat(instances()).contains("i3"));
		runFor(114);
	}

	@Test
	void registeringAgainEndsTheHold() {
		outage(60, 100);
		at(105, () -> expire(0, 1));
		at(110, () -> register(0));
		at(111, () -> {
			assertThat(held()).containsExactly("i1");
			assertThat(instances()).hasSize(10);
			assertThat(causes()).startsWith(Change.Cause.PUT, Change.Cause.HELD);
		});
		runFor(112);
	}

	@Test
	void registeringUnderAnotherKeyEndsTheHoldAsWell() {
		outage(60, 100);
		at(105, () -> expire(0));
		at(110, () -> this.source.put("orders", "7587870460981677575", 8000, this.source.grant(TTL)));
		at(111, () -> {
			assertThat(held()).isEmpty();
			assertThat(instances()).hasSize(10).contains("7587870460981677575").doesNotContain("i0");
		});
		runFor(112);
	}

	@Test
	void anAnswerFromBeforeALeaseEndedDoesNotMakeItADeletion() {
		this.source.leaseLatency = Duration.ofMillis(500);
		outage(60, 100);
		// The list asks for this lease; the answer has left the registry when it ends.
		at(100, () -> this.source.ambush(SimulatedSource.Moment.LEASE_TOLD,
				() -> expire(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)));
		at(104, () -> {
			assertThat(instances()).hasSize(10);
			assertThat(held()).hasSize(10);
		});
		runFor(105);
	}

	@Test
	void anAnswerThatFollowsADeletionTellsNothingOfTheRecordsThatGoMeanwhile() {
		long lease = this.source.grant(TTL);
		this.source.put("users", "u", 9001, lease);
		this.source.put("users", "v", 9002, lease);
		at(60, () -> {
			this.source.ambush(SimulatedSource.Moment.LEASE_TOLD, () -> this.source.expire(lease));
			this.source.leaseLatency = Duration.ofMillis(500);
			this.source.delete("users", "u");
		});
		at(62, () -> assertThat(held()).containsExactly("v"));
		runFor(63);
	}

	@ParameterizedTest
	@ValueSource(ints = { 10, 30 })
	void aRefreshThatARestoredClusterAnswersRemovesNothingHoweverFarItCounts(int writes) {
		this.source.put("users", "u", 9001);
		at(60, () -> {
			this.source.mute();
			this.source.ambush(SimulatedSource.Moment.LISTING, () -> {
				this.source.restore(1);
				IntStream.range(0, writes).forEach((i) -> this.source.put("new", "n" + i, 9100 + i));
			});
			order(this.reflector.operations().refresh().handle((result, failure) -> failure != null));
		});
		at(75, () -> {
			assertThat(this.registry.snapshot().find(new ServiceName("users"))).isNotNull()
				.satisfies((users) -> assertThat(users.instances()).hasSize(1));
			assertThat(held()).hasSize(11);
		});
		runFor(76);
	}

	@Test
	void twoHeldInstancesThatClaimTheSameIdAreToldApart() {
		this.source.put("/openim/orders/i0", "orders", Map.of("i0", 8100), this.source.grant(TTL));
		outage(60, 100);
		at(105, () -> {
			expire(0);
			this.source.expire(11);
		});
		at(106, () -> {
			assertThat(held()).containsExactly("i0", "i0@http://127.0.0.1:8000");
			order(this.reflector.operations()
				.approve(new HeldSelection(Optional.of(ORDERS), Optional.of("i0@http://127.0.0.1:8000")), ""));
		});
		at(107, () -> {
			assertThat(held()).containsExactly("i0");
			assertThat(this.registry.held(ORDERS, "i0"))
				.hasValueSatisfying((held) -> assertThat(held.instance().endpoint().port()).isEqualTo(8100));
			assertThat(instances()).hasSize(10);
		});
		runFor(108);
	}

	@Test
	void aHoldEndsAfterItsTime() {
		outage(60, 100);
		at(105, () -> expire(0));
		at(700, () -> assertThat(instances()).contains("i0"));
		at(706, () -> {
			assertThat(instances()).doesNotContain("i0");
			assertThat(causes()).startsWith(Change.Cause.HOLD_ENDED);
		});
		runFor(707);
	}

	@Test
	void theTimeOfAHoldStandsStillWhileNobodyCanRegister() {
		outage(60, 100);
		at(105, () -> expire(0));
		outage(200, 1_000);
		at(500, () -> assertThat(this.registry.held().getFirst().deadline()).isEmpty());
		at(1_400, () -> assertThat(instances()).contains("i0"));
		at(1_520, () -> assertThat(instances()).doesNotContain("i0"));
		runFor(1_521);
	}

	@Test
	void aWipedClusterEmptiesNoServiceWhatLeaseItEverHad() {
		this.source.put("users", "u", 9001);
		at(60, this.source::wipe);
		at(80, () -> {
			assertThat(instances()).hasSize(10);
			assertThat(held()).hasSize(11);
			assertThat(this.registry.held()).extracting(HeldRemoval::evidence).containsOnly(Evidence.MISSING);
		});
		runFor(81);
	}

	@Test
	void aClusterMadeAnewThatHasOvertakenTheOldOneIsRecognisedByItsRecords() {
		at(60, () -> {
			this.source.reachable = false;
			this.source.cut();
			this.source.restore(1);
			for (int i = 0; i < 100; i++) {
				this.source.put("new", "n" + i, 9000 + i);
			}
			this.source.reachable = true;
		});
		at(62, () -> {
			assertThat(instances()).hasSize(10);
			assertThat(this.registry.held()).extracting(HeldRemoval::evidence).containsOnly(Evidence.MISSING);
		});
		runFor(63);
	}

	@Test
	void anOperatorsApprovalAppliesTheRemovalAtOnce() {
		outage(60, 100);
		at(105, () -> expire(0, 1));
		at(106, () -> order(this.reflector.operations()
			.approve(new HeldSelection(Optional.of(ORDERS), Optional.of("i0")), "host is scrapped")));
		at(107, () -> {
			assertThat(instances()).hasSize(9).doesNotContain("i0");
			assertThat(held()).containsExactly("i1");
			assertThat(this.registry.history(ORDERS).getFirst()).extracting(Change::cause, Change::detail)
				.containsExactly(Change.Cause.APPROVED, "host is scrapped");
		});
		runFor(108);
	}

	@Test
	void anOperatorsCancellationKeepsADeadInstanceForItsTimeAndThenProbesDecideAgain() {
		outage(60, 100);
		at(105, () -> {
			this.probe.kill(8000);
			expire(0);
		});
		at(106, () -> order(this.reflector.operations()
			.cancel(new HeldSelection(Optional.of(ORDERS), Optional.empty()), Duration.ofHours(1), "redeployed")));
		at(3_700, () -> {
			assertThat(instances()).contains("i0");
			assertThat(this.registry.held().getFirst().keptUntil()).isPresent();
			assertThat(this.registry.history(ORDERS).getFirst().detail()).startsWith("kept until ")
				.endsWith(": redeployed");
		});
		at(3_706 + 10, () -> assertThat(instances()).doesNotContain("i0"));
		runFor(3_720);
	}

	@Test
	void theLastInstanceThatTakesRequestsIsHeldThoughADrainedOneIsRegistered() {
		at(60, () -> IntStream.range(0, 7).forEach((i) -> this.source.delete("orders", "i" + i)));
		at(61, () -> this.drained.addAll(List.of("i7", "i8")));
		at(62, () -> expire(9));
		at(63, () -> {
			assertThat(instances()).containsExactly("i7", "i8", "i9");
			assertThat(this.registry.held().getFirst().reason())
				.isEqualTo("no other instance of the service takes requests");
		});
		at(64, () -> expire(8));
		at(65, () -> assertThat(instances()).containsExactly("i7", "i9"));
		runFor(66);
	}

	@Test
	void aFreezePublishesNothingUntilWhoeverBeganItEndsIt() {
		at(60, () -> order(freeze(Duration.ofSeconds(30), "maintenance")));
		at(61, () -> {
			assertThat(this.registry.freeze()).isPresent();
			this.source.put("orders", "new", 8100);
			this.source.delete("orders", "i0");
		});
		at(62, this.source::cut);
		at(85, () -> assertThat(instances()).hasSize(10).contains("i0").doesNotContain("new"));
		at(91, () -> {
			assertThat(this.registry.freeze()).isPresent();
			assertThat(instances()).hasSize(10).contains("i0");
			order(this.reflector.operations().unfreeze());
		});
		at(92, () -> {
			assertThat(this.registry.freeze()).isEmpty();
			assertThat(instances()).hasSize(10).contains("new").doesNotContain("i0");
		});
		runFor(93);
	}

	@Test
	void aFreezeBeforeTheFirstListDoesNotKeepTheGatewayEmpty() {
		this.source.reachable = false;
		at(1, () -> order(freeze(Duration.ofMinutes(5), "")));
		at(2, () -> this.source.reachable = true);
		at(10, () -> assertThat(instances()).hasSize(10));
		runFor(11);
	}

	@Test
	void anOperatorEndsAFreeze() {
		at(60, () -> order(freeze(Duration.ofHours(1), "")));
		at(61, () -> this.source.delete("orders", "i0"));
		at(62, () -> order(this.reflector.operations().unfreeze()));
		at(63, () -> assertThat(instances()).hasSize(9));
		runFor(64);
	}

	@Test
	void aComparisonNamesWhatDiffersAndChangesNothing() {
		List<RegistryDiff> diffs = new ArrayList<>();
		outage(60, 100);
		at(105, () -> expire(0));
		at(106, () -> {
			order(freeze(Duration.ofSeconds(60), ""));
			this.source.put("orders", "new", 8100);
		});
		at(108, () -> order(this.reflector.operations().diff().thenAccept(diffs::add)));
		at(110, () -> {
			assertThat(diffs).singleElement().satisfies((diff) -> {
				assertThat(diff.onlyInCache()).extracting(RegistryDiff.Difference::instance).containsExactly("i0");
				assertThat(diff.onlyInCache()).extracting(RegistryDiff.Difference::detail)
					.containsExactly("its removal is held");
				assertThat(diff.onlyInRegistry()).extracting(RegistryDiff.Difference::instance).containsExactly("new");
				assertThat(diff.different()).isEmpty();
			});
			assertThat(instances()).doesNotContain("new").contains("i0");
		});
		runFor(111);
	}

	@Test
	void withoutTheGuardWhatTheRegistryRemovesGoesAtOnce() {
		this.reflector = reflector(
				new RemovalGuardSettings(false, Duration.ofSeconds(60), 0.3, Duration.ofMinutes(10)));
		this.registry = this.reflector.registry();
		at(10, () -> expire(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
		at(11, () -> assertThat(instances()).isEmpty());
		runFor(12);
	}

	private void order(CompletableFuture<?> answer) {
		this.answers.add(answer);
	}

	private CompletableFuture<Void> freeze(Duration time, String reason) {
		Instant now = this.time.instant();
		return this.reflector.operations().freeze(new Freeze(now, now.plus(time), reason));
	}

	private void outage(int from, int to) {
		at(from, () -> {
			this.source.reachable = false;
			this.source.cut();
		});
		at(to, () -> this.source.reachable = true);
	}

	private void expire(int... instances) {
		for (int i : instances) {
			this.source.expire(this.leases.get(i));
		}
	}

	private void at(int seconds, Runnable action) {
		this.time.after(Duration.ofSeconds(seconds), () -> this.failures.collect(action));
	}

	private void runFor(int seconds) {
		this.time.after(Duration.ofSeconds(seconds), () -> this.time.post(new Mailbox.Message.Stop()));
		this.reflector.run();
		this.failures.rethrow();
		assertThat(this.answers).allSatisfy((answer) -> assertThat(answer).isCompleted());
	}

	private List<String> held() {
		return this.registry.held().stream().map((held) -> held.instance().id()).toList();
	}

	private List<Change.Cause> causes() {
		return this.registry.history(ORDERS).stream().map(Change::cause).toList();
	}

	private List<String> instances() {
		Service found = this.registry.snapshot().find(ORDERS);
		return (found != null) ? found.instances().stream().map((instance) -> instance.id()).toList() : List.of();
	}

}
