package dev.holdfast.upstream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.holdfast.service.Instance;
import dev.holdfast.upstream.SimulatedService.Behaviour;
import dev.holdfast.upstream.SimulatedService.Reply;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.upstream.Registered.inZone;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances that are sick in one way after another, by time that is moved: whatever they
 * do, those that are well are used.
 */
class SickFleetTests {

	private static final Duration STRETCH = Duration.ofSeconds(20);

	private static final int PER_SECOND = 200;

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(70).toNanos());

	/**
	 * Half of the instances and more are well all the time.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16 })
	void whileHalfOfThemAreWellThoseAreUsedAndNoCircuitOpens(long seed) {
		Random random = new Random(seed);
		int instances = 2 + random.nextInt(11);
		int sick = 1 + random.nextInt(instances / 2);
		Fleet fleet = new Fleet(random, instances, sick);
		for (int stretch = 0; stretch < 12; stretch++) {
			Map<String, Integer> attempts = fleet.run();
			assertThat(fleet.service.turnedAway()).as(fleet.toString()).isZero();
			assertThat(attempts.keySet()).as(fleet.toString()).containsAll(fleet.well());
			assertThat(fleet.well()).as(fleet.toString())
				.allSatisfy((id) -> assertThat(named(fleet.upstream, id).ejected()).isFalse());
			assertThat(fleet.upstream.isPanicking()).as(fleet.toString()).isFalse();
			assertThat(fleet.upstream.circuit()).as(fleet.toString()).isEqualTo("CLOSED");
		}
	}

	/**
	 * One instance at least is well all the time, but fewer than half. While the circuit
	 * is open few requests come to them.
	 */
	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void whenFewerAreWellThoseAreUsedWhateverTheCircuitLetsThrough(long seed) {
		Random random = new Random(seed);
		int instances = 3 + random.nextInt(10);
		int well = 1 + random.nextInt((instances - 1) / 2);
		Fleet fleet = new Fleet(random, instances, instances - well);
		for (int stretch = 0; stretch < 12; stretch++) {
			int before = fleet.service.answered();
			int turnedAway = fleet.service.turnedAway();
			Map<String, Integer> attempts = fleet.run();
			if (fleet.service.turnedAway() == turnedAway) {
				assertThat(attempts.keySet()).as(fleet.toString()).containsAll(fleet.well());
			}
			assertThat(fleet.service.answered()).as(fleet.toString()).isGreaterThan(before);
			assertThat(fleet.well()).as(fleet.toString())
				.allSatisfy(
						(id) -> assertThat(named(fleet.upstream, id).state()).isEqualTo(new InstanceState.Routable()));
		}
	}

	/**
	 * Six of ten: what each has in flight breaks, and then it refuses. Only a request
	 * whose three attempts all were trials of such may fail.
	 */
	@ParameterizedTest
	@EnumSource
	void whenMostOfThemDieUnderLoadTheOthersServeAllOfIt(Balancer balancer) {
		Upstreams upstreams = new Upstreams(new UpstreamSettings(balancer, EjectionSettings.DEFAULTS, 0, 0),
				CircuitBreakerRegistry.ofDefaults(), this.time::get);
		Upstream upstream = orders(upstreams,
				IntStream.range(0, 10).mapToObj((i) -> Registered.instance("i" + i)).toArray(Instance[]::new));
		SimulatedService service = new SimulatedService(upstreams, upstream, this.time);
		for (int i = 0; i < 6; i++) {
			AtomicInteger broken = new AtomicInteger();
			service.behave("i" + i, () -> (broken.incrementAndGet() <= 5) ? new Reply(Outcome.BROKEN, Duration.ZERO)
					: new Reply(Outcome.CONNECT_FAILURE, Duration.ZERO));
		}
		service.run(STRETCH, PER_SECOND);
		service.attempts();
		int failed = service.failed();
		service.run(STRETCH, PER_SECOND);
		assertThat(service.turnedAway()).isZero();
		assertThat(service.failed() - failed).isLessThan(5);
		Map<String, Integer> attempts = service.attempts();
		for (int i = 0; i < 6; i++) {
			assertThat(attempts.getOrDefault("i" + i, 0)).as("i" + i).isLessThan(5);
		}
	}

	/**
	 * Of ten.
	 */
	@ParameterizedTest
	@EnumSource(names = { "LEAST_REQUEST", "HASH" })
	void instanceThatIsTwentyTimesSlowerGetsFewRequests(Balancer balancer) {
		int slow = attemptsOfSlow(balancer);
		assertThat(slow).isLessThan((balancer == Balancer.HASH) ? 1000 : 400);
	}

	@Test
	void balancerThatDoesNotLookAtTheLoadGivesASlowInstanceItsShare() {
		assertThat(attemptsOfSlow(Balancer.ROUND_ROBIN)).isBetween(1900, 2100);
	}

	private int attemptsOfSlow(Balancer balancer) {
		CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
		UpstreamSettings usual = UpstreamSettings.DEFAULTS;
		Upstreams upstreams = new Upstreams(new UpstreamSettings(balancer, usual.ejection(), 0, 0), breakers,
				this.time::get);
		Upstream upstream = orders(upstreams,
				IntStream.range(0, 10).mapToObj((i) -> Registered.instance("i" + i)).toArray(Instance[]::new));
		SimulatedService service = new SimulatedService(upstreams, upstream, this.time);
		service.behave("i0", () -> new Reply(Outcome.SUCCESS, Duration.ofMillis(400)));
		service.run(STRETCH, 1000);
		assertThat(service.failed()).isZero();
		return service.attempts().getOrDefault("i0", 0);
	}

	/**
	 * Ten instances, one of which does so from the beginning, for five minutes.
	 */
	@ParameterizedTest
	@EnumSource(Sickness.class)
	void oneSickInstanceOfTenDoesNotTakeItsServiceDown(Sickness sickness) {
		Random random = new Random(1);
		Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults(),
				this.time::get);
		Upstream upstream = orders(upstreams,
				IntStream.range(0, 10).mapToObj((i) -> Registered.instance("i" + i)).toArray(Instance[]::new));
		SimulatedService service = new SimulatedService(upstreams, upstream, this.time);
		service.behave("i0", sickness.behaviour(random));
		service.run(Duration.ofMinutes(5), 100);
		assertThat(service.turnedAway()).isZero();
		assertThat((double) service.failed() / (service.failed() + service.answered())).isLessThan(0.005);
		assertThat(service.p99()).isLessThanOrEqualTo(Duration.ofMillis(500));
	}

	private static <T> T oneOf(T[] values, Random random) {
		return List.of(values).get(random.nextInt(values.length));
	}

	/** What may be wrong with an instance. */
	enum Sickness {

		SERVER_ERRORS, HALF_SERVER_ERRORS, SLOW, RESETS, HALF_RESETS, REFUSED, SILENT;

		Behaviour behaviour(Random random) {
			Reply well = Behaviour.WELL.reply();
			return switch (this) {
				case SERVER_ERRORS -> () -> new Reply(Outcome.SERVER_ERROR, Duration.ofMillis(1));
				case HALF_SERVER_ERRORS ->
					() -> random.nextBoolean() ? well : new Reply(Outcome.SERVER_ERROR, Duration.ofMillis(1));
				case SLOW -> () -> new Reply(Outcome.SUCCESS, Duration.ofMillis(400));
				case RESETS -> () -> new Reply(Outcome.BROKEN, Duration.ofMillis(1));
				case HALF_RESETS -> () -> random.nextBoolean() ? well : new Reply(Outcome.BROKEN, Duration.ofMillis(1));
				case REFUSED -> () -> new Reply(Outcome.CONNECT_FAILURE, Duration.ZERO);
				case SILENT -> () -> new Reply(Outcome.TIMEOUT, Duration.ofSeconds(2));
			};
		}

	}

	/**
	 * Instances of which some are sick in another way, or well for once, each stretch.
	 */
	private final class Fleet {

		private final Random random;

		private final List<String> all = new ArrayList<>();

		private final int sick;

		private final Balancer balancer;

		private final Upstream upstream;

		private final SimulatedService service;

		private final List<String> story = new ArrayList<>();

		Fleet(Random random, int instances, int sick) {
			this.random = random;
			this.sick = sick;
			this.balancer = oneOf(Balancer.values(), random);
			boolean zones = random.nextBoolean();
			boolean slowStart = random.nextBoolean();
			UpstreamSettings usual = UpstreamSettings.DEFAULTS;
			Upstreams upstreams = new Upstreams(
					new UpstreamSettings(this.balancer, usual.ejection(), 1000, 0,
							slowStart ? Duration.ofSeconds(10) : Duration.ZERO, zones ? "a" : "", usual.hashOn()),
					CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
						.minimumNumberOfCalls(20)
						.waitDurationInOpenState(Duration.ofSeconds(5))
						.clock(new MovedClock(SickFleetTests.this.time))
						.build()),
					SickFleetTests.this.time::get, InstantSource.system());
			Instance[] registered = new Instance[instances];
			for (int i = 0; i < instances; i++) {
				String id = "i%02d".formatted(i);
				this.all.add(id);
				// Those that are well are in every zone, so that each must be used.
				registered[i] = (i < sick) ? inZone(random.nextBoolean() ? "a" : "b", id) : inZone("a", id);
			}
			this.upstream = orders(upstreams, registered);
			this.service = new SimulatedService(upstreams, this.upstream, SickFleetTests.this.time);
			this.story.add("%s, %d of %d sick, zones %s, slow start %s".formatted(this.balancer, sick, instances, zones,
					slowStart));
		}

		List<String> well() {
			return this.all.subList(this.sick, this.all.size());
		}

		Map<String, Integer> run() {
			for (String id : this.all.subList(0, this.sick)) {
				change(id);
			}
			this.service.attempts();
			this.service.run(STRETCH, PER_SECOND);
			return this.service.attempts();
		}

		private void change(String id) {
			boolean well = this.random.nextInt(8) == 0;
			Sickness sickness = oneOf(Sickness.values(), this.random);
			this.service.behave(id, well ? Behaviour.WELL : sickness.behaviour(this.random));
			this.story.add(id + " " + (well ? "WELL" : sickness));
			UpstreamInstance instance = named(this.upstream, id);
			if (well || this.random.nextBoolean()) {
				instance.checkPassed();
			}
			else {
				instance.checkFailed(sickness.name(), sickness != Sickness.REFUSED);
			}
		}

		@Override
		public String toString() {
			return String.join(", ", this.story);
		}

	}

	/**
	 * The moved time as the circuit breaker reads it.
	 */
	private static final class MovedClock extends Clock {

		private final AtomicLong time;

		private final long begin;

		MovedClock(AtomicLong time) {
			this.time = time;
			this.begin = time.get();
		}

		@Override
		public Instant instant() {
			return Instant.EPOCH.plusNanos(this.time.get() - this.begin);
		}

		@Override
		public ZoneId getZone() {
			return ZoneOffset.UTC;
		}

		@Override
		public Clock withZone(ZoneId zone) {
			return this;
		}

	}

}
