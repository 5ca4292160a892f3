package dev.holdfast.upstream;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.holdfast.service.Instance;
import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.upstream.Registered.count;
import static dev.holdfast.upstream.Registered.end;
import static dev.holdfast.upstream.Registered.named;
import static org.assertj.core.api.Assertions.assertThat;

class PanicTests {

	private static final int CHOICES = 20_000;

	private final AtomicLong time = new AtomicLong();

	@ParameterizedTest
	@EnumSource
	void whileHalfAreHealthyTheyGetAllAndBelowThatEveryOneGetsItsShare(Balancer balancer) {
		Upstream upstream = upstream(balancer, 4);
		named(upstream, "i0").checkFailed("the status is 503", true);
		named(upstream, "i1").checkFailed("the status is 503", true);
		assertThat(upstream.isPanicking()).isFalse();
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i2", "i3");
		named(upstream, "i2").checkFailed("the status is 503", true);
		assertThat(upstream.isPanicking()).isTrue();
		Map<String, Integer> counts = count(upstream, Demand.NONE, CHOICES);
		assertThat(counts).hasSize(4);
		assertThat(counts.values()).allSatisfy((count) -> assertThat(count).isCloseTo(CHOICES / 4, Offset.offset(500)));
		assertThat(upstream.candidates()).extracting(Candidate::share).containsOnly(0.25);
		named(upstream, "i0").checkPassed();
		assertThat(upstream.isPanicking()).isFalse();
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i0", "i3");
	}

	/**
	 * To ask them would fail requests that the others can serve.
	 */
	@ParameterizedTest
	@EnumSource
	void instancesThatRefuseConnectionsAreNeitherCountedNorUsed(Balancer balancer) {
		Upstream upstream = upstream(balancer, 10);
		IntStream.range(0, 7).forEach((i) -> end(named(upstream, "i" + i), Outcome.CONNECT_FAILURE, 1));
		assertThat(upstream.isPanicking()).isFalse();
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i7", "i8", "i9");
		named(upstream, "i7").checkFailed("the status is 503", true);
		named(upstream, "i8").checkFailed("the status is 503", true);
		assertThat(upstream.isPanicking()).isTrue();
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i7", "i8", "i9");
	}

	/**
	 * Its process ends: the requests that it has break, and the next is refused.
	 */
	@ParameterizedTest
	@EnumSource
	void instancesThatBreakUnderLoadAndThenRefuseAreNotUsed(Balancer balancer) {
		Upstream upstream = upstream(balancer, 10);
		for (int i = 0; i < 6; i++) {
			end(named(upstream, "i" + i), Outcome.BROKEN, 5);
			end(named(upstream, "i" + i), Outcome.CONNECT_FAILURE, 1);
		}
		assertThat(upstream.isPanicking()).isFalse();
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i6", "i7", "i8", "i9");
	}

	@ParameterizedTest
	@EnumSource
	void instanceThatRefusedIsAskedOnceInPanicWhenItsEjectionIsOver(Balancer balancer) {
		Upstream upstream = upstream(balancer, 4);
		IntStream.range(0, 4).forEach((i) -> named(upstream, "i" + i).checkFailed("the status is 503", true));
		UpstreamInstance returning = named(upstream, "i0");
		end(returning, Outcome.CONNECT_FAILURE, 1);
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i1", "i2", "i3");
		this.time.addAndGet(UpstreamSettings.DEFAULTS.ejection().refusalTime().toNanos());
		assertThat(upstream.isPanicking()).isTrue();
		assertThat(upstream.candidates()).filteredOn(Candidate::eligible).hasSize(4);
		assertThat(count(upstream, Demand.NONE, 1000)).hasSize(4).containsEntry("i0", 1);
		end(returning, Outcome.CONNECT_FAILURE, 1);
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i1", "i2", "i3");
		this.time.addAndGet(UpstreamSettings.DEFAULTS.ejection().maxRefusalTime().toNanos());
		end(returning, Outcome.SUCCESS, 1);
		assertThat(count(upstream, Demand.NONE, 1000).get("i0")).isGreaterThan(150);
	}

	@ParameterizedTest
	@EnumSource
	void instancesThatTheirCheckCannotConnectToAreNeitherCountedNorUsed(Balancer balancer) {
		Upstream upstream = upstream(balancer, 10);
		IntStream.range(0, 6).forEach((i) -> named(upstream, "i" + i).checkFailed("no connection", false));
		assertThat(upstream.isPanicking()).isFalse();
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i6", "i7", "i8", "i9");
		IntStream.range(6, 9).forEach((i) -> named(upstream, "i" + i).checkFailed("the status is 503", true));
		assertThat(upstream.isPanicking()).isTrue();
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i6", "i7", "i8", "i9");
		named(upstream, "i5").checkFailed("the status is 503", true);
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("i5", "i6", "i7", "i8", "i9");
	}

	@ParameterizedTest
	@EnumSource
	void whereNoCheckCanConnectAllAreUsed(Balancer balancer) {
		Upstream upstream = upstream(balancer, 4);
		IntStream.range(0, 4).forEach((i) -> named(upstream, "i" + i).checkFailed("no connection", false));
		assertThat(count(upstream, Demand.NONE, 1000)).hasSize(4);
	}

	@Test
	void instanceThatIsAloneIsInNoPanic() {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, 1);
		end(named(upstream, "i0"), Outcome.SERVER_ERROR, 5);
		assertThat(named(upstream, "i0").ejected()).isTrue();
		assertThat(upstream.isPanicking()).isFalse();
		assertThat(count(upstream, Demand.NONE, 10)).containsOnlyKeys("i0");
	}

	@Test
	void instanceThatFailsAndIsRegisteredAnewCountsAsHealthy() {
		Upstreams upstreams = upstreams(Balancer.LEAST_REQUEST);
		Upstream upstream = Registered.orders(upstreams, Registered.instance("i0"), Registered.instance("i1"));
		end(named(upstream, "i0"), Outcome.SERVER_ERROR, 5);
		end(named(upstream, "i1"), Outcome.SERVER_ERROR, 5);
		assertThat(named(upstream, "i1").state()).isEqualTo(new InstanceState.Failing(5));
		assertThat(upstream.isPanicking()).isTrue();
		Registered.orders(upstreams, Registered.instance("i0"), Registered.recreated("i1", 2));
		assertThat(upstream.isPanicking()).isFalse();
	}

	@Test
	void tryThatIsMadeBecauseItMayDoBetterGoesToAHealthyOneInPanicToo() {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, 4);
		IntStream.range(0, 3).forEach((i) -> named(upstream, "i" + i).checkFailed("the status is 503", true));
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.chooseBetter(List.of(named(upstream, "i0")), Demand.NONE))
				.isSameAs(named(upstream, "i3"));
		}
		assertThat(upstream.chooseBetter(List.of(named(upstream, "i3")), Demand.NONE)).isNull();
	}

	@Test
	void circuitCountsNothingBeforeAllInstancesAreUsed() {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, 4);
		for (String out : List.of("i0", "i1")) {
			end(named(upstream, out), Outcome.SERVER_ERROR, 5);
		}
		for (int i = 0; i < 1000; i++) {
			assertThat(upstream.tryStart()).isTrue();
			UpstreamInstance healthy = named(upstream, (i % 2 == 0) ? "i2" : "i3");
			end(healthy, (i % 6 < 2) ? Outcome.SUCCESS : Outcome.SERVER_ERROR, 1);
			upstream.end((i % 6 < 2) ? Outcome.SUCCESS : Outcome.SERVER_ERROR, 1);
			assertThat(upstream.isPanicking()).isFalse();
		}
		assertThat(upstream.circuit()).isEqualTo("CLOSED");
	}

	@Test
	void panicIsToldOnceAndSoIsItsEnd(CapturedLog output) {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, 3);
		named(upstream, "i0").checkFailed("the status is 503", true);
		named(upstream, "i1").checkFailed("the status is 503", true);
		upstream.sweep();
		upstream.sweep();
		named(upstream, "i0").checkPassed();
		upstream.sweep();
		upstream.sweep();
		assertThat(output)
			.containsOnlyOnce("1 of the 3 instances of orders are healthy: all get requests until more are")
			.containsOnlyOnce("2 of the 3 instances of orders are healthy: the others are avoided again");
	}

	@Test
	void serviceWithoutInstancesIsNotInPanic() {
		assertThat(upstream(Balancer.LEAST_REQUEST, 0).isPanicking()).isFalse();
	}

	private Upstream upstream(Balancer balancer, int instances) {
		return Registered.orders(upstreams(balancer),
				IntStream.range(0, instances).mapToObj((i) -> Registered.instance("i" + i)).toArray(Instance[]::new));
	}

	private Upstreams upstreams(Balancer balancer) {
		return new Upstreams(new UpstreamSettings(balancer, UpstreamSettings.DEFAULTS.ejection(), 0, 0),
				CircuitBreakerRegistry.ofDefaults(), this.time::get);
	}

}
