package dev.holdfast.upstream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;

import static dev.holdfast.upstream.Registered.ORDERS;
import static dev.holdfast.upstream.Registered.instance;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static dev.holdfast.upstream.Registered.register;
import static org.assertj.core.api.Assertions.assertThat;

class UpstreamsTests {

	private static final Duration TEN_MINUTES = Duration.ofMinutes(10);

	private final AtomicLong time = new AtomicLong();

	private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	private final Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, this.breakers, this.time::get);

	@Test
	void findGivesNothingForAServiceThatWasNeverRegistered() {
		assertThat(this.upstreams.find(ORDERS)).isNull();
		this.upstreams.onSnapshot(Snapshot.EMPTY, Set.of(ORDERS));
		assertThat(this.upstreams.find(ORDERS)).isNull();
		assertThat(this.upstreams.all()).isEmpty();
	}

	@Test
	void onSnapshotLooksAtTheChangedServicesAlone() {
		ServiceName users = new ServiceName("users");
		Snapshot both = Snapshot.EMPTY.with(new Service(ORDERS, List.of(instance("a")), 1))
			.with(new Service(users, List.of(instance("b")), 1));
		this.upstreams.onSnapshot(both, Set.of(users));
		assertThat(this.upstreams.all()).extracting(Upstream::name).containsExactly(users);
	}

	@Test
	void serviceThatCannotBeLookedAfterDoesNotKeepTheOthersFromIt(CapturedLog output) {
		AtomicBoolean broken = new AtomicBoolean();
		Upstreams both = new Upstreams(UpstreamSettings.DEFAULTS, this.breakers, () -> {
			if (broken.getAndSet(false)) {
				throw new IllegalStateException("no time");
			}
			return this.time.get();
		});
		ServiceName users = new ServiceName("users");
		both.onSnapshot(Snapshot.EMPTY.with(new Service(ORDERS, List.of(instance("a"), instance("b")), 1))
			.with(new Service(users, List.of(instance("a"), instance("b")), 1)), Set.of(ORDERS, users));
		both.all()
			.stream()
			.flatMap((upstream) -> upstream.instances().stream())
			.forEach((instance) -> instance.checkFailed("the status is 503", true));
		broken.set(true);
		both.sweep();
		assertThat(output).containsOnlyOnce("0 of the 2 instances of ").containsOnlyOnce("was not looked after");
	}

	@Test
	void serviceWhoseInstancesAllWentStaysWithNone() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		register(this.upstreams, ORDERS, List.of());
		assertThat(this.upstreams.find(ORDERS)).isSameAs(upstream);
		assertThat(upstream.instances()).isEmpty();
		assertThat(upstream.choose(List.of())).isNull();
	}

	@Test
	void serviceThatIsNoLongerInTheSnapshotStaysWithNone() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		this.upstreams.onSnapshot(Snapshot.EMPTY, Set.of(ORDERS));
		assertThat(this.upstreams.find(ORDERS)).isSameAs(upstream);
		assertThat(upstream.instances()).isEmpty();
	}

	@Test
	void instanceWithAnotherWeightKeepsItsState() {
		Upstream upstream = orders(this.upstreams, instance("a", 80, 100, 1));
		UpstreamInstance before = named(upstream, "a");
		before.start();
		register(this.upstreams, ORDERS, List.of(instance("a", 80, 0, 2)));
		assertThat(named(upstream, "a")).isSameAs(before);
		assertThat(before.active()).isOne();
		assertThat(before.instance().weight()).isZero();
		assertThat(upstream.choose(List.of())).isNull();
	}

	@Test
	void instanceWithAnotherEndpointStartsAnew() {
		Upstream upstream = orders(this.upstreams, instance("a", 80, 100, 1));
		UpstreamInstance before = named(upstream, "a");
		long mark = before.start();
		register(this.upstreams, ORDERS, List.of(instance("a", 81, 100, 2)));
		assertThat(named(upstream, "a")).isNotSameAs(before);
		assertThat(named(upstream, "a").active()).isZero();
		before.end(Outcome.SUCCESS, mark);
		assertThat(named(upstream, "a").active()).isZero();
	}

	@Test
	void reregistrationEndsAnEjectionAndAnUnchangedRecordDoesNot() {
		Upstream upstream = orders(this.upstreams, instance("a", 80, 100, 1));
		UpstreamInstance instance = named(upstream, "a");
		instance.end(Outcome.CONNECT_FAILURE, instance.start());
		register(this.upstreams, ORDERS, List.of(instance("a", 80, 100, 1)));
		assertThat(instance.ejected()).isTrue();
		register(this.upstreams, ORDERS, List.of(instance("a", 80, 100, 2)));
		assertThat(instance.ejected()).isFalse();
	}

	@Test
	void servicesWithoutRequestsHaveNoCircuitBreaker() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		assertThat(upstream.circuit()).isEqualTo("CLOSED");
		assertThat(upstream.retryAfter()).isPositive();
		upstream.choose(List.of());
		assertThat(this.breakers.getAllCircuitBreakers()).isEmpty();
		upstream.tryStart();
		assertThat(this.breakers.getAllCircuitBreakers()).hasSize(1);
		assertThat(this.breakers.find("orders")).isPresent();
	}

	@Test
	void forgetGivesUpAServiceWhoseLastInstanceHasBeenGoneForLongEnough() {
		orders(this.upstreams, instance("a")).tryStart();
		register(this.upstreams, ORDERS, List.of());
		pass(Duration.ofMinutes(9));
		this.upstreams.forget(TEN_MINUTES);
		assertThat(this.upstreams.find(ORDERS)).isNotNull();
		pass(Duration.ofMinutes(1));
		this.upstreams.forget(TEN_MINUTES);
		assertThat(this.upstreams.find(ORDERS)).isNull();
		assertThat(this.breakers.getAllCircuitBreakers()).isEmpty();
	}

	@Test
	void forgetGivesUpAServiceThatIsStillAskedFor() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		register(this.upstreams, ORDERS, List.of());
		for (int minute = 0; minute < 10; minute++) {
			pass(Duration.ofMinutes(1));
			upstream.tryStart();
			assertThat(upstream.choose(List.of())).isNull();
			upstream.end(Outcome.CANCELLED, 1);
			register(this.upstreams, ORDERS, List.of());
		}
		this.upstreams.forget(TEN_MINUTES);
		assertThat(this.upstreams.find(ORDERS)).isNull();
	}

	@Test
	void forgetKeepsAServiceThatHasAnInstanceHoweverLongNobodyAsksForIt() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		pass(Duration.ofDays(1));
		this.upstreams.forget(TEN_MINUTES);
		assertThat(this.upstreams.find(ORDERS)).isSameAs(upstream);
	}

	@Test
	void forgetCountsFromTheLastTimeThatTheLastInstanceWent() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		register(this.upstreams, ORDERS, List.of());
		pass(Duration.ofMinutes(9));
		register(this.upstreams, ORDERS, List.of(instance("b")));
		pass(Duration.ofMinutes(9));
		register(this.upstreams, ORDERS, List.of());
		pass(Duration.ofMinutes(9));
		this.upstreams.forget(TEN_MINUTES);
		assertThat(this.upstreams.find(ORDERS)).isSameAs(upstream);
	}

	@Test
	void serviceThatIsRegisteredAfterItWasForgottenBeginsAnew() {
		Upstream before = orders(this.upstreams, instance("a"));
		before.tryStart();
		register(this.upstreams, ORDERS, List.of());
		this.upstreams.forget(Duration.ZERO);
		Upstream now = orders(this.upstreams, instance("a"));
		assertThat(now).isNotSameAs(before);
		assertThat(now.tryStart()).isTrue();
		assertThat(now.choose(List.of())).isNotNull();
		assertThat(this.breakers.getAllCircuitBreakers()).hasSize(1);
	}

	@Test
	void serviceThatReturnsHasTheConfigurationOfItsOwnAndAnEmptyCircuit() {
		CircuitBreakerConfig own = CircuitBreakerConfig.custom().slidingWindowSize(2).minimumNumberOfCalls(2).build();
		this.breakers.circuitBreaker("orders", own);
		Upstream before = orders(this.upstreams, instance("a"));
		fail(before, 2);
		assertThat(before.circuit()).isEqualTo("OPEN");
		register(this.upstreams, ORDERS, List.of());
		this.upstreams.forget(Duration.ZERO);
		Upstream now = orders(this.upstreams, instance("a"));
		fail(now, 1);
		assertThat(now.circuit()).isEqualTo("CLOSED");
		fail(now, 1);
		assertThat(now.circuit()).isEqualTo("OPEN");
	}

	private static void fail(Upstream upstream, int times) {
		UpstreamInstance instance = named(upstream, "a");
		for (int i = 0; i < times; i++) {
			assertThat(upstream.tryStart()).isTrue();
			instance.end(Outcome.SERVER_ERROR, instance.start());
			upstream.end(Outcome.SERVER_ERROR, 1);
		}
	}

	@Test
	void forgottenServiceIsNotBroughtBackByAChangeThatLeavesItEmpty() {
		orders(this.upstreams, instance("a"));
		register(this.upstreams, ORDERS, List.of());
		this.upstreams.forget(Duration.ZERO);
		register(this.upstreams, ORDERS, List.of());
		assertThat(this.upstreams.find(ORDERS)).isNull();
	}

	@Test
	void requestThatIsUnderWayWhenItsServiceIsForgottenEndsAndBringsNothingBack() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		upstream.tryStart();
		UpstreamInstance instance = named(upstream, "a");
		long mark = instance.start();
		register(this.upstreams, ORDERS, List.of());
		this.upstreams.forget(Duration.ZERO);
		instance.end(Outcome.SUCCESS, mark);
		upstream.end(Outcome.SUCCESS, 1);
		assertThat(this.breakers.getAllCircuitBreakers()).isEmpty();
	}

	@Test
	void requestThatFoundItsServiceJustBeforeItWasForgottenBringsNoBreakerBack() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		register(this.upstreams, ORDERS, List.of());
		this.upstreams.forget(Duration.ZERO);
		assertThat(upstream.tryStart()).isTrue();
		upstream.end(Outcome.CANCELLED, 1);
		assertThat(this.breakers.getAllCircuitBreakers()).isEmpty();
	}

	@Test
	void listenersHearOfWhatIsForgottenOnceAndWhenItIsFoundNoMore() {
		List<String> heard = new ArrayList<>();
		this.upstreams.onForgotten((service) -> heard.add(service + " " + (this.upstreams.find(service) == null)));
		orders(this.upstreams, instance("a"));
		register(this.upstreams, ORDERS, List.of());
		this.upstreams.forget(Duration.ZERO);
		this.upstreams.forget(Duration.ZERO);
		assertThat(heard).containsExactly("orders true");
	}

	private void pass(Duration time) {
		this.time.addAndGet(time.toNanos());
	}

	@Test
	void stateSurvivesAnySequenceOfSnapshotsAsLongAsIdAndEndpointStay() {
		Random random = new Random(7);
		Map<String, UpstreamInstance> expected = new HashMap<>();
		Upstream upstream = orders(this.upstreams);
		for (int revision = 1; revision < 1000; revision++) {
			List<Instance> registered = new ArrayList<>();
			for (String id : List.of("a", "b", "c", "d", "e")) {
				if (random.nextInt(5) > 0) {
					registered.add(instance(id, 80 + random.nextInt(10) / 9, random.nextInt(3) * 50, revision));
				}
			}
			register(this.upstreams, ORDERS, registered);
			Map<String, UpstreamInstance> now = new HashMap<>();
			for (Instance instance : registered) {
				UpstreamInstance state = named(upstream, instance.id());
				UpstreamInstance before = expected.get(instance.id());
				boolean kept = before != null && before.instance().endpoint().equals(instance.endpoint());
				assertThat(state == before).as("revision %d, %s", revision, instance).isEqualTo(kept);
				assertThat(state.instance()).isSameAs(instance);
				now.put(instance.id(), state);
			}
			assertThat(upstream.instances()).hasSize(registered.size());
			expected = now;
		}
	}

}
