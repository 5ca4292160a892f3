package dev.holdfast.upstream;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.holdfast.service.Instance;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.upstream.Registered.count;
import static dev.holdfast.upstream.Registered.inZone;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * A gateway in zone a, and instances in it and elsewhere.
 */
class ZoneTests {

	private static final int CHOICES = 20_000;

	private final AtomicLong time = new AtomicLong();

	@ParameterizedTest
	@EnumSource
	void requestsStayInTheOwnZone(Balancer balancer) {
		Upstream upstream = upstream(balancer, "a", zones(3, 3, 3));
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("a0", "a1", "a2");
		assertForecast(upstream);
	}

	/**
	 * Of ten in each of two zones.
	 */
	@ParameterizedTest
	@CsvSource({ "10, 1", "7, 1", "6, 0.857", "5, 0.714", "1, 0.143" })
	void requestsSpillOverSmoothlyBelowSeventyPercent(int healthy, double stay) {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, "a", zones(10, 10, 0));
		for (int i = healthy; i < 10; i++) {
			named(upstream, "a" + i).checkFailed("the status is 503", true);
		}
		assertThat(upstream.isPanicking()).isFalse();
		assertThat(staying(upstream)).isCloseTo(stay, Offset.offset(0.025));
		assertForecast(upstream);
	}

	/**
	 * Clients come to all zones: what one instance of ten cannot serve for a third of
	 * them goes elsewhere.
	 */
	@Test
	void zoneWithLessThanItsShareOfTheInstancesKeepsWhatItCanServe() {
		Upstream upstream = upstream(Balancer.RANDOM, "a", zones(1, 5, 4));
		assertThat(staying(upstream)).isCloseTo(1 / (0.7 * 10 / 3), Offset.offset(0.025));
		assertForecast(upstream);
	}

	@Test
	void instanceInSlowStartElsewhereMovesNoRequestsThere() {
		UpstreamSettings usual = UpstreamSettings.DEFAULTS;
		Upstreams upstreams = new Upstreams(new UpstreamSettings(Balancer.LEAST_REQUEST, usual.ejection(), 0, 0,
				Duration.ofSeconds(10), "a", usual.hashOn()), CircuitBreakerRegistry.ofDefaults(), this.time::get);
		orders(upstreams, zones(4, 4, 0));
		Upstream upstream = orders(upstreams, zones(4, 5, 0));
		assertThat(named(upstream, "b4").state()).isInstanceOf(InstanceState.SlowStart.class);
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("a0", "a1", "a2", "a3");
	}

	@Test
	void withoutAnInstanceInItsZoneOrAZoneOfItsOwnTheGatewayUsesAll() {
		assertThat(count(upstream(Balancer.RANDOM, "c", zones(2, 2, 0)), Demand.NONE, 1000)).hasSize(4);
		assertThat(count(upstream(Balancer.RANDOM, "", zones(2, 2, 0)), Demand.NONE, 1000)).hasSize(4);
	}

	@Test
	void whereNoneOfTheOwnZoneCanTakeOneTheOthersDo() {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, "a", zones(1, 2, 0));
		named(upstream, "a0").checkFailed("the status is 503", true);
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("b0", "b1");
		assertForecast(upstream);
	}

	@Test
	void inPanicEveryInstanceIsUsedWhereverItIs() {
		Upstream upstream = upstream(Balancer.RANDOM, "a", zones(2, 2, 0));
		for (String out : new String[] { "a0", "b0", "b1" }) {
			named(upstream, out).checkFailed("the status is 503", true);
		}
		assertThat(upstream.isPanicking()).isTrue();
		assertThat(count(upstream, Demand.NONE, 1000)).hasSize(4);
		assertForecast(upstream);
	}

	@Test
	void keyStaysWhereItIsWhileItsZoneDoes() {
		Upstream upstream = upstream(Balancer.HASH, "a", zones(1, 5, 4));
		for (int key = 0; key < 100; key++) {
			assertThat(count(upstream, Demand.keyed(key), 20)).hasSize(1);
		}
	}

	private static double staying(Upstream upstream) {
		return count(upstream, Demand.NONE, CHOICES).entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith("a"))
			.mapToInt(Map.Entry::getValue)
			.sum() / (double) CHOICES;
	}

	private static void assertForecast(Upstream upstream) {
		Map<String, Integer> counts = count(upstream, Demand.NONE, CHOICES);
		assertThat(upstream.candidates()).allSatisfy((candidate) -> assertThat(
				(double) counts.getOrDefault(candidate.instance().instance().id(), 0) / CHOICES)
			.isCloseTo(candidate.share(), Offset.offset(0.025)));
	}

	private static Instance[] zones(int a, int b, int c) {
		return Stream.of(zone("a", a), zone("b", b), zone("c", c)).flatMap((zone) -> zone).toArray(Instance[]::new);
	}

	private static Stream<Instance> zone(String name, int instances) {
		return Stream.iterate(0, (i) -> i + 1).limit(instances).map((i) -> inZone(name, name + i));
	}

	private Upstream upstream(Balancer balancer, String zone, Instance... instances) {
		UpstreamSettings usual = UpstreamSettings.DEFAULTS;
		return orders(new Upstreams(
				new UpstreamSettings(balancer, usual.ejection(), 0, 0, usual.slowStart(), zone, usual.hashOn()),
				CircuitBreakerRegistry.ofDefaults(), this.time::get), instances);
	}

}
