package dev.holdfast.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import dev.holdfast.service.Instance;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.upstream.Registered.instance;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.weighted;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The bounds of the statistical tests lie more than six standard deviations from what is
 * expected.
 */
class UpstreamChoiceTests {

	private static final int CHOICES = 20_000;

	private final AtomicLong time = new AtomicLong();

	@ParameterizedTest
	@EnumSource
	void chooseGivesNothingWhenNoInstanceHasAWeight(Balancer balancer) {
		assertThat(upstream(balancer).choose(List.of())).isNull();
		Upstream drained = upstream(balancer, weighted("a", 0));
		assertThat(drained.choose(List.of())).isNull();
		assertThat(drained.takesRequests()).isFalse();
	}

	@ParameterizedTest
	@EnumSource
	void idleInstancesGetRequestsInProportionToTheirWeights(Balancer balancer) {
		Upstream upstream = upstream(balancer, weighted("a", 60), weighted("b", 30), weighted("c", 10),
				weighted("d", 0));
		Map<String, Integer> counts = count(upstream, CHOICES);
		assertThat(counts).doesNotContainKey("d");
		assertThat(counts.get("a")).isCloseTo(CHOICES * 60 / 100, Offset.offset(500));
		assertThat(counts.get("b")).isCloseTo(CHOICES * 30 / 100, Offset.offset(500));
		assertThat(counts.get("c")).isCloseTo(CHOICES * 10 / 100, Offset.offset(500));
	}

	@ParameterizedTest
	@EnumSource
	void chooseAvoidsInstancesThatWereTried(Balancer balancer) {
		Upstream upstream = upstream(balancer, instance("a"), instance("b"), instance("c"));
		List<UpstreamInstance> tried = List.of(named(upstream, "a"), named(upstream, "c"));
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.choose(tried)).isSameAs(named(upstream, "b"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void chooseAvoidsEjectedInstances(Balancer balancer) {
		Upstream upstream = upstream(balancer, instance("a"), instance("b"), instance("c"), instance("d"));
		refuse(named(upstream, "a"));
		refuse(named(upstream, "b"));
		Map<String, Integer> counts = count(upstream, CHOICES);
		assertThat(counts).containsOnlyKeys("c", "d");
		assertThat(counts.get("c")).isCloseTo(CHOICES / 2, Offset.offset(500));
	}

	@ParameterizedTest
	@EnumSource
	void chooseLeavesInstancesAloneThatHaveAllTheRequestsTheyGet(Balancer balancer) {
		Upstream upstream = upstream(balancer, instance("a"), instance("b"));
		UpstreamInstance a = named(upstream, "a");
		fill(a);
		assertThat(upstream.takesRequests()).isTrue();
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.choose(List.of())).isSameAs(named(upstream, "b"));
		}
		fill(named(upstream, "b"));
		assertThat(upstream.choose(List.of())).isNull();
		a.end(Outcome.SUCCESS, 0);
		assertThat(upstream.takesRequests()).as("made room before it was asked").isTrue();
		assertThat(upstream.choose(List.of())).isSameAs(a);
	}

	@ParameterizedTest
	@EnumSource
	void chooseUsesAllWhenAllAreEjected(Balancer balancer) {
		Upstream upstream = upstream(balancer, instance("a"), instance("b"), instance("c"));
		upstream.instances().forEach(UpstreamChoiceTests::refuse);
		assertThat(count(upstream, 1000)).containsOnlyKeys("a", "b", "c");
	}

	@ParameterizedTest
	@EnumSource
	void choosePrefersAnEjectedInstanceToOneThatWasTried(Balancer balancer) {
		Upstream upstream = upstream(balancer, instance("a"), instance("b"));
		refuse(named(upstream, "b"));
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.choose(List.of(named(upstream, "a")))).isSameAs(named(upstream, "b"));
		}
	}

	@ParameterizedTest
	@EnumSource
	void chooseWhenAllInstancesWereTriedReturnsOneThatDoesNotRefuseConnections(Balancer balancer) {
		Upstream upstream = upstream(balancer, instance("a"), instance("b"), instance("c"));
		refuse(named(upstream, "a"));
		refuse(named(upstream, "b"));
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.choose(upstream.instances())).isSameAs(named(upstream, "c"));
		}
		refuse(named(upstream, "c"));
		assertThat(upstream.choose(upstream.instances())).isNull();
	}

	@Test
	void leastRequestOfTwoAlwaysTakesTheLessBusy() {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, instance("a"), instance("b"));
		named(upstream, "a").start();
		assertThat(count(upstream, 1000)).containsOnlyKeys("b");
	}

	@Test
	void leastRequestGivesABusyInstanceNothingWhileTheOthersAreIdle() {
		Instance[] instances = IntStream.range(0, 10).mapToObj((i) -> instance("i" + i)).toArray(Instance[]::new);
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, instances);
		IntStream.range(0, 5).forEach((i) -> named(upstream, "i3").start());
		Map<String, Integer> counts = count(upstream, CHOICES);
		assertThat(counts).hasSize(9).doesNotContainKey("i3");
		assertThat(counts.values()).allSatisfy((count) -> assertThat(count).isBetween(1900, 2550));
	}

	@Test
	void leastRequestKeepsTheLoadOfEqualInstancesLevel() {
		Instance[] instances = IntStream.range(0, 10).mapToObj((i) -> instance("i" + i)).toArray(Instance[]::new);
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, instances);
		start(upstream, 1000);
		assertThat(upstream.instances()).extracting(UpstreamInstance::active)
			.allSatisfy((active) -> assertThat(active).isBetween(95, 105));
	}

	@Test
	void leastRequestFillsInstancesInProportionToTheirWeights() {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, weighted("a", 100), weighted("b", 50), weighted("c", 1));
		start(upstream, 1510);
		assertThat(named(upstream, "a").active()).isBetween(980, 1020);
		assertThat(named(upstream, "b").active()).isBetween(480, 520);
		assertThat(named(upstream, "c").active()).isBetween(3, 20);
	}

	@Test
	void roundRobinTakesEqualInstancesStrictlyInTurn() {
		Upstream upstream = upstream(Balancer.ROUND_ROBIN, instance("a"), instance("b"), instance("c"));
		List<UpstreamInstance> order = choices(upstream, 300);
		for (int i = 3; i < order.size(); i++) {
			assertThat(order.get(i)).isSameAs(order.get(i - 3)).isNotSameAs(order.get(i - 1));
		}
	}

	@Test
	void roundRobinGivesEachExactlyItsWeightInEveryFullRun() {
		Upstream upstream = upstream(Balancer.ROUND_ROBIN, weighted("a", 5), weighted("b", 3), weighted("c", 1));
		Map<String, Integer> counts = count(upstream, 9 * 20);
		assertThat(counts.get("a")).isEqualTo(100);
		assertThat(counts.get("b")).isEqualTo(60);
		assertThat(counts.get("c")).isEqualTo(20);
	}

	@Test
	void roundRobinSpreadsTheChoicesOfAHeavyInstance() {
		Upstream upstream = upstream(Balancer.ROUND_ROBIN, weighted("a", 50), weighted("b", 25), weighted("c", 25));
		List<UpstreamInstance> order = choices(upstream, 400);
		for (int i = 4; i < order.size(); i++) {
			assertThat(order.subList(i - 4, i)).as("choices %d to %d", i - 4, i).contains(named(upstream, "a"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "9900, 10000", "3300, 5000", "60000, 17167" })
	void roundRobinKeepsTheShareOfOneThatIsFarHeavierThanManyOthers(int weight, int expected) {
		Instance[] instances = new Instance[100];
		for (int i = 0; i < 99; i++) {
			instances[i] = weighted("light-%02d".formatted(i), 100);
		}
		instances[99] = weighted("x-heavy", weight);
		Map<String, Integer> counts = count(upstream(Balancer.ROUND_ROBIN, instances), 20_000);
		assertThat(counts.get("x-heavy")).isCloseTo(expected, Offset.offset(500));
		counts.remove("x-heavy");
		int light = (20_000 - expected) / 99;
		assertThat(counts.values()).allSatisfy((count) -> assertThat(count).isCloseTo(light, Offset.offset(70)));
	}

	private static void start(Upstream upstream, int requests) {
		for (int i = 0; i < requests; i++) {
			choices(upstream, 1).getFirst().start();
		}
	}

	private static Map<String, Integer> count(Upstream upstream, int choices) {
		Map<String, Integer> counts = new HashMap<>();
		choices(upstream, choices).forEach((chosen) -> counts.merge(chosen.instance().id(), 1, Integer::sum));
		return counts;
	}

	private static List<UpstreamInstance> choices(Upstream upstream, int count) {
		List<UpstreamInstance> choices = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			UpstreamInstance chosen = upstream.choose(List.of());
			if (chosen == null) {
				throw new AssertionError("nothing chosen from " + upstream.instances());
			}
			choices.add(chosen);
		}
		return choices;
	}

	private static void fill(UpstreamInstance instance) {
		for (int i = 0; i < UpstreamSettings.DEFAULTS.maxRequests(); i++) {
			instance.start();
		}
	}

	private static void refuse(UpstreamInstance instance) {
		instance.end(Outcome.CONNECT_FAILURE, instance.start());
	}

	private Upstream upstream(Balancer balancer, Instance... instances) {
		UpstreamSettings defaults = UpstreamSettings.DEFAULTS;
		UpstreamSettings settings = new UpstreamSettings(balancer, defaults.ejection(), defaults.maxRequests(),
				defaults.maxQueued());
		return Registered.orders(new Upstreams(settings, CircuitBreakerRegistry.ofDefaults(), this.time::get),
				instances);
	}

}
