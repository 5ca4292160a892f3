package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.override.Action;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.Scope;
import dev.holdfast.service.ServiceName;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.upstream.Registered.ORDERS;
import static dev.holdfast.upstream.Registered.instance;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static dev.holdfast.upstream.Registered.recreated;
import static dev.holdfast.upstream.Registered.weighted;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * What operators set against what is registered.
 */
class OverrideTests {

	private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

	private final AtomicLong nanos = new AtomicLong();

	private final Overrides overrides = new Overrides(this::now, this.nanos::get, Optional.empty());

	private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	private final Upstreams upstreams = upstreams(Balancer.LEAST_REQUEST);

	private Instant now() {
		return START.plusNanos(this.nanos.get());
	}

	private Upstreams upstreams(Balancer balancer) {
		UpstreamSettings usual = UpstreamSettings.DEFAULTS;
		Upstreams created = new Upstreams(
				new UpstreamSettings(balancer, usual.ejection(), usual.maxRequests(), usual.maxQueued()), this.breakers,
				this.nanos::get, this::now);
		this.overrides.addListener(created);
		return created;
	}

	@ParameterizedTest
	@EnumSource
	void aDrainedInstanceIsNotChosen(Balancer balancer) {
		Upstream upstream = orders(upstreams(balancer), instance("a"), instance("b"));
		drain("a");
		assertThat(chosen(upstream, 1000)).containsOnlyKeys("b");
		assertThat(named(upstream, "a").state()).isEqualTo(new InstanceState.Draining());
		assertThat(named(upstream, "a").effectiveWeight()).isZero();
		this.overrides.remove(new Action.Drain(ORDERS, "a"));
		assertThat(chosen(upstream, 1000)).containsOnlyKeys("a", "b");
		assertThat(named(upstream, "a").state()).isEqualTo(new InstanceState.Routable());
	}

	@Test
	void aDrainedInstanceIsNotEvenChosenWhenNoOtherIsWell() {
		Upstream upstream = orders(this.upstreams, instance("a"), instance("b"));
		drain("a");
		for (int i = 0; i < 10; i++) {
			UpstreamInstance b = named(upstream, "b");
			b.end(Outcome.CONNECT_FAILURE, b.start());
		}
		assertThat(chosen(upstream, 100)).containsOnlyKeys("b");
		assertThat(upstream.choose(List.of(named(upstream, "b")))).isNull();
		drain("b");
		assertThat(upstream.choose(List.of())).isNull();
		assertThat(upstream.takesRequests()).isFalse();
	}

	@Test
	void aRequestInFlightEndsAsItWould() {
		Upstream upstream = orders(this.upstreams, instance("a"), instance("b"));
		UpstreamInstance a = named(upstream, "a");
		long mark = a.start();
		drain("a");
		assertThat(a.active()).isOne();
		a.end(Outcome.SUCCESS, mark);
		assertThat(a.active()).isZero();
		assertThat(a.errors()).isZero();
	}

	@Test
	void aDrainLastsThoughTheInstanceRegistersAgain() {
		orders(this.upstreams, instance("a"), instance("b"));
		drain("a");
		assertThat(chosen(orders(this.upstreams, recreated("a", 7), instance("b")), 100)).containsOnlyKeys("b");
		assertThat(chosen(orders(this.upstreams, instance("b")), 100)).containsOnlyKeys("b");
		assertThat(chosen(orders(this.upstreams, instance("a", 9090, 100, 9), instance("b")), 100))
			.containsOnlyKeys("b");
	}

	@Test
	void anOverrideIsObeyedByAServiceThatComesLater() {
		drain("a");
		this.overrides.put(override(new Action.CircuitOpen(new ServiceName("users")), 60));
		Upstream upstream = orders(this.upstreams, instance("a"), instance("b"));
		assertThat(chosen(upstream, 100)).containsOnlyKeys("b");
		Registered.register(this.upstreams, new ServiceName("users"), List.of(instance("u")));
		Upstream users = this.upstreams.find(new ServiceName("users"));
		assertThat(users).isNotNull().returns("FORCED_OPEN", Upstream::circuit).returns(false, Upstream::tryStart);
	}

	@Test
	void aCircuitIsKeptOpenWhateverARequestThatEndsAtThatMomentMakesOfTheBreaker() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		assertThat(upstream.tryStart()).isTrue();
		this.overrides.put(override(new Action.CircuitOpen(ORDERS), 60));
		this.breakers.circuitBreaker("orders").transitionToClosedState();
		assertThat(upstream.tryStart()).isFalse();
		assertThat(upstream.circuit()).isEqualTo("FORCED_OPEN");
		upstream.end(Outcome.SUCCESS, 1);
		assertThat(upstream.tryStart()).isFalse();
		this.overrides.remove(new Action.CircuitOpen(ORDERS));
		assertThat(upstream.circuit()).isEqualTo("CLOSED");
		assertThat(upstream.tryStart()).isTrue();
	}

	@Test
	void aClientIsToldToComeAgainWhenTheOverrideEndsOrInAMinute() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		this.overrides.put(override(new Action.CircuitOpen(ORDERS), 45));
		assertThat(upstream.retryAfter()).isEqualTo(Duration.ofSeconds(45));
		this.nanos.addAndGet(Duration.ofMillis(44_500).toNanos());
		assertThat(upstream.retryAfter()).isEqualTo(Duration.ofSeconds(1));
		this.overrides.put(override(new Action.CircuitOpen(ORDERS), 3600));
		assertThat(upstream.retryAfter()).isEqualTo(Duration.ofMinutes(1));
		this.nanos.addAndGet(Duration.ofHours(2).toNanos());
		assertThat(upstream.retryAfter()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void aForgottenServiceObeysAgainWhenItIsBack() {
		orders(this.upstreams, instance("a"), instance("b"));
		drain("a");
		orders(this.upstreams);
		this.upstreams.forget(Duration.ZERO);
		assertThat(this.upstreams.find(ORDERS)).isNull();
		assertThat(chosen(orders(this.upstreams, instance("a"), instance("b")), 100)).containsOnlyKeys("b");
	}

	@Test
	void aDrainEndsByItself() {
		Upstream upstream = orders(this.upstreams, instance("a"), instance("b"));
		drain("a");
		this.nanos.addAndGet(Duration.ofSeconds(60).toNanos());
		this.overrides.endDue();
		assertThat(chosen(upstream, 100)).containsOnlyKeys("a", "b");
	}

	@ParameterizedTest
	@EnumSource
	void anOverriddenWeightDecidesTheShare(Balancer balancer) {
		Upstream upstream = orders(upstreams(balancer), instance("a"), weighted("b", 0));
		assertThat(chosen(upstream, 100)).containsOnlyKeys("a");
		this.overrides.put(override(new Action.Weight(ORDERS, "b", 300), 60));
		Map<String, Integer> shares = chosen(upstream, 10_000);
		assertThat(shares.get("b")).isCloseTo(7_500, Offset.offset(400));
		this.overrides.put(override(new Action.Weight(ORDERS, "b", 0), 60));
		assertThat(chosen(upstream, 100)).containsOnlyKeys("a");
		assertThat(named(upstream, "b").state()).isEqualTo(new InstanceState.Weightless());
	}

	@ParameterizedTest
	@EnumSource
	void theLargestWeightsDoNotOverflow(Balancer balancer) {
		Upstream upstream = orders(upstreams(balancer), instance("a"), instance("b"), instance("c"));
		this.overrides.put(override(new Action.Weight(ORDERS, "a", Action.Weight.MAX), 60));
		this.overrides.put(override(new Action.Weight(ORDERS, "b", Action.Weight.MAX), 60));
		assertThat(chosen(upstream, 1_000)).hasEntrySatisfying("a",
				(times) -> assertThat(times).isCloseTo(500, Offset.offset(100)));
	}

	@Test
	void aCircuitIsKeptOpenWhateverTheRequestsSay() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		assertThat(upstream.tryStart()).isTrue();
		this.overrides.put(override(new Action.CircuitOpen(ORDERS), 60));
		assertThat(upstream.circuit()).isEqualTo("FORCED_OPEN");
		assertThat(upstream.tryStart()).isFalse();
		assertThat(upstream.retryAfter()).isPositive();
		upstream.end(Outcome.SUCCESS, 1);
		upstream.resetCircuit();
		assertThat(upstream.circuit()).isEqualTo("FORCED_OPEN");
		this.nanos.addAndGet(Duration.ofSeconds(60).toNanos());
		this.overrides.endDue();
		assertThat(upstream.circuit()).isEqualTo("CLOSED");
		assertThat(upstream.tryStart()).isTrue();
	}

	@Test
	void aResetClosesACircuitThatHasOpened() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.tryStart()).isTrue();
			UpstreamInstance a = named(upstream, "a");
			a.end(Outcome.SERVER_ERROR, a.start());
			upstream.end(Outcome.SERVER_ERROR, 1);
		}
		assertThat(upstream.circuit()).isEqualTo("OPEN");
		upstream.resetCircuit();
		assertThat(upstream.circuit()).isEqualTo("CLOSED");
		assertThat(upstream.tryStart()).isTrue();
	}

	private void drain(String instance) {
		this.overrides.put(override(new Action.Drain(ORDERS, instance), 60));
	}

	private OperatorOverride override(Action action, int seconds) {
		Instant now = this.overrides.now();
		return new OperatorOverride(action, Scope.LOCAL, now, now.plusSeconds(seconds), "", "");
	}

	private static Map<String, Integer> chosen(Upstream upstream, int times) {
		Map<String, Integer> chosen = new HashMap<>();
		for (int i = 0; i < times; i++) {
			UpstreamInstance instance = upstream.choose(List.of());
			assertThat(instance).isNotNull();
			if (instance != null) {
				chosen.merge(instance.instance().id(), 1, Integer::sum);
			}
		}
		return chosen;
	}

}
