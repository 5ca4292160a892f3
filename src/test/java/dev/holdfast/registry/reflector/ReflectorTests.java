package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.registry.Backoff;
import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryException;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.RelistOutcome;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ReflectorTests {

	private final SimulatedTime time = new SimulatedTime();

	private final SimulatedSource source = new SimulatedSource(this.time);

	private final SimulatedProbe probe = new SimulatedProbe(this.time);

	private final List<String> published = new ArrayList<>();

	private final List<String> life = new ArrayList<>();

	private int lists;

	private int listsAsProof;

	private final AtomicInteger drift = new AtomicInteger();

	private Runnable onProven = () -> {
	};

	private boolean listenerFails;

	private final Failures failures = new Failures();

	private final Reflector reflector = reflector();

	private final Registry registry = this.reflector.registry();

	private Reflector reflector() {
		RegistryListener listener = new RegistryListener() {

			@Override
			public void onGenerationEnded(EndCause cause) {
				ReflectorTests.this.life.add(cause.name());
				if (ReflectorTests.this.listenerFails) {
					throw new IllegalStateException("a defect in the listener");
				}
			}

			@Override
			public void onRelist(RelistReason reason, RelistOutcome outcome) {
				ReflectorTests.this.lists += (reason == RelistReason.REFRESH) ? 1 : 0;
				ReflectorTests.this.listsAsProof += (reason == RelistReason.BARRIER) ? 1 : 0;
			}

			@Override
			public void onDrift(int differences) {
				ReflectorTests.this.drift.addAndGet(differences);
			}

		};
		Backoff everySecond = new Backoff() {

			@Override
			public Duration next() {
				return Duration.ofSeconds(1);
			}

			@Override
			public void reset() {
				ReflectorTests.this.life.add("proven");
				ReflectorTests.this.onProven.run();
			}

		};
		return new Reflector(this.source,
				new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
				everySecond, Optional.empty(), this.probe,
				List.of((snapshot, changed) -> this.published.add(changed + "@" + snapshot.revision().number())),
				listener, this.time, this.time, this.time, new Random(1));
	}

	@BeforeEach
	void register() {
		this.source.put("orders", "a", 8001);
	}

	@Test
	void whatIsListedIsPublishedAndTheRegistryIsLive() {
		runFor(Duration.ofSeconds(1));
		assertThat(instances("orders")).containsExactly("a:8001");
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
		assertThat(this.registry.generation()).isEqualTo(1);
	}

	@Test
	void changesThatArriveTogetherArePublishedOnce() {
		at(1, () -> {
			this.source.put("orders", "b", 8002);
			this.source.put("orders", "c", 8003);
			this.source.put("orders", "b", 8004);
		});
		runFor(Duration.ofSeconds(2));
		assertThat(this.published).containsExactly("[orders]@2", "[orders]@5");
		assertThat(instances("orders")).containsExactly("a:8001", "b:8004", "c:8003");
	}

	@Test
	void changesArePublishedInOrderAndOthersServicesStayTheSameObject() {
		at(1, () -> this.source.put("users", "u", 9001));
		at(2, () -> this.source.put("orders", "b", 8002));
		at(3, () -> this.source.delete("orders", "a"));
		runFor(Duration.ofSeconds(4));
		assertThat(this.published).containsExactly("[orders]@2", "[users]@3", "[orders]@4", "[orders]@5");
		assertThat(instances("orders")).containsExactly("b:8002");
	}

	@Test
	void anIdleRegistryStaysLiveInTheSameGeneration() {
		runFor(Duration.ofHours(1));
		assertThat(this.registry.generation()).isEqualTo(1);
		assertThat(this.registry.status()).isInstanceOfSatisfying(RegistryStatus.Live.class,
				(live) -> assertThat(live.provenAt()).isAfter(Instant.EPOCH.plusSeconds(3_594)));
		assertThat(this.published).hasSize(1);
		assertThat(this.drift).hasValue(0);
	}

	@Test
	void aBrokenConnectionKeepsTheSnapshotSaysStaleAndHealsByItself() {
		at(10, () -> {
			this.source.reachable = false;
			this.source.cut();
		});
		at(11, () -> {
			assertThat(this.registry.status()).isInstanceOfSatisfying(RegistryStatus.Stale.class, (stale) -> {
				assertThat(stale.cause()).isEqualTo("connection refused");
				assertThat(stale.since()).isBetween(Instant.EPOCH.plusSeconds(5), Instant.EPOCH.plusSeconds(10));
			});
			assertThat(instances("orders")).containsExactly("a:8001");
		});
		at(300, () -> {
			this.source.reachable = true;
			this.source.put("orders", "b", 8002);
		});
		at(302, () -> {
			assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
			assertThat(instances("orders")).containsExactly("a:8001", "b:8002");
			assertThat(this.registry.reconnects()).isEqualTo(1);
		});
		runFor(Duration.ofSeconds(303));
		assertThat(this.source.openConnections()).isZero();
	}

	@Test
	void anOperatorGetsANewGenerationAtOnceAndItsNumber() {
		List<CompletableFuture<Long>> answers = new ArrayList<>();
		at(10, () -> answers.add(this.reflector.operations().reconnect()));
		at(11, () -> {
			assertThat(answers.getFirst()).isCompletedWithValue(2L);
			assertThat(this.life).contains("OPERATOR");
			assertThat(this.registry.generation()).isEqualTo(2);
			assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
			assertThat(instances("orders")).containsExactly("a:8001");
		});
		runFor(Duration.ofSeconds(12));
		assertThat(answers).hasSize(1);
	}

	@Test
	void anOperatorWaitsForNoPauseWhileTheRegistryIsAway() {
		this.source.reachable = false;
		List<CompletableFuture<Long>> answers = new ArrayList<>();
		List<Long> before = new ArrayList<>();
		for (int i = 0; i < 5; i++) {
			this.time.after(Duration.ofMillis(10_500 + i * 10L), () -> {
				before.add(this.registry.generation());
				answers.add(this.reflector.operations().reconnect());
			});
		}
		this.time.after(Duration.ofMillis(10_600),
				() -> this.failures.collect(() -> assertThat(answers.stream().map((answer) -> answer.getNow(0L)))
					.containsExactlyElementsOf(before.stream().map((number) -> number + 1).toList())));
		runFor(Duration.ofSeconds(12));
		assertThat(answers).hasSize(5);
	}

	@Test
	void whoWaitsForAListIsAnsweredByTheConnectionThatAnOperatorMakesMeanwhile() {
		List<CompletableFuture<?>> answers = new ArrayList<>();
		at(10, () -> {
			this.source.listLatency = Duration.ofSeconds(2);
			answers.add(this.reflector.operations().refresh());
			answers.add(this.reflector.operations().reconnect());
		});
		at(13, () -> assertThat(answers).hasSize(2).allSatisfy((answer) -> assertThat(answer).isCompleted()));
		runFor(Duration.ofSeconds(14));
		assertThat(this.life).contains("OPERATOR");
	}

	@Test
	void aRemovalWhileCutOffIsSeenByTheNextList() {
		this.source.put("orders", "b", 8002);
		at(10, () -> {
			this.source.reachable = false;
			this.source.cut();
			this.source.delete("orders", "a");
		});
		at(20, () -> this.source.reachable = true);
		runFor(Duration.ofSeconds(22));
		assertThat(instances("orders")).containsExactly("b:8002");
	}

	@Test
	void aWatchThatFallsSilentIsNoticedWithinTenSecondsAndWhatItLostIsFound() {
		at(11, () -> {
			this.source.silent = true;
			this.source.put("orders", "b", 8002);
		});
		at(21, () -> {
			assertThat(this.life).endsWith("SILENT_WATCH");
			assertThat(instances("orders")).containsExactly("a:8001", "b:8002");
			this.source.silent = false;
		});
		runFor(Duration.ofSeconds(60));
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
	}

	@Test
	void aWatchThatFallsSilentIsNoticedAlthoughNothingChanges() {
		at(11, () -> this.source.silent = true);
		at(21, () -> assertThat(this.registry.status()).isInstanceOfSatisfying(RegistryStatus.Stale.class,
				(stale) -> assertThat(stale.cause()).contains("no proof of delivery within 5 s")));
		runFor(Duration.ofSeconds(22));
	}

	@Test
	void aRegistryThatHangsIsNoticedWithinTenSeconds() {
		at(11, () -> this.source.hanging = true);
		at(21, () -> assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Stale.class));
		runFor(Duration.ofSeconds(22));
	}

	@Test
	void aWipedClusterIsFoundByTheNextProofAndListedInFull() {
		at(11, () -> {
			this.source.wipe();
			this.source.put("users", "u", 9001);
		});
		at(22, () -> {
			assertThat(this.life).endsWith("HISTORY_CHANGED", "proven", "proven");
			assertThat(instances("orders")).containsExactly("a:8001");
			assertThat(this.registry.held()).extracting(HeldRemoval::evidence)
				.containsExactly(HeldRemoval.Evidence.MISSING);
			assertThat(instances("users")).containsExactly("u:9001");
		});
		runFor(Duration.ofSeconds(23));
	}

	@Test
	void callbacksOfAnOlderGenerationChangeNothing() {
		List<Runnable> late = new ArrayList<>();
		at(1, () -> late.add(this.source.lateCallback("orders", "a")));
		at(2, this.source::cut);
		at(4, () -> late.forEach(Runnable::run));
		runFor(Duration.ofSeconds(5));
		assertThat(instances("orders")).containsExactly("a:8001");
		assertThat(this.registry.generation()).isEqualTo(2);
	}

	@Test
	void everyMemberIsTriedBeforeTheFirstWait() {
		this.source.members = 3;
		this.source.reachable = false;
		at(1, () -> assertThat(this.registry.generation()).isEqualTo(3));
		runFor(Duration.ofMillis(1_001));
	}

	@Test
	void withoutARegistryTheStatusIsEmptyAndNamesTheCause() {
		this.source.reachable = false;
		runFor(Duration.ofSeconds(30));
		assertThat(this.registry.status()).isEqualTo(new RegistryStatus.Empty("connection refused"));
		assertThat(this.registry.status().hasSnapshot()).isFalse();
	}

	@Test
	void anUnreadableRecordKeepsItsLastGoodValueUntilItIsReadable() {
		at(1, () -> this.source.putUnreadable("orders", "a"));
		at(2, () -> {
			assertThat(instances("orders")).containsExactly("a:8001");
			assertThat(this.registry.unreadable()).extracting(UnreadableRecord::reason).containsExactly("nonsense");
			this.source.cut();
		});
		at(4, () -> {
			assertThat(instances("orders")).containsExactly("a:8001");
			this.source.put("orders", "a", 8009);
		});
		runFor(Duration.ofSeconds(5));
		assertThat(instances("orders")).containsExactly("a:8009");
		assertThat(this.registry.unreadable()).isEmpty();
	}

	@Test
	void refreshListsAnewAndSaysWhatChanged() {
		List<CompletableFuture<RefreshResult>> results = new ArrayList<>();
		at(1, () -> {
			this.source.silent = true;
			this.source.put("orders", "b", 8002);
			this.source.silent = false;
			results.add(this.reflector.operations().refresh());
		});
		runFor(Duration.ofSeconds(2));
		assertThat(results.getFirst()).isCompletedWithValue(new RefreshResult(1, 0, 0, 0, 2, 3));
		assertThat(this.drift).hasValue(1);
	}

	@Test
	void aWriteThatTheWatchLostBeforeAProofIsDriftAndTheNextConnectionsListAnswersTheRefresh() {
		List<CompletableFuture<RefreshResult>> results = new ArrayList<>();
		at(1, () -> {
			this.source.silent = true;
			this.source.put("orders", "b", 8002);
			this.source.silent = false;
		});
		at(12, () -> results.add(this.reflector.operations().refresh()));
		runFor(Duration.ofSeconds(14));
		assertThat(this.drift).hasValue(1);
		assertThat(this.life).contains("HISTORY_CHANGED");
		assertThat(results.getFirst()).isCompletedWithValue(new RefreshResult(1, 0, 0, 0, 2, 3));
		assertThat(instances("orders")).containsExactly("a:8001", "b:8002");
	}

	@Test
	void whoAsksWhileTheGatewayStopsIsRefused() {
		List<CompletableFuture<?>> results = new ArrayList<>();
		at(1, () -> {
			this.time.post(new Mailbox.Message.Stop());
			results.add(this.reflector.operations().refresh());
			results.add(this.reflector.operations().diff());
		});
		runFor(Duration.ofSeconds(2));
		assertThat(results).hasSize(2)
			.allSatisfy((result) -> assertThat(result.exceptionNow()).isInstanceOf(RegistryException.class));
	}

	@Test
	void refreshDuringAListGetsOneOfItsOwn() {
		List<CompletableFuture<RefreshResult>> results = new ArrayList<>();
		at(1, () -> results.add(this.reflector.operations().refresh()));
		this.time.after(Duration.ofMillis(1_001), () -> {
			this.source.put("orders", "b", 8002);
			results.add(this.reflector.operations().refresh());
		});
		runFor(Duration.ofSeconds(2));
		assertThat(results.getFirst().resultNow().revisionAfter()).isLessThanOrEqualTo(3);
		assertThat(results.getLast().resultNow().revisionAfter()).isEqualTo(3);
		assertThat(results.getLast()).isNotEqualTo(results.getFirst());
		assertThat(this.lists).isEqualTo(2);
	}

	@Test
	void refreshWhileStaleTriesAtOnceAndFailsWithTheCause() {
		this.source.reachable = false;
		List<CompletableFuture<RefreshResult>> results = new ArrayList<>();
		at(1, () -> results.add(this.reflector.operations().refresh()));
		runFor(Duration.ofMillis(1_100));
		assertThat(results.getFirst()).isCompletedExceptionally();
		assertThat(results.getFirst().exceptionNow()).isInstanceOf(RegistryException.class)
			.hasMessage("connection refused");
	}

	@Test
	void aRegistryThatNeverAnswersProgressIsProvenByLists() {
		this.source.progress = false;
		at(30, () -> this.source.put("orders", "b", 8002));
		runFor(Duration.ofMinutes(2));
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
		assertThat(this.registry.generation()).isEqualTo(1);
		assertThat(instances("orders")).containsExactly("a:8001", "b:8002");
	}

	@Test
	void anIdleRegistryThatNeverAnswersProgressIsProvenByListsToo() {
		this.source.progress = false;
		runFor(Duration.ofSeconds(12));
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
	}

	@Test
	void aRegistryThatNeverAnswersProgressIsProvenSoonAfterAReconnect() {
		this.source.progress = false;
		at(25, this.source::writeElsewhere);
		at(30, this.source::cut);
		at(33, () -> assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class));
		runFor(Duration.ofSeconds(40));
		assertThat(this.registry.generation()).isEqualTo(2);
	}

	@Test
	void aRegistryThatNeverAnswersProgressIsSoonAskedForItNoMoreThanTwiceAProof() {
		this.source.progress = false;
		this.source.writeElsewhere();
		at(10, () -> this.source.progressRequests = 0);
		at(70, () -> assertThat(this.source.progressRequests).isBetween(8, 2 * 13));
		runFor(Duration.ofSeconds(71));
	}

	@Test
	void aRegistryThatBeginsToAnswerProgressIsProvenWithoutListsAgain() {
		this.source.progress = false;
		this.source.writeElsewhere();
		at(30, () -> {
			assertThat(this.listsAsProof).isPositive();
			this.source.progress = true;
		});
		at(40, () -> this.listsAsProof = 0);
		runFor(Duration.ofSeconds(100));
		assertThat(this.listsAsProof).isZero();
		assertThat(this.registry.generation()).isEqualTo(1);
	}

	@Test
	void aBusyRegistryThatNeverAnswersProgressIsProvenByItsChanges() {
		this.source.progress = false;
		for (int i = 1; i < 1_000; i++) {
			int port = i;
			this.time.after(Duration.ofMillis(100L * i), () -> this.source.put("orders", "a", port));
		}
		runFor(Duration.ofSeconds(90));
		assertThat(this.listsAsProof).isZero();
		assertThat(this.life).containsOnly("proven");
	}

	@Test
	void aListThatOvertakesTheWatchOfARegistryWithoutProgressIsNotTakenForItsSilence() {
		this.source.progress = false;
		this.source.watchLatencies = List.of(Duration.ofMillis(300));
		for (int i = 1; i < 1_000; i++) {
			int port = i;
			this.time.after(Duration.ofMillis(5_310L * i), () -> this.source.put("orders", "a", port));
		}
		runFor(Duration.ofSeconds(5_310));
		assertThat(this.listsAsProof).isPositive();
		assertThat(this.life).containsOnly("proven");
		assertThat(this.registry.generation()).isEqualTo(1);
		assertThat(instances("orders")).containsExactly("a:999");
	}

	@Test
	void aSilentWatchOfARegistryWithoutProgressIsFoundByAList() {
		this.source.progress = false;
		at(30, () -> {
			this.source.silent = true;
			this.source.put("orders", "b", 8002);
		});
		at(50, () -> assertThat(instances("orders")).contains("b:8002"));
		runFor(Duration.ofMinutes(1));
		assertThat(this.life).contains("SILENT_WATCH");
	}

	@Test
	void aDeletionThatOvertakesARunningListIsNotUndoneByIt() {
		List<CompletableFuture<RefreshResult>> results = new ArrayList<>();
		at(1, () -> results.add(this.reflector.operations().refresh()));
		this.time.after(Duration.ofMillis(1_001), () -> this.source.delete("orders", "a"));
		runFor(Duration.ofSeconds(3));
		assertThat(results.getFirst()).isCompleted();
		assertThat(instances("orders")).isEmpty();
	}

	@Test
	void changesThatOvertakeTheAnswerOfAProofAreNotTakenForALostHistory() {
		this.source.headLatency = Duration.ofMillis(100);
		for (int i = 1; i < 1_500; i++) {
			int port = i;
			this.time.after(Duration.ofMillis(20L * i), () -> this.source.put("orders", "a", port));
		}
		runFor(Duration.ofSeconds(31));
		assertThat(this.life).containsOnly("proven");
		assertThat(this.registry.generation()).isEqualTo(1);
	}

	@Test
	void anIdleRegistryIsProvenAtOnceAfterEveryReconnect() {
		at(10, () -> this.source.put("orders", "b", 8002));
		at(20, this.source::cut);
		at(22, () -> assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class));
		runFor(Duration.ofSeconds(40));
		assertThat(this.life).containsOnlyOnce("WATCH_ERROR").doesNotContain("SILENT_WATCH");
		assertThat(this.registry.generation()).isEqualTo(2);
	}

	@Test
	void progressIsAskedForAgainWhereTheRequestGotLost() {
		at(11, () -> this.source.progressLost = 3);
		runFor(Duration.ofSeconds(30));
		assertThat(this.source.progressLost).isZero();
		assertThat(this.life).containsOnly("proven");
		assertThat(this.registry.generation()).isEqualTo(1);
	}

	@Test
	void aRestoredBackupIsPublishedAtItsOwnSmallerRevision() {
		at(1, () -> {
			for (int port = 1; port < 50; port++) {
				this.source.put("users", "u", port);
			}
		});
		at(10, () -> {
			this.source.restore(10);
			this.source.put("orders", "c", 8003);
			this.source.cut();
		});
		runFor(Duration.ofSeconds(14));
		assertThat(this.registry.snapshot().revision().number()).isEqualTo(11);
		assertThat(instances("orders")).containsExactly("a:8001", "c:8003");
		assertThat(instances("users")).containsExactly("u:49");
		assertThat(this.registry.heldRemovals()).isEqualTo(2);
	}

	@Test
	void aRecordOfAnotherHistoryAtTheSameRevisionReplacesTheOld() {
		at(10, () -> {
			this.source.restore(1);
			this.source.put("orders", "a", 9999);
			this.source.cut();
		});
		runFor(Duration.ofSeconds(14));
		assertThat(instances("orders")).containsExactly("a:9999");
	}

	@Test
	void proofIsDemandedAlsoWhileTheMailboxNeverEmpties() {
		at(1, () -> flood(300));
		runFor(Duration.ofSeconds(60));
		assertThat(this.life).contains("SILENT_WATCH");
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
	}

	private void flood(int rounds) {
		this.source.deliver(() -> {
			this.time.pass(Duration.ofMillis(100));
			if (rounds > 0) {
				flood(rounds - 1);
			}
			return List.of();
		});
	}

	@Test
	void anErrorWhileReadingAnEventCostsOneGenerationOnly() {
		at(10, () -> this.source.deliver(() -> {
			throw new StackOverflowError("nested too deep");
		}));
		runFor(Duration.ofSeconds(14));
		assertThat(this.life).contains("INTERNAL_ERROR");
		assertThat(this.registry.generation()).isEqualTo(2);
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
	}

	@Test
	void aListenerThatFailsDoesNotEndTheReconnecting() {
		this.listenerFails = true;
		at(10, this.source::cut);
		runFor(Duration.ofSeconds(14));
		assertThat(this.registry.generation()).isEqualTo(2);
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Live.class);
	}

	@Test
	void aConnectionThatBreaksAfterEachFirstProofIsNotMadeAgainWithoutAWait() {
		this.onProven = () -> this.time.after(Duration.ofMillis(2), this.source::cut);
		// Not for ever: without a wait, simulated time would hardly move.
		at(10, () -> this.onProven = () -> {
		});
		runFor(Duration.ofSeconds(12));
		assertThat(this.registry.generation()).isBetween(5L, 12L);
	}

	@Test
	void whatWasListedButNeverProvenIsStaleAndNotAbsent() {
		this.source.headLatency = Duration.ofSeconds(1);
		for (int i = 1; i < 20; i++) {
			this.time.after(Duration.ofMillis(500L * i), this.source::cut);
		}
		runFor(Duration.ofSeconds(9));
		assertThat(instances("orders")).containsExactly("a:8001");
		assertThat(this.registry.status()).isInstanceOf(RegistryStatus.Stale.class);
		assertThat(this.registry.status().hasSnapshot()).isTrue();
	}

	private void at(int seconds, Runnable action) {
		this.time.after(Duration.ofSeconds(seconds), () -> this.failures.collect(action));
	}

	private void runFor(Duration duration) {
		this.time.after(duration, () -> this.time.post(new Mailbox.Message.Stop()));
		this.reflector.run();
		this.failures.rethrow();
	}

	private List<String> instances(String service) {
		Service found = this.registry.snapshot().find(new ServiceName(service));
		return (found != null) ? found.instances()
			.stream()
			.map((instance) -> instance.id() + ":" + instance.endpoint().port())
			.toList() : List.of();
	}

}
