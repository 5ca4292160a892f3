package dev.holdfast.upstream;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.holdfast.service.Instance;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static dev.holdfast.upstream.Registered.weighted;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * The bounds of the statistical tests lie more than six standard deviations from what is
 * expected.
 */
class ChoiceForecastTests {

	private static final int CHOICES = 20_000;

	private final AtomicLong time = new AtomicLong();

	@ParameterizedTest
	@EnumSource
	void theSharesAreThoseOfTheWeights(Balancer balancer) {
		Upstream upstream = upstream(balancer, 0, weighted("a", 60), weighted("b", 30), weighted("c", 10),
				weighted("d", 0));
		assertForecast(upstream);
		assertThat(candidate(upstream, "a").share()).isCloseTo(0.6, Offset.offset(1e-9));
		assertThat(candidate(upstream, "d")).isEqualTo(new Candidate(named(upstream, "d"), 0, 0, false, false));
	}

	@ParameterizedTest
	@EnumSource
	void whatIsEjectedHasNoShareWhileThereIsAnother(Balancer balancer) {
		Upstream upstream = upstream(balancer, 0, weighted("a", 60), weighted("b", 30), weighted("c", 10));
		fail(upstream, "a", Outcome.CONNECT_FAILURE, 1);
		assertForecast(upstream);
		assertThat(candidate(upstream, "a").eligible()).isFalse();
		assertThat(candidate(upstream, "b").share()).isCloseTo(0.75, Offset.offset(1e-9));
	}

	@ParameterizedTest
	@EnumSource
	void whatFailsButMayNotBeEjectedHasTheShareThatItGets(Balancer balancer) {
		Upstream upstream = upstream(balancer, 0, weighted("a", 20), weighted("b", 50), weighted("c", 30));
		fail(upstream, "a", Outcome.SERVER_ERROR, 5);
		fail(upstream, "b", Outcome.SERVER_ERROR, 5);
		assertThat(named(upstream, "b").state()).isInstanceOf(InstanceState.Failing.class);
		assertForecast(upstream);
	}

	@ParameterizedTest
	@EnumSource
	void whereAllAreEjectedTheyShareAsIfNoneWere(Balancer balancer) {
		Upstream upstream = upstream(balancer, 0, weighted("a", 60), weighted("b", 40));
		fail(upstream, "a", Outcome.CONNECT_FAILURE, 1);
		fail(upstream, "b", Outcome.CONNECT_FAILURE, 1);
		assertForecast(upstream);
		assertThat(candidate(upstream, "a").share()).isCloseTo(0.6, Offset.offset(1e-9));
	}

	@ParameterizedTest
	@EnumSource
	void whatIsFullHasNoShare(Balancer balancer) {
		Upstream upstream = upstream(balancer, 1, weighted("a", 60), weighted("b", 40));
		named(upstream, "a").start();
		assertThat(candidate(upstream, "a").full()).isTrue();
		assertForecast(upstream);
		named(upstream, "b").start();
		assertThat(candidates(upstream).values()).noneMatch(Candidate::eligible);
	}

	@Test
	void aForecastUsesUpNoTrial() {
		Upstream upstream = upstream(Balancer.LEAST_REQUEST, 0, weighted("a", 100), weighted("b", 0));
		fail(upstream, "a", Outcome.CONNECT_FAILURE, 1);
		this.time.addAndGet(Duration.ofSeconds(2).toNanos());
		for (int i = 0; i < 3; i++) {
			assertThat(candidate(upstream, "a").eligible()).isTrue();
		}
		assertThat(named(upstream, "a").state()).isInstanceOf(InstanceState.Returning.class);
		assertThat(named(upstream, "a").health().isOpen()).isTrue();
		assertThat(named(upstream, "a").total()).isEqualTo(1);
	}

	private void fail(Upstream upstream, String id, Outcome outcome, int times) {
		for (int i = 0; i < times; i++) {
			UpstreamInstance instance = named(upstream, id);
			instance.end(outcome, instance.start());
		}
	}

	/** Without a use of what is chosen, so that nothing changes meanwhile. */
	private static void assertForecast(Upstream upstream) {
		Map<String, Integer> counts = new HashMap<>();
		for (int i = 0; i < CHOICES; i++) {
			UpstreamInstance chosen = upstream.choose(List.of());
			if (chosen != null) {
				counts.merge(chosen.instance().id(), 1, Integer::sum);
			}
		}
		candidates(upstream).forEach((id, candidate) -> assertThat((double) counts.getOrDefault(id, 0)).as(id)
			.isCloseTo(CHOICES * candidate.share(), Offset.offset(500.0)));
	}

	private static Candidate candidate(Upstream upstream, String id) {
		return Objects.requireNonNull(candidates(upstream).get(id));
	}

	private static Map<String, Candidate> candidates(Upstream upstream) {
		return upstream.candidates()
			.stream()
			.collect(Collectors.toMap((candidate) -> candidate.instance().instance().id(), Function.identity()));
	}

	private Upstream upstream(Balancer balancer, int maxRequests, Instance... instances) {
		return orders(new Upstreams(new UpstreamSettings(balancer, EjectionSettings.DEFAULTS, maxRequests, 10),
				CircuitBreakerRegistry.ofDefaults(), this.time::get), instances);
	}

}
