package dev.holdfast.upstream;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.service.ServiceName;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

import static dev.holdfast.upstream.Registered.ORDERS;
import static dev.holdfast.upstream.Registered.instance;
import static dev.holdfast.upstream.Registered.orders;
import static org.assertj.core.api.Assertions.assertThat;

class TrafficHistoryTests {

	private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

	private static final ServiceName USERS = new ServiceName("users");

	private final AtomicLong time = new AtomicLong(Duration.ofMillis(-3).toNanos());

	private boolean failing;

	private final Upstreams upstreams = new Upstreams(
			new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, 0, 10),
			CircuitBreakerRegistry.ofDefaults(), this.time::get);

	private final TrafficHistory history = new TrafficHistory(this.upstreams, this::time,
			Clock.fixed(NOW, ZoneOffset.UTC));

	TrafficHistoryTests() {
		orders(this.upstreams, instance("a"));
		Registered.register(this.upstreams, USERS, List.of(instance("u")));
		this.time.set(0);
		this.history.read();
	}

	@Test
	void requestsAreInThePointOfTheWindowInWhichTheyEndedTheNewestLast() {
		end(ORDERS, 3, Outcome.SUCCESS, 10);
		end(ORDERS, 1, Outcome.SERVER_ERROR, 10);
		end(ORDERS, 1, Outcome.CANCELLED, 10);
		step();
		end(ORDERS, 2, Outcome.SUCCESS, 200);
		step();
		TrafficSeries orders = this.history.recent().of(ORDERS);
		assertThat(orders.requests()).hasSize(60).endsWith(5, 2).startsWith(0, 0);
		assertThat(orders.errors()).hasSize(60).endsWith(1, 0);
		assertThat(orders.p95Millis()).hasSize(60).startsWith((Double) null);
		assertThat(orders.p95Millis().getLast()).isCloseTo(200, Percentage.withPercentage(1));
		assertThat(orders.totalRequests()).isEqualTo(7);
		assertThat(orders.totalErrors()).isEqualTo(1);
	}

	@Test
	void theRunningWindowIsNotShownYet() {
		end(ORDERS, 3, Outcome.SUCCESS, 10);
		this.history.read();
		assertThat(this.history.recent().services()).isEmpty();
	}

	@Test
	void theTotalIsOfAllServicesAndItsPercentileOfAllTheirRequests() {
		end(ORDERS, 95, Outcome.SUCCESS, 10);
		end(USERS, 5, Outcome.SUCCESS, 1000);
		step();
		TrafficSeries total = this.history.recent().total();
		assertThat(total.requests()).endsWith(100);
		assertThat(total.p95Millis().getLast()).isCloseTo(10, Percentage.withPercentage(1));
		end(ORDERS, 90, Outcome.SUCCESS, 10);
		end(USERS, 10, Outcome.SUCCESS, 1000);
		step();
		assertThat(this.history.recent().total().p95Millis().getLast()).isCloseTo(1000, Percentage.withPercentage(1));
	}

	@Test
	void aServiceIsRememberedForTenMinutesAfterItsLastRequestAndOnlyIfItHadOne() {
		end(ORDERS, 1, Outcome.SUCCESS, 10);
		step();
		assertThat(this.history.recent().services()).containsExactly(new TrafficHistory.Sums(ORDERS, 1, 0));
		for (int i = 0; i < 59; i++) {
			step();
		}
		assertThat(this.history.recent().of(ORDERS).requests()).startsWith(1, 0);
		step();
		assertThat(this.history.recent().services()).isEmpty();
		assertThat(this.history.recent().of(ORDERS)).isSameAs(TrafficSeries.NONE);
	}

	@Test
	void windowsThatWereNotReadAreUnknown() {
		end(ORDERS, 1, Outcome.SUCCESS, 10);
		step();
		this.time.addAndGet(Duration.ofSeconds(30).toNanos());
		end(ORDERS, 2, Outcome.SUCCESS, 10);
		step();
		TrafficHistory.Recent recent = this.history.recent();
		assertThat(recent.of(ORDERS).requests()).endsWith(1, null, null, null, 2);
		assertThat(recent.of(ORDERS).errors()).endsWith(0, null, null, null, 0);
		assertThat(recent.total().requests()).endsWith(1, null, null, null, 2);
		assertThat(recent.total().totalRequests()).isEqualTo(3);
		this.time.addAndGet(Duration.ofHours(1).toNanos());
		end(ORDERS, 4, Outcome.SUCCESS, 10);
		step();
		assertThat(this.history.recent().of(ORDERS).requests()).startsWith(null, null).endsWith(null, null, 4);
		assertThat(this.history.recent().of(ORDERS).totalRequests()).isEqualTo(4);
	}

	@Test
	void aWindowThatCannotBeReadStaysUnknownAndTheNextOneIsRead() {
		end(ORDERS, 1, Outcome.SUCCESS, 10);
		step();
		end(ORDERS, 2, Outcome.SUCCESS, 10);
		this.time.addAndGet(Duration.ofSeconds(10).toNanos());
		this.failing = true;
		this.history.readOrLog();
		this.failing = false;
		end(ORDERS, 3, Outcome.SUCCESS, 10);
		step();
		assertThat(this.history.recent().of(ORDERS).requests()).endsWith(1, null, 3);
	}

	@Test
	void allWhoAskUntilTheNextStepSeeTheSame() {
		end(ORDERS, 1, Outcome.SUCCESS, 10);
		step();
		TrafficHistory.Recent first = this.history.recent();
		assertThat(this.history.recent()).isSameAs(first);
		step();
		assertThat(this.history.recent().number()).isNotEqualTo(first.number());
	}

	@Test
	void theNewestPointEndedWhenItsWindowDid() {
		end(ORDERS, 1, Outcome.SUCCESS, 10);
		this.time.addAndGet(Duration.ofMillis(10_250).toNanos());
		this.history.read();
		assertThat(this.history.recent().asOf()).isEqualTo(NOW.minusMillis(250));
	}

	@Test
	void aServiceThatIsForgottenTakesItsPointsAlong() {
		end(ORDERS, 1, Outcome.SUCCESS, 10);
		step();
		Registered.register(this.upstreams, ORDERS, List.of());
		this.time.addAndGet(Duration.ofMinutes(1).toNanos());
		this.upstreams.forget(Duration.ofMinutes(1));
		assertThat(this.history.recent().services()).isEmpty();
	}

	private long time() {
		if (this.failing) {
			throw new IllegalStateException("no time");
		}
		return this.time.get();
	}

	private void end(ServiceName service, int requests, Outcome outcome, int millis) {
		Upstream upstream = Objects.requireNonNull(this.upstreams.find(service));
		for (int i = 0; i < requests; i++) {
			upstream.end(outcome, Duration.ofMillis(millis).toNanos());
		}
	}

	private void step() {
		this.time.addAndGet(Duration.ofSeconds(10).toNanos());
		this.history.read();
	}

}
