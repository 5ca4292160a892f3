package dev.holdfast.upstream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

class CircuitTests {

	private final AtomicLong time = new AtomicLong();

	private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
		.slidingWindowSize(4)
		.minimumNumberOfCalls(4)
		.permittedNumberOfCallsInHalfOpenState(1)
		.waitDurationInOpenState(Duration.ofSeconds(60))
		.build());

	private final Upstream upstream = Registered
		.orders(new Upstreams(UpstreamSettings.DEFAULTS, this.breakers, this.time::get), Registered.instance("a"));

	@ParameterizedTest
	@EnumSource(names = { "SERVER_ERROR", "CONNECT_FAILURE", "BROKEN", "TIMEOUT" })
	void failuresOfTheBackendOpenTheBreaker(Outcome failure) {
		request(failure, 4);
		assertThat(this.upstream.circuit()).isEqualTo("OPEN");
		assertThat(this.upstream.tryStart()).isFalse();
	}

	@ParameterizedTest
	@EnumSource(names = { "SUCCESS", "CANCELLED" })
	void whatTheBackendIsNotToBlameForKeepsTheBreakerClosed(Outcome outcome) {
		request(outcome, 100);
		assertThat(this.upstream.circuit()).isEqualTo("CLOSED");
		assertThat(this.upstream.tryStart()).isTrue();
	}

	@Test
	void cancelledRequestGivesItsPermissionBack() {
		request(Outcome.SUCCESS, 1);
		this.breakers.circuitBreaker("orders").transitionToOpenState();
		this.breakers.circuitBreaker("orders").transitionToHalfOpenState();
		assertThat(this.upstream.tryStart()).isTrue();
		assertThat(this.upstream.tryStart()).isFalse();
		this.upstream.end(Outcome.CANCELLED, 1);
		assertThat(this.upstream.tryStart()).isTrue();
	}

	@ParameterizedTest
	@EnumSource(names = { "CANCELLED", "SERVER_ERROR" })
	void requestThatBeganBeforeTheCircuitOpenedHasNoPermissionToGiveBack(Outcome outcome) {
		AtomicBoolean failing = new AtomicBoolean(true);
		Circuit circuit = new Circuit("orders", this.breakers, failing::get, this.time::get, InstantSource.system());
		for (int i = 0; i < 504; i++) {
			assertThat(circuit.tryAcquire()).isTrue();
		}
		this.time.set(1_000);
		for (int i = 0; i < 4; i++) {
			circuit.release(Outcome.SERVER_ERROR, 1_000);
		}
		assertThat(circuit.tryAcquire()).isFalse();
		failing.set(false);
		this.time.set(2_000);
		this.breakers.circuitBreaker("orders").transitionToHalfOpenState();
		for (int i = 0; i < 500; i++) {
			circuit.release(outcome, 2_000);
		}
		assertThat(circuit.tryAcquire()).isTrue();
		assertThat(circuit.tryAcquire()).isFalse();
		circuit.release(outcome, 0);
		assertThat(circuit.tryAcquire()).as("after one of its own was given back").isTrue();
	}

	@Test
	void slowSuccessesOpenTheBreakerOfAServiceThatIsHealthy() {
		CircuitBreakerRegistry strict = CircuitBreakerRegistry
			.of(CircuitBreakerConfig.from(this.breakers.getDefaultConfig())
				.slowCallRateThreshold(50)
				.slowCallDurationThreshold(Duration.ofSeconds(1))
				.build());
		Circuit circuit = new Circuit("orders", strict, () -> false, this.time::get, InstantSource.system());
		for (int i = 0; i < 4; i++) {
			assertThat(circuit.tryAcquire()).isTrue();
			circuit.release(Outcome.SUCCESS, Duration.ofSeconds(i).toNanos());
		}
		assertThat(circuit.state()).isEqualTo(CircuitBreaker.State.OPEN);
		assertThat(circuit.tryAcquire()).isFalse();
	}

	@Test
	void retryAfterIsTheRestOfTheWaitInWholeSecondsAndAtLeastOne() {
		request(Outcome.BROKEN, 4);
		assertThat(this.upstream.retryAfter()).isEqualTo(Duration.ofSeconds(60));
		this.time.addAndGet(Duration.ofMillis(20_100).toNanos());
		assertThat(this.upstream.retryAfter()).isEqualTo(Duration.ofSeconds(40));
		this.time.addAndGet(Duration.ofSeconds(60).toNanos());
		assertThat(this.upstream.retryAfter()).isEqualTo(Duration.ofSeconds(1));
	}

	@Test
	void retryAfterCountsFromTheNewestOpening() {
		request(Outcome.BROKEN, 4);
		this.time.addAndGet(Duration.ofSeconds(61).toNanos());
		this.breakers.circuitBreaker("orders").transitionToHalfOpenState();
		request(Outcome.BROKEN, 1);
		assertThat(this.upstream.circuit()).isEqualTo("OPEN");
		assertThat(this.upstream.retryAfter()).isEqualTo(Duration.ofSeconds(60));
	}

	@Test
	void breakerThatAnOperatorOpenedSaysTheWholeWait() {
		request(Outcome.SUCCESS, 1);
		this.breakers.circuitBreaker("orders").transitionToOpenState();
		assertThat(this.upstream.retryAfter()).isEqualTo(Duration.ofSeconds(60));
	}

	@Test
	void failuresAreToldApartAndCarryNoStack() {
		List<Throwable> told = new ArrayList<>();
		CircuitBreakerRegistry patient = CircuitBreakerRegistry.ofDefaults();
		patient.circuitBreaker("orders").getEventPublisher().onError((event) -> told.add(event.getThrowable()));
		Circuit circuit = new Circuit("orders", patient, () -> true, this.time::get, InstantSource.system());
		for (Outcome outcome : Outcome.values()) {
			assertThat(circuit.tryAcquire()).isTrue();
			circuit.release(outcome, 1_000_000);
		}
		assertThat(told).extracting(Throwable::getMessage)
			.containsExactly("The request ended as SERVER_ERROR", "The request ended as CONNECT_FAILURE",
					"The request ended as BROKEN", "The request ended as TIMEOUT");
		assertThat(told).allSatisfy((failure) -> assertThat(failure.getStackTrace()).isEmpty());
	}

	@Test
	void failuresOfASickInstanceAreNotCountedWhileHalfOfTheServiceIsHealthy() {
		Upstream two = Registered.orders(new Upstreams(UpstreamSettings.DEFAULTS, this.breakers, this.time::get),
				Registered.instance("a"), Registered.instance("b"));
		for (int i = 0; i < 20; i++) {
			request(two, "a", Outcome.SERVER_ERROR);
		}
		assertThat(this.breakers.circuitBreaker("orders").getMetrics().getNumberOfBufferedCalls()).isZero();
		for (int i = 0; i < 4; i++) {
			request(two, "b", Outcome.SERVER_ERROR);
		}
		assertThat(two.isPanicking()).isFalse();
		assertThat(this.breakers.circuitBreaker("orders").getMetrics().getNumberOfBufferedCalls())
			.as("before all instances are used")
			.isZero();
		for (int i = 0; i < 4; i++) {
			request(two, "b", Outcome.SERVER_ERROR);
			assertThat(two.isPanicking()).isTrue();
		}
		assertThat(two.circuit()).isEqualTo("OPEN");
	}

	/**
	 * Of each instance's requests three of five fail, never five in a row: both stay
	 * healthy.
	 */
	@Test
	void badRouteOfAServiceWhoseInstancesAreHealthyDoesNotOpenTheCircuit() {
		Upstream two = Registered.orders(new Upstreams(UpstreamSettings.DEFAULTS, this.breakers, this.time::get),
				Registered.instance("a"), Registered.instance("b"));
		for (int i = 0; i < 100; i++) {
			Outcome outcome = (i % 5 < 3) ? Outcome.SERVER_ERROR : Outcome.SUCCESS;
			request(two, "a", outcome);
			request(two, "b", outcome);
			assertThat(two.circuit()).isEqualTo("CLOSED");
		}
	}

	/**
	 * Instances are only compared with each other, and none of them is worse.
	 */
	@Test
	void withoutEjectionForFailuresInARowTheCircuitOpensWhenMostFail() {
		EjectionSettings usual = EjectionSettings.DEFAULTS;
		EjectionSettings compared = new EjectionSettings(usual.refusalTime(), usual.maxRefusalTime(), 0, usual.time(),
				usual.maxTime(), usual.maxEjected(), usual.outliers());
		Upstream two = Registered.orders(new Upstreams(new UpstreamSettings(Balancer.LEAST_REQUEST, compared, 0, 0),
				this.breakers, this.time::get), Registered.instance("a"), Registered.instance("b"));
		for (int i = 0; i < 2; i++) {
			request(two, "a", Outcome.SERVER_ERROR);
			request(two, "b", Outcome.SERVER_ERROR);
		}
		request(two, "a", Outcome.SERVER_ERROR);
		assertThat(two.circuit()).isEqualTo("OPEN");
	}

	@Test
	void failureThatIsNotCountedGivesItsPermissionBack() {
		Upstream two = Registered.orders(new Upstreams(UpstreamSettings.DEFAULTS, this.breakers, this.time::get),
				Registered.instance("a"), Registered.instance("b"));
		this.breakers.circuitBreaker("orders").transitionToOpenState();
		this.breakers.circuitBreaker("orders").transitionToHalfOpenState();
		request(two, "a", Outcome.SERVER_ERROR);
		assertThat(two.circuit()).isEqualTo("HALF_OPEN");
		request(two, "b", Outcome.SUCCESS);
		assertThat(two.circuit()).isEqualTo("CLOSED");
	}

	/**
	 * The breaker looks at its window at the end of each request, a success included.
	 */
	@Test
	void successThatCompletesAWindowOfFailuresDoesNotOpenTheBreakerOfAServiceThatIsHealthyAgain() {
		request(Outcome.SERVER_ERROR, 3);
		request(Outcome.SUCCESS, 1);
		assertThat(this.upstream.circuit()).isEqualTo("CLOSED");
		assertThat(this.upstream.tryStart()).isTrue();
	}

	@Test
	void openingAndClosingAreToldOnceEachWithTheCounts(CapturedLog output) {
		request(Outcome.SERVER_ERROR, 4);
		for (int i = 0; i < 7; i++) {
			assertThat(this.upstream.tryStart()).isFalse();
		}
		this.time.addAndGet(Duration.ofSeconds(60).toNanos());
		this.breakers.circuitBreaker("orders").transitionToHalfOpenState();
		request(Outcome.SERVER_ERROR, 1);
		this.time.addAndGet(Duration.ofSeconds(60).toNanos());
		this.breakers.circuitBreaker("orders").transitionToHalfOpenState();
		request(Outcome.SUCCESS, 10);
		assertThat(output)
			.containsOnlyOnce("The circuit of orders opens: of its last 4 requests 4 failed and 0 were slow; its "
					+ "requests are answered 503 for 60 s, then 1 are let through, until they succeed")
			.containsOnlyOnce("The circuit of orders closes after 120 s; 7 requests were answered 503 meanwhile");
		assertThat(output.toString().lines().filter((line) -> line.contains("The circuit of"))).hasSize(2);
	}

	private static void request(Upstream upstream, String instance, Outcome outcome) {
		assertThat(upstream.tryStart()).isTrue();
		UpstreamInstance named = Registered.named(upstream, instance);
		named.end(outcome, named.start());
		upstream.end(outcome, 1_000_000);
	}

	private void request(Outcome outcome, int times) {
		for (int i = 0; i < times; i++) {
			request(this.upstream, "a", outcome);
		}
	}

}
