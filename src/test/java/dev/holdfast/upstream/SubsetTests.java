package dev.holdfast.upstream;

import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.service.Subset;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;

import static dev.holdfast.upstream.Registered.count;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.ofVersion;
import static dev.holdfast.upstream.Registered.orders;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Requests that may go to some instances of a service only.
 */
class SubsetTests {

	private static final Demand CANARY = Demand.of(new Subset("2", Map.of()));

	private final AtomicLong time = new AtomicLong();

	private final Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults(),
			this.time::get);

	private final Upstream upstream = orders(this.upstreams, ofVersion("1", "a", Map.of("team", "blue")),
			ofVersion("1", "b", Map.of("team", "red", "disk", "ssd")), ofVersion("2", "c", Map.of("team", "red")));

	@Test
	void instancesAreChosenByVersionAndMetadata() {
		assertThat(count(this.upstream, CANARY, 100)).containsOnlyKeys("c");
		assertThat(count(this.upstream, within("", Map.of("team", "red")), 1000)).containsOnlyKeys("b", "c");
		assertThat(count(this.upstream, within("1", Map.of("team", "red", "disk", "ssd")), 100)).containsOnlyKeys("b");
		assertThat(count(this.upstream, within("", Map.of()), 1000)).containsOnlyKeys("a", "b", "c");
	}

	@Test
	void subsetWithoutAnInstanceHasNoneToWaitFor() {
		Demand nobody = within("3", Map.of());
		assertThat(this.upstream.choose(List.of(), nobody)).isNull();
		assertThat(this.upstream.takesRequests(nobody.subset())).isFalse();
		assertThat(this.upstream.takesRequests(CANARY.subset())).isTrue();
	}

	@Test
	void anotherTryStaysInTheSubset() {
		assertThat(this.upstream.chooseUntried(List.of(named(this.upstream, "c")), CANARY)).isNull();
		assertThat(this.upstream.chooseBetter(List.of(named(this.upstream, "b")), within("1", Map.of())))
			.isSameAs(named(this.upstream, "a"));
	}

	@Test
	void changesOfWhatIsRegisteredAreSeen() {
		assertThat(count(this.upstream, CANARY, 100)).containsOnlyKeys("c");
		orders(this.upstreams, ofVersion("2", "a", Map.of()), ofVersion("1", "c", Map.of()));
		assertThat(count(this.upstream, CANARY, 100)).containsOnlyKeys("a");
	}

	@Test
	void subsetWhoseOnlyInstanceFailsUsesIt() {
		assertThat(count(this.upstream, CANARY, 100)).containsOnlyKeys("c");
		named(this.upstream, "c").checkFailed("the status is 503", true);
		assertThat(count(this.upstream, CANARY, 100)).containsOnlyKeys("c");
		assertThat(count(this.upstream, Demand.NONE, 1000)).containsOnlyKeys("a", "b");
		assertThat(this.upstream.isPanicking()).isFalse();
	}

	@Test
	void candidatesOutsideOfTheSubsetHaveNoShare() {
		assertThat(this.upstream.candidates(CANARY.subset())).extracting(Candidate::share)
			.containsExactly(0.0, 0.0, 1.0);
		assertThat(this.upstream.candidates(CANARY.subset())).extracting(Candidate::eligible)
			.containsExactly(false, false, true);
	}

	private static Demand within(String version, Map<String, String> metadata) {
		return Demand.of(new Subset(version, metadata));
	}

}
