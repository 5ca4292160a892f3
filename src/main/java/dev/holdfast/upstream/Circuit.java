package dev.holdfast.upstream;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;

/**
 * One service's circuit breaker, made when the first request comes: a registry may name
 * thousands of services that nobody asks for.
 */
final class Circuit {

	private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

	private final String name;

	private final CircuitBreakerRegistry breakers;

	private final LongSupplier nanoTime;

	private volatile @Nullable CircuitBreaker breaker;

	private boolean forgotten;

	/**
	 * When the breaker was first seen open, {@code null} while it is not. Kept here
	 * because the breaker tells only listeners, and for a breaker that has one it makes
	 * an event of every request.
	 */
	private volatile @Nullable Long openedAt;

	Circuit(String name, CircuitBreakerRegistry breakers, LongSupplier nanoTime) {
		this.name = name;
		this.breakers = breakers;
		this.nanoTime = nanoTime;
	}

	boolean tryAcquire() {
		boolean permitted = breaker().tryAcquirePermission();
		if (permitted && this.openedAt != null) {
			this.openedAt = null;
		}
		return permitted;
	}

	void release(Outcome outcome, long nanos) {
		CircuitBreaker breaker = breaker();
		switch (outcome) {
			case SUCCESS -> breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
			case SERVER_ERROR, CONNECT_FAILURE, BROKEN, TIMEOUT ->
				breaker.onError(nanos, TimeUnit.NANOSECONDS, new BackendFailure(outcome));
			case CANCELLED -> breaker.releasePermission();
		}
		if (breaker.getState() == State.OPEN && this.openedAt == null) {
			this.openedAt = this.nanoTime.getAsLong();
		}
	}

	State state() {
		CircuitBreaker breaker = this.breaker;
		return (breaker != null) ? breaker.getState() : State.CLOSED;
	}

	/**
	 * Tells how long the breaker stays open, in whole seconds and at least one.
	 */
	Duration retryAfter() {
		CircuitBreaker breaker = this.breaker;
		if (breaker == null || breaker.getState() != State.OPEN) {
			return SHORTEST_WAIT;
		}
		Long since = this.openedAt;
		long wait = TimeUnit.MILLISECONDS
			.toNanos(breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(1));
		long rest = (since != null) ? wait - (this.nanoTime.getAsLong() - since) : wait;
		return Duration.ofSeconds(Math.max(SHORTEST_WAIT.toSeconds(), Math.ceilDiv(rest, TimeUnit.SECONDS.toNanos(1))));
	}

	private CircuitBreaker breaker() {
		CircuitBreaker breaker = this.breaker;
		return (breaker != null) ? breaker : create();
	}

	private synchronized CircuitBreaker create() {
		CircuitBreaker breaker = this.breaker;
		if (breaker == null) {
			// Of a forgotten service only a request asks that had found it just before.
			breaker = this.forgotten ? CircuitBreaker.of(this.name, this.breakers.getDefaultConfig())
					: this.breakers.circuitBreaker(this.name);
			this.breaker = breaker;
		}
		return breaker;
	}

	/**
	 * Takes the breaker off the registry, and its meters with it. Requests that are under
	 * way go on with it.
	 */
	synchronized void forget() {
		this.forgotten = true;
		if (this.breaker != null) {
			this.breakers.remove(this.name);
		}
	}

}
