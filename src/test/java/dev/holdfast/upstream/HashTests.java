package dev.holdfast.upstream;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

import dev.holdfast.service.Instance;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.upstream.Registered.instance;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static dev.holdfast.upstream.Registered.weighted;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Requests with a key.
 */
class HashTests {

	private static final int KEYS = 10_000;

	@Test
	void requestsWithTheSameKeyGoToTheSameInstanceOnEveryGateway() {
		Upstream one = upstream(10);
		Upstream other = upstream(10);
		assertThat(placed(one)).isEqualTo(placed(one)).isEqualTo(placed(other));
	}

	@Test
	void instanceThatGoesTakesNoKeysOfTheOthersAlong() {
		Upstreams upstreams = upstreams();
		Upstream upstream = orders(upstreams, instances(10));
		List<String> before = placed(upstream);
		orders(upstreams, instances(9));
		List<String> after = placed(upstream);
		for (int key = 0; key < KEYS; key++) {
			if (!before.get(key).equals("i9")) {
				assertThat(after.get(key)).isEqualTo(before.get(key));
			}
		}
		assertThat(after).doesNotContain("i9");
		orders(upstreams, instances(10));
		assertThat(placed(upstream)).as("when it has come back").isEqualTo(before);
	}

	@Test
	void keysAreSpreadByTheWeights() {
		Map<String, Integer> counts = counted(
				placed(orders(upstreams(), weighted("a", 100), weighted("b", 300), weighted("c", 100))));
		assertThat(counts.get("a")).isBetween(1750, 2250);
		assertThat(counts.get("b")).isBetween(5700, 6300);
	}

	@Test
	void equalInstancesGetAsManyKeys() {
		assertThat(counted(placed(upstream(10))).values()).hasSize(10)
			.allSatisfy((count) -> assertThat(count).isBetween(850, 1150));
	}

	@Test
	void greaterWeightOnlyBringsKeysToItsInstance() {
		List<String> before = placed(orders(upstreams(), weighted("a", 100), weighted("b", 100), weighted("c", 100)));
		List<String> after = placed(orders(upstreams(), weighted("a", 100), weighted("b", 150), weighted("c", 100)));
		for (int key = 0; key < KEYS; key++) {
			assertThat(after.get(key)).isIn(before.get(key), "b");
		}
		assertThat(after).isNotEqualTo(before);
	}

	@Test
	void keysOfAnInstanceThatIsAvoidedGoToTheirNextAndComeBack() {
		Upstream upstream = upstream(10);
		List<String> before = placed(upstream);
		named(upstream, "i3").checkFailed("the status is 503", true);
		List<String> without = placed(upstream);
		assertThat(without).isEqualTo(placed(upstream)).doesNotContain("i3");
		for (int key = 0; key < KEYS; key++) {
			if (!before.get(key).equals("i3")) {
				assertThat(without.get(key)).isEqualTo(before.get(key));
			}
		}
		assertThat(counted(without).values()).allSatisfy((count) -> assertThat(count).isLessThan(1300));
		named(upstream, "i3").checkPassed();
		assertThat(placed(upstream)).isEqualTo(before);
	}

	@Test
	void anotherTryOfTheSameKeyGoesToTheSameOtherInstance() {
		Upstream upstream = upstream(10);
		UpstreamInstance first = choose(upstream, 7, List.of());
		UpstreamInstance second = choose(upstream, 7, List.of(first));
		assertThat(second).isNotSameAs(first);
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.chooseUntried(List.of(first), Demand.keyed(7))).isSameAs(second);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 2, 5, 10 })
	void noInstanceHasMoreThanAQuarterAboveItsShareThoughAllAskForTheSame(int instances) {
		Upstream upstream = upstream(instances);
		for (int requests = 1; requests <= 1000; requests++) {
			choose(upstream, 42, List.of()).start();
			int most = upstream.instances().stream().mapToInt(UpstreamInstance::active).max().orElseThrow();
			assertThat(most).isLessThanOrEqualTo((int) Math.ceil(1.25 * requests / instances));
		}
	}

	@Test
	void boundOfTheLoadIsThatOfTheInstancesThatCanBeHad() {
		Upstream upstream = upstream(10);
		for (int i = 0; i < 5; i++) {
			named(upstream, "i" + i).checkFailed("the status is 503", true);
		}
		for (int requests = 1; requests <= 1000; requests++) {
			choose(upstream, 42, List.of()).start();
			int most = upstream.instances().stream().mapToInt(UpstreamInstance::active).max().orElseThrow();
			assertThat(most).isLessThanOrEqualTo((int) Math.ceil(1.25 * requests / 5));
		}
	}

	@Test
	void requestWithoutAKeyGoesToTheLessBusyOfTwo() {
		Upstream upstream = upstream(2);
		named(upstream, "i0").start();
		for (int i = 0; i < 100; i++) {
			assertThat(upstream.choose(List.of())).isSameAs(named(upstream, "i1"));
		}
	}

	@Test
	void keysThatAreAlikeAreFarApart() {
		assertThat(IntStream.range(0, 1000).mapToLong((i) -> HashKey.of("user-" + i) >>> 54).distinct().count())
			.isGreaterThan(550);
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "clients", "client:x", "path:", "header", "header:", "header:a b", "cookie:a;b" })
	void whatIsNoKeyIsRefusedWithWhatIsExpected(String text) {
		assertThatIllegalArgumentException().isThrownBy(() -> HashOn.parse(text))
			.withMessage("hash-on: \"%s\" (expected: client, path, header:<name> or cookie:<name>)", text);
	}

	@Test
	void keyIsReadAsItIsWritten() {
		assertThat(HashOn.parse("client")).isEqualTo(new HashOn.ClientAddress());
		assertThat(HashOn.parse("path")).isEqualTo(new HashOn.Path());
		assertThat(HashOn.parse("header:X-User")).isEqualTo(new HashOn.Header("X-User"));
		assertThat(HashOn.parse("Cookie:sid")).isEqualTo(new HashOn.Cookie("sid"));
	}

	private static List<String> placed(Upstream upstream) {
		List<String> placed = new ArrayList<>(KEYS);
		for (int key = 0; key < KEYS; key++) {
			placed.add(choose(upstream, key, List.of()).instance().id());
		}
		return placed;
	}

	private static UpstreamInstance choose(Upstream upstream, long key, List<UpstreamInstance> tried) {
		return Objects.requireNonNull(upstream.choose(tried, Demand.keyed(key)));
	}

	private static Map<String, Integer> counted(List<String> placed) {
		Map<String, Integer> counts = new HashMap<>();
		placed.forEach((id) -> counts.merge(id, 1, Integer::sum));
		return counts;
	}

	private static Instance[] instances(int count) {
		return IntStream.range(0, count).mapToObj((i) -> instance("i" + i)).toArray(Instance[]::new);
	}

	private static Upstream upstream(int instances) {
		return orders(upstreams(), instances(instances));
	}

	private static Upstreams upstreams() {
		return new Upstreams(new UpstreamSettings(Balancer.HASH, EjectionSettings.DEFAULTS, 0, 0),
				CircuitBreakerRegistry.ofDefaults(), () -> 0);
	}

}
