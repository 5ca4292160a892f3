package dev.holdfast.upstream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

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
		Circuit circuit = new Circuit("orders", patient, () -> true, this.time::get);
		for (Outcome outcome : Outcome.values()) {
			assertThat(circuit.tryAcquire()).isTrue();
			circuit.release(outcome, 1_000_000);
		}
		assertThat(told).extracting(Throwable::getMessage)
			.containsExactly("The request ended as SERVER_ERROR", "The request ended as CONNECT_FAILURE",
					"The request ended as BROKEN", "The request ended as TIMEOUT");
		assertThat(told).allSatisfy((failure) -> assertThat(failure.getStackTrace()).isEmpty());
	}

	private void request(Outcome outcome, int times) {
		for (int i = 0; i < times; i++) {
			assertThat(this.upstream.tryStart()).isTrue();
			UpstreamInstance instance = this.upstream.instances().getFirst();
			instance.end(outcome, instance.start());
			this.upstream.end(outcome, 1_000_000);
		}
	}

}
