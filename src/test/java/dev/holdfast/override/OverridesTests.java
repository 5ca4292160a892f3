package dev.holdfast.override;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;

import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.CapturedLog;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class OverridesTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static final Action DRAIN_A = new Action.Drain(ORDERS, "a");

	private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

	private final AtomicReference<Instant> time = new AtomicReference<>(START);

	private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);

	private final List<String> told = new ArrayList<>();

	private final List<OverridesFile> files = new ArrayList<>();

	@TempDir
	private Path folder;

	private final Overrides overrides = listened(new Overrides(this.time::get, this.nanoTime::get, Optional.empty()));

	@AfterEach
	void close() {
		this.files.forEach(OverridesFile::close);
	}

	@Test
	void anOverrideIsInForceUntilItsTimeIsOver() {
		this.overrides.put(local(DRAIN_A, 60));
		assertThat(this.overrides.active().of(ORDERS).of("a").isDrained()).isTrue();
		assertThat(this.overrides.active().of(ORDERS).of("b").isDrained()).isFalse();
		pass(59);
		assertThat(this.overrides.active().of(ORDERS).of("a").isDrained()).isTrue();
		pass(1);
		assertThat(this.overrides.active()).isEqualTo(ActiveOverrides.NONE);
		assertThat(this.told).containsExactly("drain/orders/a LOCAL 60", "drain/orders/a expired");
	}

	@Test
	void oneOfTheSameThingReplacesTheOther() {
		this.overrides.put(local(new Action.Weight(ORDERS, "a", 10), 60));
		this.overrides.put(local(new Action.Weight(ORDERS, "a", 20), 90));
		assertThat(this.overrides.active().all()).hasSize(1);
		assertThat(this.overrides.active().of(ORDERS).of("a").effectiveWeight(100)).isEqualTo(20);
		assertThat(this.overrides.remove(new Action.Weight(ORDERS, "a", 0))).isTrue();
		assertThat(this.overrides.remove(new Action.Weight(ORDERS, "a", 0))).isFalse();
		assertThat(this.overrides.active().of(ORDERS).of("a").effectiveWeight(100)).isEqualTo(100);
		assertThat(this.told).containsExactly("weight/orders/a LOCAL 60", "weight/orders/a LOCAL 90",
				"weight/orders/a ended");
	}

	@Test
	void aDrainedInstanceHasNoWeightWhateverWasSet() {
		this.overrides.put(local(new Action.Weight(ORDERS, "a", 10), 60));
		this.overrides.put(local(DRAIN_A, 60));
		assertThat(this.overrides.active().of(ORDERS).of("a").effectiveWeight(100)).isZero();
		this.overrides.remove(DRAIN_A);
		assertThat(this.overrides.active().of(ORDERS).of("a").effectiveWeight(100)).isEqualTo(10);
	}

	@Test
	void theLocalOneIsInForceAndTheOtherWhenThatHasEnded() {
		OperatorOverride shared = shared(new Action.Weight(ORDERS, "a", 1), 90);
		this.overrides.replaceShared(List.of(shared));
		OperatorOverride local = local(new Action.Weight(ORDERS, "a", 2), 60);
		this.overrides.put(local);
		assertThat(this.overrides.active().all()).containsExactly(local, shared);
		assertThat(this.overrides.active().inForce()).containsOnlyKeys("weight/orders/a").containsValue(local);
		pass(60);
		assertThat(this.overrides.active().inForce()).containsValue(shared);
		this.overrides.replaceShared(List.of());
		assertThat(this.overrides.active().inForce()).isEmpty();
		assertThat(this.told).containsExactly("weight/orders/a CLUSTER 90", "weight/orders/a LOCAL 60",
				"weight/orders/a CLUSTER 90", "weight/orders/a ended");
	}

	@Test
	void whatAnotherOneHidesIsNoNews() {
		this.overrides.put(local(DRAIN_A, 60));
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 90)));
		assertThat(this.told).containsExactly("drain/orders/a LOCAL 60");
		assertThat(this.overrides.active().of(Scope.CLUSTER)).hasSize(1);
	}

	@Test
	void whatTheOthersShareEndsHereAsWellWhenNobodyCanBeAsked() {
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 60)));
		this.overrides.keepShared();
		pass(59);
		assertThat(this.overrides.active().all()).hasSize(1);
		pass(1);
		assertThat(this.overrides.active().all()).isEmpty();
	}

	@Test
	@Timeout(300)
	void thousandsThatEndAtTheSameTimeEndInOneChange() {
		List<OperatorOverride> many = IntStream.range(0, Overrides.MAX_LOCAL)
			.mapToObj((i) -> shared(new Action.Drain(ORDERS, "i" + i), 60))
			.toList();
		List<ActiveOverrides> changes = new ArrayList<>();
		this.overrides.replaceShared(many);
		this.overrides.addListener((now, changed) -> changes.add(now));
		this.overrides.keepShared();
		pass(60);
		assertThat(changes).containsExactly(ActiveOverrides.NONE);
	}

	@Test
	void whatTheOthersShareIsInForceWhateverThisClockSays() {
		this.time.set(START.plusSeconds(600));
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 300)));
		pass(1);
		assertThat(this.overrides.active().of(ORDERS).of("a").isDrained()).isTrue();
		this.overrides.replaceShared(List.of());
		assertThat(this.overrides.active().all()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { -600, 600 })
	void whatTheOthersShareLastsAsLongAsItWasMeantToWhenNobodyCanBeAskedAndThisClockIsWrong(int skew) {
		this.time.set(START.plusSeconds(skew));
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 300)));
		this.overrides.keepShared();
		pass(299);
		this.overrides.keepShared();
		assertThat(this.overrides.active().all()).hasSize(1);
		pass(1);
		assertThat(this.overrides.active().all()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(ints = { -86_400, 86_400 })
	void aClockThatIsPutRightNeitherEndsAnOverrideNorLetsItGoOn(int step) {
		this.overrides.put(local(DRAIN_A, 60));
		this.time.updateAndGet((now) -> now.plusSeconds(step));
		pass(59);
		assertThat(this.overrides.active().all()).hasSize(1);
		pass(1);
		assertThat(this.overrides.active().all()).isEmpty();
		assertThat(this.told).last().isEqualTo("drain/orders/a expired");
	}

	@Test
	void anOverrideFromDiskLastsNoLongerThanItWasMeantToThoughTheClockHasGoneBack() {
		kept().put(local(DRAIN_A, 60));
		closeFiles();
		this.time.set(START.minusSeconds(86_400));
		Overrides after = kept();
		after.restore();
		this.nanoTime.addAndGet(Duration.ofSeconds(60).toNanos());
		after.endDue();
		assertThat(after.active().all()).isEmpty();
	}

	@Test
	void whatTheOthersShareCanBeLiftedHereWhileNobodyCanBeAsked() {
		OperatorOverride shared = shared(DRAIN_A, 600);
		this.overrides.replaceShared(List.of(shared));
		assertThat(this.overrides.remove(DRAIN_A)).isFalse();
		this.overrides.keepShared();
		assertThat(this.overrides.remove(DRAIN_A)).isTrue();
		assertThat(this.overrides.active().of(ORDERS).of("a").isDrained()).isFalse();
		assertThat(this.told).containsExactly("drain/orders/a CLUSTER 600", "drain/orders/a ended");
		// Etcd still has it.
		this.overrides.replaceShared(List.of(shared));
		assertThat(this.overrides.active().of(ORDERS).of("a").isDrained()).isTrue();
	}

	@Test
	void ofTwoTheLocalOneIsLiftedFirst() {
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 600)));
		this.overrides.put(local(DRAIN_A, 60));
		this.overrides.keepShared();
		assertThat(this.overrides.remove(DRAIN_A)).isTrue();
		assertThat(this.overrides.active().of(ORDERS).of("a").isDrained()).isTrue();
		assertThat(this.overrides.remove(DRAIN_A)).isTrue();
		assertThat(this.overrides.active().of(ORDERS).of("a").isDrained()).isFalse();
	}

	@Test
	void aTimeThatNoClockCanCountKeepsNobodyFromStarting() {
		Overrides before = kept();
		before.replaceShared(List
			.of(new OperatorOverride(DRAIN_A, Scope.CLUSTER, START, Instant.parse("9999-12-31T00:00:00Z"), "", "")));
		before.keepShared();
		closeFiles();
		Overrides after = kept();
		after.restore();
		assertThat(after.active().of(ORDERS).of("a").isDrained()).isTrue();
	}

	@Test
	void whatIsLiftedHereStaysSoBehindARestartUntilEtcdAnswers() {
		Overrides before = kept();
		before.replaceShared(List.of(shared(DRAIN_A, 600)));
		before.keepShared();
		before.remove(DRAIN_A);
		closeFiles();
		Overrides after = kept();
		after.restore();
		assertThat(after.active().all()).isEmpty();
	}

	@Test
	void whatEtcdHasLostStaysUntilItsTimeWhateverElseIsShared(CapturedLog output) {
		Action other = new Action.Weight(ORDERS, "b", 7);
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 60)));
		pass(10);
		this.overrides.keepShared();
		pass(10);
		this.overrides.keepLost(List.of());
		assertThat(this.overrides.active().lost()).containsExactly("drain/orders/a");
		assertThat(output).containsOnlyOnce("no longer has 1 overrides for all gateways");
		this.overrides.replaceShared(List.of(shared(other, 600)));
		this.overrides.keepShared();
		this.overrides.replaceShared(List.of(shared(other, 600)));
		pass(39);
		assertThat(this.overrides.active().of(Scope.CLUSTER)).hasSize(2);
		pass(1);
		assertThat(this.overrides.active().of(Scope.CLUSTER)).containsOnlyKeys(other.key());
		assertThat(this.overrides.active().lost()).isEmpty();
		assertThat(this.told).containsExactly("drain/orders/a CLUSTER 60", "drain/orders/a lost",
				"weight/orders/b CLUSTER 600", "drain/orders/a expired");
	}

	@Test
	void whatEtcdHasLostAndIsSetAnewIsLikeAnyOther() {
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 60)));
		this.overrides.keepLost(List.of());
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 60)));
		assertThat(this.overrides.active().lost()).isEmpty();
		pass(60);
		assertThat(this.overrides.active().all()).hasSize(1);
		this.overrides.replaceShared(List.of());
		assertThat(this.overrides.active().all()).isEmpty();
	}

	@Test
	void whatEtcdHasLostCanBeLiftedHere() {
		this.overrides.replaceShared(List.of(shared(DRAIN_A, 60)));
		this.overrides.keepLost(List.of());
		assertThat(this.overrides.remove(DRAIN_A)).isTrue();
		assertThat(this.overrides.active()).isEqualTo(ActiveOverrides.NONE);
	}

	@Test
	void aGatewayWithoutOthersTakesNothingFromDiskThatOnlyTheyCouldEnd() {
		Overrides before = kept();
		before.put(local(DRAIN_A, 60));
		before.replaceShared(List.of(shared(new Action.Freeze(), 600)));
		closeFiles();
		Overrides after = kept();
		after.restore(Set.of(Scope.LOCAL));
		assertThat(after.active().all()).extracting(OperatorOverride::key).containsExactly("drain/orders/a");
	}

	@Test
	void scopesAreNotMixedUp() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.overrides.put(shared(DRAIN_A, 60)));
		assertThatIllegalArgumentException().isThrownBy(() -> this.overrides.replaceShared(Set.of(local(DRAIN_A, 60))));
	}

	@Test
	void aListenerThatFailsKeepsNoOtherFromHearing(CapturedLog output) {
		Overrides failing = new Overrides(this.time::get, this.nanoTime::get, Optional.empty());
		failing.addListener((now, changes) -> {
			throw new IllegalStateException("a defect");
		});
		listened(failing).put(local(DRAIN_A, 60));
		assertThat(this.told).hasSize(1);
		assertThat(output).contains("failed on a change of overrides");
	}

	@Test
	void theTimerEndsThem() {
		Overrides real = listened(new Overrides(Instant::now, Optional.empty()));
		OverrideTimer timer = new OverrideTimer(real);
		timer.start();
		Instant now = Instant.now();
		real.put(new OperatorOverride(DRAIN_A, Scope.LOCAL, now, now.plusMillis(50), "", ""));
		await().until(() -> real.active().all().isEmpty());
		timer.close();
	}

	@Test
	void overridesOutliveARestartWithinTheirTime() {
		Overrides before = kept();
		before.put(local(DRAIN_A, 60));
		before.put(local(new Action.Freeze(), 600));
		before.put(local(new Action.CircuitOpen(ORDERS), 30));
		before.replaceShared(List.of(shared(new Action.Weight(ORDERS, "b", 1), 600)));
		closeFiles();
		this.time.set(START.plusSeconds(60));
		Overrides after = listened(kept());
		after.restore();
		assertThat(after.active().all()).extracting(OperatorOverride::key).containsExactly("freeze", "weight/orders/b");
		assertThat(this.told).containsExactly("freeze LOCAL 600", "weight/orders/b CLUSTER 600");
		// What the others have now counts.
		after.replaceShared(List.of());
		assertThat(after.active().all()).extracting(OperatorOverride::key).containsExactly("freeze");
	}

	@Test
	void whatWasEndedIsNotBackAfterARestart() {
		Overrides before = kept();
		before.put(local(DRAIN_A, 60));
		before.remove(DRAIN_A);
		closeFiles();
		Overrides after = kept();
		after.restore();
		assertThat(after.active().all()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "why", "orders", "\"schema\":1", "]}" })
	void aDamagedFileIsIgnoredWithAWarning(String damaged, CapturedLog output) throws IOException {
		kept().put(local(DRAIN_A, 60));
		closeFiles();
		String written = Files.readString(path());
		assertThat(written).contains(damaged);
		Files.writeString(path(), written.replace(damaged, damaged.substring(1) + "7"));
		Overrides after = kept();
		after.restore();
		assertThat(after.active().all()).isEmpty();
		assertThat(output).contains("Ignored the overrides at " + path());
		assertThat(after.file()).get().extracting(OverridesFileState::lastError).asString().isNotEmpty();
		after.put(local(DRAIN_A, 60));
		assertThat(after.file()).get().extracting(OverridesFileState::lastError).asString().isEmpty();
	}

	@Test
	void aFileOfANewerSchemaIsIgnored(CapturedLog output) throws IOException {
		Files.writeString(path(), "{\"schema\":2,\"savedAt\":\"2026-01-02T03:04:05Z\",\n");
		kept().restore();
		assertThat(output).contains("its schema is 2 (expected: 1)");
	}

	@Test
	void anOverrideIsInForceThoughItCannotBeKept(CapturedLog output) throws IOException {
		Files.createDirectories(path().resolve("in-the-way"));
		Overrides kept = kept();
		kept.put(local(DRAIN_A, 60));
		kept.put(local(new Action.CircuitOpen(ORDERS), 60));
		assertThat(kept.active().all()).hasSize(2);
		assertThat(kept.file()).get().extracting(OverridesFileState::lastError).asString().isNotEmpty();
		assertThat(output).containsOnlyOnce("Cannot save the overrides to " + path());
		Files.delete(path().resolve("in-the-way"));
		Files.delete(path());
		kept.endDue();
		closeFiles();
		assertThat(output).contains("The overrides are saved to " + path() + " again");
		Overrides after = kept();
		after.restore();
		assertThat(after.active().all()).hasSize(2);
	}

	@Test
	void aRemovalThatCouldNotBeWrittenIsTriedAgainWithinSeconds() throws IOException {
		Overrides kept = kept();
		kept.put(local(DRAIN_A, 60));
		OverrideTimer timer = new OverrideTimer(kept);
		timer.start();
		Files.delete(path());
		Files.createDirectories(path().resolve("in-the-way"));
		kept.remove(DRAIN_A);
		assertThat(kept.file()).get().extracting(OverridesFileState::lastError).asString().isNotEmpty();
		Files.delete(path().resolve("in-the-way"));
		Files.delete(path());
		await().until(() -> kept.file().filter((state) -> state.lastError().isEmpty()).isPresent());
		timer.close();
	}

	@Test
	@Timeout(300)
	void whileTheDiskHangsOneWaitsForAllAndTheNewestIsWrittenInTheEnd() throws Exception {
		Path pipe = this.folder.resolve("overrides.json.tmp");
		assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
		Overrides kept = kept();
		for (int i = 0; i < 100; i++) {
			kept.put(local(new Action.Drain(ORDERS, "i" + i), 60));
		}
		assertThat(kept.active().all()).hasSize(100);
		assertThat(kept.file()).get()
			.extracting(OverridesFileState::lastError)
			.isEqualTo("no answer from the disk within 2 s");
		// Whoever opens the other end lets the write go on, which fails on a pipe.
		Files.readAllBytes(pipe);
		await().until(() -> {
			kept.endDue();
			return kept.file().filter((state) -> state.lastError().isEmpty()).isPresent();
		});
		Overrides after = kept();
		after.restore();
		assertThat(after.active().all()).hasSize(100);
	}

	private Path path() {
		return this.folder.resolve("overrides.json");
	}

	private Overrides kept() {
		OverridesFile file = new OverridesFile(path(), this.time::get);
		this.files.add(file);
		return new Overrides(this.time::get, this.nanoTime::get, Optional.of(file));
	}

	private void closeFiles() {
		this.files.forEach(OverridesFile::close);
	}

	private Overrides listened(Overrides overrides) {
		overrides.addListener((now, changes) -> changes.forEach((change) -> this.told.add(text(change))));
		return overrides;
	}

	private static String text(OverrideChange change) {
		OperatorOverride after = change.after();
		String what = (after != null) ? after.scope() + " " + Duration.between(after.since(), after.until()).toSeconds()
				: (change.expired() ? "expired" : "ended");
		if (change.isLost()) {
			return change.action().key() + " lost";
		}
		return change.action().key() + " " + what;
	}

	private void pass(int seconds) {
		this.time.updateAndGet((now) -> now.plusSeconds(seconds));
		this.nanoTime.addAndGet(Duration.ofSeconds(seconds).toNanos());
		this.overrides.endDue();
	}

	private static OperatorOverride local(Action action, int seconds) {
		return new OperatorOverride(action, Scope.LOCAL, START, START.plusSeconds(seconds), "why", "10.0.0.9");
	}

	private static OperatorOverride shared(Action action, int seconds) {
		return new OperatorOverride(action, Scope.CLUSTER, START, START.plusSeconds(seconds), "why", "10.0.0.9");
	}

}
