package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.holdfast.service.Instance;
import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.upstream.Registered.instance;
import static dev.holdfast.upstream.Registered.named;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances that can be reached, but fail requests.
 */
class EjectionTests {

	private static final Duration TIME = UpstreamSettings.DEFAULTS.ejection().time();

	private static final int TO_EJECT = UpstreamSettings.DEFAULTS.ejection().consecutiveFailures();

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(40).toNanos());

	private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	@ParameterizedTest
	@EnumSource(names = { "SERVER_ERROR", "BROKEN", "TIMEOUT" })
	void fiveFailuresInARowEject(Outcome failure) {
		UpstreamInstance a = named(upstream("a", "b"), "a");
		fail(a, failure, TO_EJECT - 1);
		assertThat(a.state()).isEqualTo(new InstanceState.Routable());
		fail(a, failure, 1);
		assertThat(a.state()).isEqualTo(ejected(failure, TO_EJECT, TIME));
	}

	@Test
	void successAmongTheFailuresBeginsTheCountAnew() {
		UpstreamInstance a = named(upstream("a", "b"), "a");
		fail(a, TO_EJECT - 1);
		a.end(Outcome.SUCCESS, a.start());
		fail(a, TO_EJECT - 1);
		a.end(Outcome.CANCELLED, a.start());
		assertThat(a.ejected()).isFalse();
		fail(a, 1);
		assertThat(a.ejected()).isTrue();
	}

	@ParameterizedTest
	@EnumSource
	void ejectedInstanceGetsNothingWhileThereIsAnother(Balancer balancer) {
		Upstream upstream = upstream(settings(balancer, EjectionSettings.DEFAULTS), "a", "b");
		fail(named(upstream, "a"), TO_EJECT);
		for (int i = 0; i < 100; i++) {
			assertThat(choose(upstream)).isSameAs(named(upstream, "b"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void instanceThatReturnsGetsOneRequestAtATimeUntilOneSucceeds(Balancer balancer) {
		Upstream upstream = upstream(settings(balancer, EjectionSettings.DEFAULTS), "a", "b");
		UpstreamInstance a = named(upstream, "a");
		fail(a, TO_EJECT);
		forward(TIME);
		assertThat(a.state())
			.isEqualTo(new InstanceState.Returning(new EjectionCause.Failures(TO_EJECT, Outcome.SERVER_ERROR)));
		for (int round = 0; round < 3; round++) {
			awaitChoice(upstream, a);
			long mark = a.start();
			for (int i = 0; i < 100; i++) {
				assertThat(choose(upstream)).isNotSameAs(a);
			}
			a.end(Outcome.CANCELLED, mark);
		}
		awaitChoice(upstream, a);
		a.end(Outcome.SUCCESS, a.start());
		assertThat(a.state()).isEqualTo(new InstanceState.Routable());
		awaitChoice(upstream, a);
		awaitChoice(upstream, a);
	}

	@Test
	void manyThreadsSendOneTrial() throws ExecutionException, InterruptedException {
		Upstream upstream = upstream("a", "b");
		UpstreamInstance a = named(upstream, "a");
		for (int round = 0; round < 50; round++) {
			fail(a, TO_EJECT);
			forward(UpstreamSettings.DEFAULTS.ejection().maxTime());
			List<Future<Integer>> threads = new ArrayList<>();
			try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
				for (int i = 0; i < 4; i++) {
					threads.add(executor.submit(() -> (int) IntStream.range(0, 50)
						.filter((request) -> choose(upstream).equals(a))
						.count()));
				}
			}
			int trials = 0;
			for (Future<Integer> thread : threads) {
				trials += thread.get();
			}
			assertThat(trials).isOne();
			a.end(Outcome.SUCCESS, a.start());
		}
	}

	@Test
	void failedTrialEjectsAtOnceAndForLonger() {
		Upstream upstream = upstream("a", "b");
		UpstreamInstance a = named(upstream, "a");
		fail(a, TO_EJECT);
		for (int times : new int[] { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10 }) {
			forward(TIME.multipliedBy(times).minusNanos(1));
			assertThat(a.ejected()).as("just before the end of %d", times).isTrue();
			forward(Duration.ofNanos(1));
			assertThat(a.ejected()).as("after %d", times).isFalse();
			awaitChoice(upstream, a);
			fail(a, 1);
		}
	}

	@Test
	void trialThatGoesOnForeverDoesNotKeepTheOthersAway() {
		Upstream upstream = upstream("a", "b");
		UpstreamInstance a = named(upstream, "a");
		fail(a, TO_EJECT);
		forward(TIME);
		awaitChoice(upstream, a);
		a.start();
		named(upstream, "b").start();
		forward(TIME);
		awaitChoice(upstream, a);
	}

	@Test
	void instanceThatDoesWellForAWhileIsEjectedForAShortTimeAgain() {
		UpstreamInstance a = named(upstream("a", "b"), "a");
		fail(a, TO_EJECT);
		forward(TIME);
		fail(a, 1);
		forward(TIME.multipliedBy(2));
		a.end(Outcome.SUCCESS, a.start());
		fail(a, TO_EJECT);
		assertThat(a.state()).isEqualTo(ejected(Outcome.SERVER_ERROR, TO_EJECT, TIME.multipliedBy(3)));
		forward(TIME.multipliedBy(3));
		a.end(Outcome.SUCCESS, a.start());
		forward(TIME.multipliedBy(2));
		fail(a, TO_EJECT);
		assertThat(a.state()).isEqualTo(ejected(Outcome.SERVER_ERROR, TO_EJECT, TIME.multipliedBy(2)));
	}

	@Test
	void whatWasInFlightWhenItWasEjectedChangesNothing() {
		UpstreamInstance a = named(upstream("a", "b"), "a");
		long before = a.start();
		long failing = a.start();
		fail(a, TO_EJECT);
		a.end(Outcome.SUCCESS, before);
		assertThat(a.ejected()).isTrue();
		forward(TIME);
		a.end(Outcome.SERVER_ERROR, failing);
		assertThat(a.state()).isInstanceOf(InstanceState.Returning.class);
	}

	@Test
	void answerAfterARefusalEndsTheEjectionAndFailuresCountFromOne() {
		UpstreamInstance a = named(upstream("a", "b"), "a");
		fail(a, TO_EJECT - 1);
		refuse(a);
		forward(Duration.ofSeconds(1));
		fail(a, 1);
		assertThat(a.state()).isEqualTo(new InstanceState.Routable());
		fail(a, TO_EJECT - 2);
		assertThat(a.state()).isEqualTo(new InstanceState.Routable());
		fail(a, 1);
		assertThat(a.state()).isEqualTo(ejected(Outcome.SERVER_ERROR, TO_EJECT, TIME));
	}

	@Test
	void trialsAfterARefusalThatAreNotAnsweredEjectByTheirCountAndWithinTheLimit() {
		Upstream upstream = upstream("a", "b", "c");
		UpstreamInstance a = named(upstream, "a");
		UpstreamInstance c = named(upstream, "c");
		refuse(a);
		fail(c, TO_EJECT);
		forward(Duration.ofSeconds(1));
		for (int i = 0; i < TO_EJECT; i++) {
			assertThat(a.health().claim()).as("trial %d", i).isTrue();
			fail(a, Outcome.TIMEOUT, 1);
			assertThat(a.state()).isInstanceOf(InstanceState.Returning.class);
		}
		forward(TIME);
		c.end(Outcome.SUCCESS, c.start());
		fail(a, Outcome.TIMEOUT, 1);
		assertThat(a.state()).isEqualTo(ejected(Outcome.TIMEOUT, TO_EJECT + 1, TIME));
	}

	@Test
	void instancesThatRefuseConnectionsLeaveTheShareThatMayBeEjectedToThoseThatFail() {
		Upstream upstream = upstream("a", "b", "c");
		refuse(named(upstream, "a"));
		fail(named(upstream, "b"), TO_EJECT);
		assertThat(named(upstream, "b").state()).isEqualTo(ejected(Outcome.SERVER_ERROR, TO_EJECT, TIME));
		for (int i = 0; i < 100; i++) {
			assertThat(choose(upstream)).isSameAs(named(upstream, "c"));
		}
	}

	@Test
	void tryThatIsNoTrialDoesNotEndTheTrialThatIsUnderWay() {
		UpstreamInstance a = named(upstream("a"), "a");
		fail(a, TO_EJECT);
		long inPanic = a.start();
		forward(TIME);
		assertThat(a.health().claim()).isTrue();
		long trial = a.start();
		a.end(Outcome.CANCELLED, inPanic);
		assertThat(a.health().claim()).isFalse();
		a.end(Outcome.CANCELLED, trial);
		assertThat(a.health().claim()).isTrue();
	}

	@Test
	void ejectionsBeyondTheLongestAreNotForgivenOneByOne() {
		Duration longest = UpstreamSettings.DEFAULTS.ejection().maxTime();
		UpstreamInstance a = named(upstream("a", "b"), "a");
		fail(a, TO_EJECT);
		for (int i = 0; i < 1000; i++) {
			forward(longest);
			fail(a, 1);
		}
		forward(longest);
		a.end(Outcome.SUCCESS, a.start());
		forward(longest);
		fail(a, TO_EJECT);
		assertThat(a.state()).isEqualTo(ejected(Outcome.SERVER_ERROR, TO_EJECT, TIME));
	}

	/**
	 * The choice reads the clock for the instance that is ejected, before it looks at the
	 * other one for the last time.
	 */
	@Test
	void choiceDuringWhichTheLastHealthyInstanceIsEjectedFallsOnOneOfThemAll() {
		AtomicInteger readings = new AtomicInteger();
		List<Runnable> atSecond = new ArrayList<>();
		Upstream upstream = Registered
			.orders(new Upstreams(settings(Balancer.RANDOM, EjectionSettings.DEFAULTS), this.breakers, () -> {
				if (readings.incrementAndGet() == 2) {
					atSecond.forEach(Runnable::run);
				}
				return this.time.get();
			}), Registered.weighted("a", Instance.MAX_WEIGHT), Registered.weighted("b", 1));
		UpstreamInstance b = named(upstream, "b");
		refuse(named(upstream, "a"));
		atSecond.add(() -> refuse(b));
		readings.set(0);
		assertThat(upstream.choose(List.of())).isNotNull();
	}

	@Test
	void atMostHalfOfAServiceIsEjectedForFailures() {
		Upstream upstream = upstream("a", "b", "c", "d", "e");
		for (String sick : List.of("a", "b", "c", "d")) {
			fail(named(upstream, sick), TO_EJECT);
		}
		assertThat(upstream.instances()).filteredOn(UpstreamInstance::ejected)
			.containsExactly(named(upstream, "a"), named(upstream, "b"));
		assertThat(named(upstream, "c").state()).isEqualTo(new InstanceState.Failing(TO_EJECT));
		assertThat(upstream.isPanicking()).isTrue();
		assertThat(IntStream.range(0, 1000).mapToObj((i) -> choose(upstream)).distinct())
			.containsExactlyInAnyOrderElementsOf(upstream.instances());
		forward(TIME);
		named(upstream, "a").end(Outcome.SUCCESS, named(upstream, "a").start());
		fail(named(upstream, "c"), 1);
		assertThat(named(upstream, "c").ejected()).isTrue();
	}

	@Test
	void whenAllFailEachGetsRequestsAndTheFirstThatSucceedsGetsThemAll() {
		Upstream upstream = upstream("a", "b");
		fail(named(upstream, "a"), TO_EJECT);
		fail(named(upstream, "b"), TO_EJECT);
		UpstreamInstance a = named(upstream, "a");
		assertThat(a.ejected()).isTrue();
		awaitChoice(upstream, named(upstream, "b"));
		awaitChoice(upstream, a);
		awaitChoice(upstream, a);
		a.end(Outcome.SUCCESS, a.start());
		assertThat(a.ejected()).isFalse();
		fail(named(upstream, "b"), 1);
		for (int i = 0; i < 100; i++) {
			assertThat(choose(upstream)).isSameAs(a);
		}
	}

	@Test
	void requestsWaitForAHealthyInstanceThatIsFullAndAreNotSentToAnEjectedOne() {
		Upstream upstream = upstream(new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, 1, 1), "a",
				"b");
		fail(named(upstream, "a"), TO_EJECT);
		named(upstream, "b").start();
		assertThat(upstream.choose(List.of())).isNull();
		assertThat(upstream.takesRequests()).isTrue();
	}

	@Test
	void betterInstanceIsOneThatNeitherFailsNorWasTried() {
		Upstream upstream = upstream("a", "b", "c");
		List<UpstreamInstance> tried = List.of(named(upstream, "b"));
		fail(named(upstream, "a"), TO_EJECT);
		assertThat(upstream.chooseBetter(tried, Demand.NONE)).isSameAs(named(upstream, "c"));
		assertThat(upstream.chooseBetter(List.of(named(upstream, "b"), named(upstream, "c")), Demand.NONE)).isNull();
		assertThat(upstream.chooseUntried(List.of(named(upstream, "b"), named(upstream, "c")), Demand.NONE))
			.isSameAs(named(upstream, "a"));
		assertThat(upstream.chooseUntried(upstream.instances(), Demand.NONE)).isNull();
	}

	@ParameterizedTest
	@EnumSource
	void betterInstanceIsNeitherFailingNorOnTrial(Balancer balancer) {
		Upstream upstream = upstream(settings(balancer, EjectionSettings.DEFAULTS), "a", "b", "c", "d");
		List<UpstreamInstance> tried = List.of(named(upstream, "d"));
		for (String sick : List.of("a", "b", "c")) {
			fail(named(upstream, sick), TO_EJECT);
		}
		forward(TIME);
		assertThat(named(upstream, "a").state()).isInstanceOf(InstanceState.Returning.class);
		assertThat(named(upstream, "c").state()).isInstanceOf(InstanceState.Failing.class);
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.chooseBetter(tried, Demand.NONE)).isNull();
		}
		assertThat(upstream.chooseUntried(tried, Demand.NONE)).isNotNull();
		named(upstream, "c").end(Outcome.SUCCESS, named(upstream, "c").start());
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.chooseBetter(tried, Demand.NONE)).isSameAs(named(upstream, "c"));
		}
	}

	@Test
	void recordThatIsWrittenAgainDoesNotEndAnEjectionForFailuresButANewOneDoes(CapturedLog output) {
		Upstream upstream = upstream("a", "b");
		UpstreamInstance a = named(upstream, "a");
		fail(a, TO_EJECT);
		a.register(instance("a", 8080, Instance.DEFAULT_WEIGHT, 2));
		assertThat(a.ejected()).isTrue();
		a.register(Registered.recreated("a", 3));
		assertThat(a.ejected()).isFalse();
		assertThat(output).containsOnlyOnce("a of orders at http://127.0.0.1:8080 was registered anew");
	}

	@Test
	void ejectionIsToldOnceAndSoIsItsEnd(CapturedLog output) {
		UpstreamInstance a = named(upstream("a", "b"), "a");
		fail(a, 3 * TO_EJECT);
		forward(TIME);
		fail(a, 1);
		forward(TIME.multipliedBy(2));
		a.end(Outcome.SUCCESS, a.start());
		a.end(Outcome.SUCCESS, a.start());
		assertThat(output)
			.containsOnlyOnce(
					"a of orders at http://127.0.0.1:8080 is ejected, for 30 s at first: it failed 5 requests "
							+ "in a row, the last one with a server error; the other instances get its requests")
			.containsOnlyOnce("a of orders at http://127.0.0.1:8080 answers again; it is chosen like the others");
		assertThat(output.toString().lines().filter((line) -> line.contains("a of orders"))).hasSize(2);
	}

	@Test
	void nothingButRefusalsEjectsWhenFailuresAreNotCounted() {
		EjectionSettings defaults = EjectionSettings.DEFAULTS;
		Upstream upstream = upstream(settings(Balancer.LEAST_REQUEST, new EjectionSettings(defaults.refusalTime(),
				defaults.maxRefusalTime(), 0, defaults.time(), defaults.maxTime(), 0.5)), "a", "b");
		UpstreamInstance a = named(upstream, "a");
		fail(a, 100);
		fail(a, Outcome.BROKEN, 100);
		assertThat(a.state()).isEqualTo(new InstanceState.Routable());
		a.end(Outcome.CONNECT_FAILURE, a.start());
		forward(Duration.ofSeconds(1));
		fail(a, Outcome.BROKEN, 1);
		assertThat(a.state()).isInstanceOf(InstanceState.Returning.class);
		fail(a, 1);
		assertThat(a.state()).isEqualTo(new InstanceState.Routable());
	}

	private static InstanceState ejected(Outcome last, int failures, Duration time) {
		return new InstanceState.Ejected(new EjectionCause.Failures(failures, last), time, NOW.plus(time));
	}

	private static void refuse(UpstreamInstance instance) {
		instance.end(Outcome.CONNECT_FAILURE, instance.start());
	}

	private static void fail(UpstreamInstance instance, int times) {
		fail(instance, Outcome.SERVER_ERROR, times);
	}

	private static void fail(UpstreamInstance instance, Outcome outcome, int times) {
		for (int i = 0; i < times; i++) {
			instance.end(outcome, instance.start());
		}
	}

	private static UpstreamInstance choose(Upstream upstream) {
		@Nullable UpstreamInstance chosen = upstream.choose(List.of());
		if (chosen == null) {
			throw new AssertionError("nothing chosen from " + upstream.instances());
		}
		return chosen;
	}

	/**
	 * Chooses until the choice falls on an instance, which it does within a hundred times
	 * but for once in 10^12.
	 */
	private static void awaitChoice(Upstream upstream, UpstreamInstance instance) {
		assertThat(IntStream.range(0, 100).mapToObj((i) -> choose(upstream)).anyMatch(instance::equals)).isTrue();
	}

	private void forward(Duration duration) {
		this.time.addAndGet(duration.toNanos());
	}

	private static UpstreamSettings settings(Balancer balancer, EjectionSettings ejection) {
		return new UpstreamSettings(balancer, ejection, UpstreamSettings.DEFAULTS.maxRequests(),
				UpstreamSettings.DEFAULTS.maxQueued());
	}

	private Upstream upstream(String... ids) {
		return upstream(UpstreamSettings.DEFAULTS, ids);
	}

	private Upstream upstream(UpstreamSettings settings, String... ids) {
		return Registered.orders(new Upstreams(settings, this.breakers, this.time::get, InstantSource.fixed(NOW)),
				List.of(ids).stream().map(Registered::instance).toArray(Instance[]::new));
	}

}
