package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.holdfast.service.Instance;
import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.upstream.Registered.end;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Instances that fail many requests, but never five in a row.
 */
class OutlierTests {

	private static final Duration INTERVAL = OutlierSettings.DEFAULTS.interval();

	private static final Duration TIME = EjectionSettings.DEFAULTS.time();

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(15).toNanos());

	private final Upstreams upstreams = upstreams(EjectionSettings.DEFAULTS);

	@ParameterizedTest
	@ValueSource(ints = { 5, 10 })
	void instanceThatFailsHalfOfItsRequestsIsEjectedBySweep(int instances) {
		Upstream upstream = upstream(this.upstreams, instances);
		half(named(upstream, "i0"), 100);
		others(upstream, 100, 1);
		sweep(INTERVAL.minusNanos(1));
		assertThat(named(upstream, "i0").ejected()).isFalse();
		sweep(Duration.ofNanos(1));
		double mean = (instances - 0.5) / instances;
		assertThat(named(upstream, "i0").state())
			.isEqualTo(new InstanceState.Ejected(new EjectionCause.Outlier(0.5, mean), TIME, NOW.plus(TIME)));
		assertThat(upstream.instances()).filteredOn(UpstreamInstance::ejected).hasSize(1);
	}

	@Test
	void ejectionsForASuccessRateAndForFailuresInARowGrowTogether(CapturedLog output) {
		Upstream upstream = upstream(this.upstreams, 5);
		UpstreamInstance sick = named(upstream, "i0");
		half(sick, 100);
		others(upstream, 100, 1);
		sweep(INTERVAL);
		forward(TIME);
		end(sick, Outcome.SUCCESS, 1);
		assertThat(sick.state()).isEqualTo(new InstanceState.Routable());
		end(sick, Outcome.SERVER_ERROR, 5);
		assertThat(sick.state())
			.isEqualTo(new InstanceState.Ejected(new EjectionCause.Failures(5, Outcome.SERVER_ERROR),
					TIME.multipliedBy(2), NOW.plus(TIME.multipliedBy(2))));
		assertThat(output)
			.containsOnlyOnce("i0 of orders at http://127.0.0.1:8080 is ejected, for 30 s at first: 50.0 % "
					+ "of its requests succeeded, and 90.0 % of those of the instances of its service");
	}

	@Test
	void fewerThanFiveInstancesOrAHundredRequestsAreNotCompared() {
		Upstream four = upstream(this.upstreams, 4);
		half(named(four, "i0"), 100);
		others(four, 100, 1);
		sweep(INTERVAL);
		assertThat(named(four, "i0").ejected()).isFalse();
		Upstream five = upstream(this.upstreams, 5);
		half(named(five, "i0"), 98);
		others(five, 100, 1);
		sweep(INTERVAL);
		assertThat(named(five, "i0").ejected()).isFalse();
	}

	@Test
	void whatEndedBeforeTheIntervalDoesNotCount() {
		Upstream upstream = upstream(this.upstreams, 5);
		half(named(upstream, "i0"), 60);
		others(upstream, 60, 1);
		sweep(INTERVAL);
		half(named(upstream, "i0"), 60);
		others(upstream, 60, 1);
		sweep(INTERVAL);
		assertThat(named(upstream, "i0").ejected()).isFalse();
	}

	@Test
	void requestsThatClientsGaveUpAreNeitherSuccessesNorFailures() {
		Upstream upstream = upstream(this.upstreams, 5);
		end(named(upstream, "i0"), Outcome.CANCELLED, 1000);
		half(named(upstream, "i0"), 98);
		others(upstream, 100, 1);
		sweep(INTERVAL);
		assertThat(named(upstream, "i0").ejected()).isFalse();
	}

	/**
	 * One of many that fail a request now and then is always the worst, and by 1.9
	 * standard deviations more often than not.
	 */
	@Test
	void instanceThatFailsAFewMoreByChanceIsNotEjected() {
		Upstream upstream = upstream(this.upstreams, 10);
		for (int i = 0; i < 10; i++) {
			UpstreamInstance instance = named(upstream, "i" + i);
			end(instance, Outcome.SUCCESS, 196 - ((i == 0) ? 6 : 0));
			for (int failed = 0; failed < 4 + ((i == 0) ? 6 : 0); failed++) {
				end(instance, Outcome.SERVER_ERROR, 1);
				end(instance, Outcome.SUCCESS, 1);
			}
		}
		sweep(INTERVAL);
		assertThat(upstream.instances()).noneMatch(UpstreamInstance::ejected);
	}

	@Test
	void outliersAndFailuresInARowShareOneBound() {
		EjectionSettings usual = EjectionSettings.DEFAULTS;
		Upstream upstream = upstream(upstreams(new EjectionSettings(usual.refusalTime(), usual.maxRefusalTime(), 5,
				usual.time(), usual.maxTime(), 0.1, OutlierSettings.DEFAULTS)), 10);
		half(named(upstream, "i0"), 100);
		others(upstream, 100, 1);
		end(named(upstream, "i9"), Outcome.TIMEOUT, 5);
		this.time.addAndGet(INTERVAL.toNanos());
		upstream.sweep();
		assertThat(upstream.instances()).filteredOn(UpstreamInstance::ejected).containsExactly(named(upstream, "i9"));
	}

	@Test
	void zeroDeviationsCompareNone() {
		EjectionSettings usual = EjectionSettings.DEFAULTS;
		Upstream upstream = upstream(upstreams(new EjectionSettings(usual.refusalTime(), usual.maxRefusalTime(), 5,
				usual.time(), usual.maxTime(), 0.5)), 10);
		half(named(upstream, "i0"), 100);
		others(upstream, 100, 1);
		this.time.addAndGet(INTERVAL.toNanos());
		upstream.sweep();
		assertThat(upstream.instances()).noneMatch(UpstreamInstance::ejected);
	}

	@Test
	void outlierIsEjectedAlsoWhereFailuresInARowAreNotCounted() {
		EjectionSettings usual = EjectionSettings.DEFAULTS;
		Upstream upstream = upstream(upstreams(new EjectionSettings(usual.refusalTime(), usual.maxRefusalTime(), 0,
				usual.time(), usual.maxTime(), 0.5, OutlierSettings.DEFAULTS)), 5);
		UpstreamInstance sick = named(upstream, "i0");
		end(sick, Outcome.SERVER_ERROR, 100);
		others(upstream, 100, 1);
		assertThat(sick.state()).isEqualTo(new InstanceState.Routable());
		this.time.addAndGet(INTERVAL.toNanos());
		upstream.sweep();
		assertThat(sick.ejected()).isTrue();
		forward(TIME);
		end(sick, Outcome.SERVER_ERROR, 1);
		assertThat(sick.ejected()).as("its trial failed").isTrue();
	}

	private static void half(UpstreamInstance instance, int requests) {
		for (int i = 0; i < requests / 2; i++) {
			end(instance, Outcome.SERVER_ERROR, 1);
			end(instance, Outcome.SUCCESS, 1);
		}
	}

	private static void others(Upstream upstream, int requests, int from) {
		for (int i = from; i < upstream.instances().size(); i++) {
			end(named(upstream, "i" + i), Outcome.SUCCESS, requests);
		}
	}

	private void sweep(Duration after) {
		forward(after);
		this.upstreams.sweep();
	}

	private void forward(Duration duration) {
		this.time.addAndGet(duration.toNanos());
	}

	private Upstream upstream(Upstreams of, int instances) {
		return orders(of,
				IntStream.range(0, instances).mapToObj((i) -> Registered.instance("i" + i)).toArray(Instance[]::new));
	}

	private Upstreams upstreams(EjectionSettings ejection) {
		return new Upstreams(new UpstreamSettings(Balancer.LEAST_REQUEST, ejection, 0, 0),
				CircuitBreakerRegistry.ofDefaults(), this.time::get, InstantSource.fixed(NOW));
	}

}
