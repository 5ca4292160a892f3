package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.holdfast.service.Registration.Origin;
import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static dev.holdfast.upstream.Registered.by;
import static dev.holdfast.upstream.Registered.count;
import static dev.holdfast.upstream.Registered.end;
import static dev.holdfast.upstream.Registered.instance;
import static dev.holdfast.upstream.Registered.named;
import static dev.holdfast.upstream.Registered.orders;
import static dev.holdfast.upstream.Registered.weighted;
import static org.assertj.core.api.Assertions.assertThat;

class SlowStartTests {

	private static final Duration WINDOW = Duration.ofSeconds(30);

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private static final int CHOICES = 20_000;

	private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(10).toNanos());

	private final Upstreams upstreams = upstreams(Balancer.LEAST_REQUEST, WINDOW);

	@ParameterizedTest
	@EnumSource
	void newInstanceGetsATenthOfItsShareAndTheWholeAtTheEnd(Balancer balancer) {
		Upstreams own = upstreams(balancer, WINDOW);
		Upstream upstream = orders(own, instance("a"));
		orders(own, instance("a"), instance("b"));
		assertThat(named(upstream, "b").state()).isEqualTo(new InstanceState.SlowStart(false, NOW.plus(WINDOW)));
		assertShare(upstream, "b", 0.1 / 1.1);
		forward(own, WINDOW.dividedBy(2));
		assertShare(upstream, "b", 0.5 / 1.5);
		forward(own, WINDOW.dividedBy(2));
		assertShare(upstream, "b", 0.5);
		assertThat(named(upstream, "b").state()).isEqualTo(new InstanceState.Routable());
	}

	@Test
	void smallWeightsGrowLikeLargeOnes() {
		Upstream upstream = orders(this.upstreams, weighted("a", 1));
		orders(this.upstreams, weighted("a", 1), weighted("b", 2));
		assertShare(upstream, "b", 0.2 / 1.2);
		assertThat(upstream.candidates()).extracting(Candidate::weight).containsExactly(1, 1);
		forward(this.upstreams, WINDOW);
		assertShare(upstream, "b", 2.0 / 3);
	}

	@Test
	void instancesThatTheFirstListOrTheFileOnDiskHasStartAtOnce() {
		Upstream upstream = orders(this.upstreams, by(Origin.DISK, "a"));
		orders(this.upstreams, by(Origin.DISK, "a"), by(Origin.DISK, "b"));
		orders(this.upstreams, by(Origin.LIST, "a"), by(Origin.LIST, "b"), by(Origin.LIST, "c"));
		assertThat(upstream.instances()).extracting(UpstreamInstance::state).containsOnly(new InstanceState.Routable());
		orders(this.upstreams, by(Origin.LIST, "a"), by(Origin.LIST, "b"), by(Origin.LIST, "c"), by(Origin.LIST, "d"));
		assertThat(named(upstream, "c").state()).isEqualTo(new InstanceState.Routable());
		assertThat(named(upstream, "d").state()).isInstanceOf(InstanceState.SlowStart.class);
	}

	@Test
	void instanceThatWasThereAloneStartsAtOnce() {
		assertThat(named(orders(this.upstreams, instance("a")), "a").state()).isEqualTo(new InstanceState.Routable());
	}

	@Test
	void instanceThatHasRecoveredStartsSlowlyFromTheFirstRequestOn(CapturedLog output) {
		Upstream upstream = orders(this.upstreams, instance("a"), instance("b"));
		UpstreamInstance b = named(upstream, "b");
		end(b, Outcome.SERVER_ERROR, 5);
		this.time.addAndGet(WINDOW.toNanos());
		end(b, Outcome.SUCCESS, 1);
		assertThat(b.state()).isEqualTo(new InstanceState.SlowStart(true, NOW.plus(WINDOW)));
		assertShare(upstream, "b", 0.1 / 1.1);
		assertThat(output)
			.containsOnlyOnce("b of orders at http://127.0.0.1:8080 answers again; its share grows for 30 s");
		forward(this.upstreams, WINDOW);
		assertShare(upstream, "b", 0.5);
	}

	@Test
	void instanceWhoseCheckPassesAgainStartsSlowly() {
		Upstream upstream = orders(this.upstreams, instance("a"), instance("b"));
		named(upstream, "b").checkFailed("no connection", false);
		assertThat(count(upstream, Demand.NONE, 1000)).containsOnlyKeys("a");
		named(upstream, "b").checkPassed();
		assertShare(upstream, "b", 0.1 / 1.1);
	}

	@Test
	void instancesThatStartTogetherShareAsUsual() {
		Upstream upstream = orders(this.upstreams, instance("a"));
		orders(this.upstreams, instance("b"), instance("c"), instance("d"));
		Map<String, Integer> counts = count(upstream, Demand.NONE, CHOICES);
		assertThat(counts).hasSize(3);
		assertThat(counts.values()).allSatisfy((count) -> assertThat(count).isCloseTo(CHOICES / 3, Offset.offset(500)));
	}

	/**
	 * Whichever of the readings of the clock that makes it is in between.
	 */
	@Test
	void instanceThatRecoversWhileOthersAreRegisteredStartsSlowlyAtOnce() {
		int between = 0;
		while (recoversAtReading(between + 1)) {
			between++;
		}
		assertThat(between).isGreaterThan(3);
	}

	private boolean recoversAtReading(int reading) {
		AtomicInteger left = new AtomicInteger();
		List<Runnable> recovery = new ArrayList<>();
		Upstreams own = upstreams(Balancer.LEAST_REQUEST, WINDOW, () -> {
			if (left.decrementAndGet() == 0) {
				recovery.forEach(Runnable::run);
			}
			return this.time.get();
		});
		Upstream upstream = orders(own, instance("a"));
		orders(own, instance("a"), instance("b"));
		named(upstream, "a").checkFailed("the status is 503", true);
		recovery.add(named(upstream, "a")::checkPassed);
		left.set(reading);
		orders(own, instance("a"), instance("b"), instance("c"));
		if (left.getAndSet(0) > 0) {
			return false;
		}
		assertThat(upstream.candidates())
			.allSatisfy((candidate) -> assertThat(candidate.share()).isCloseTo(1.0 / 3, Offset.offset(0.001)));
		return true;
	}

	@Test
	void withoutAWindowNothingStartsSlowly() {
		Upstreams off = upstreams(Balancer.LEAST_REQUEST, Duration.ZERO);
		Upstream upstream = orders(off, instance("a"));
		orders(off, instance("a"), instance("b"));
		assertThat(named(upstream, "b").state()).isEqualTo(new InstanceState.Routable());
		assertShare(upstream, "b", 0.5);
	}

	private static void assertShare(Upstream upstream, String id, double share) {
		assertThat((double) count(upstream, Demand.NONE, CHOICES).getOrDefault(id, 0) / CHOICES).isCloseTo(share,
				Offset.offset(0.025));
		assertThat(upstream.candidates()
			.stream()
			.filter((candidate) -> candidate.instance().equals(named(upstream, id)))
			.mapToDouble(Candidate::share)
			.sum()).isCloseTo(share, Offset.offset(0.001));
	}

	private void forward(Upstreams swept, Duration duration) {
		this.time.addAndGet(duration.toNanos());
		swept.sweep();
	}

	private Upstreams upstreams(Balancer balancer, Duration window) {
		return upstreams(balancer, window, this.time::get);
	}

	private static Upstreams upstreams(Balancer balancer, Duration window, LongSupplier nanoTime) {
		UpstreamSettings usual = UpstreamSettings.DEFAULTS;
		return new Upstreams(
				new UpstreamSettings(balancer, usual.ejection(), 0, 0, window, "", new HashOn.ClientAddress()),
				CircuitBreakerRegistry.ofDefaults(), nanoTime, InstantSource.fixed(NOW));
	}

}
