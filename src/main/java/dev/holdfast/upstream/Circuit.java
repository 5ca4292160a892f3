package dev.holdfast.upstream;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreaker.State;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service's circuit breaker, made when the first request comes: a registry may name
 * thousands of services that nobody asks for. It counts failures only while the service
 * as a whole fails: a sick instance is ejected, and must not take the others along.
 */
final class Circuit {

	private static final Logger logger = LoggerFactory.getLogger(Circuit.class);

	private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);

	/** An operator may end it sooner. */
	private static final Duration LONGEST_FORCED_WAIT = Duration.ofMinutes(1);

	private final String name;

	private final CircuitBreakerRegistry breakers;

	private final BooleanSupplier failing;

	private final LongSupplier nanoTime;

	private volatile @Nullable CircuitBreaker breaker;

	private final InstantSource clock;

	private boolean forgotten;

	/**
	 * Until when an operator keeps it open, {@code null} when none does. Asked before the
	 * breaker is: a request that ends at the same moment may have that become closed.
	 */
	private volatile @Nullable Instant forcedUntil;

	/**
	 * When the breaker was first seen open, {@code null} while it is not. Kept here
	 * because the breaker tells only listeners, and for a breaker that has one it makes
	 * an event of every request.
	 */
	private volatile @Nullable Long openedAt;

	/** When the breaker was last first seen open, {@code null} before. */
	private volatile @Nullable Long lastOpenedAt;

	/** What was told of its opening, {@code null} since it was told that it is closed. */
	private final AtomicReference<@Nullable Opening> told = new AtomicReference<>();

	/**
	 * Prepares a circuit breaker.
	 * @param failing tells whether it is the service that fails, and not a few of its
	 * instances
	 * @param clock the time by which an operator's override ends
	 */
	Circuit(String name, CircuitBreakerRegistry breakers, BooleanSupplier failing, LongSupplier nanoTime,
			InstantSource clock) {
		this.name = name;
		this.breakers = breakers;
		this.failing = failing;
		this.nanoTime = nanoTime;
		this.clock = clock;
	}

	boolean tryAcquire() {
		boolean permitted = this.forcedUntil == null && breaker().tryAcquirePermission();
		if (permitted) {
			if (this.openedAt != null) {
				this.openedAt = null;
			}
			return true;
		}
		Opening opening = this.told.get();
		if (opening != null) {
			opening.turnedAway.increment();
		}
		return false;
	}

	void release(Outcome outcome, long nanos) {
		CircuitBreaker breaker = breaker();
		switch (outcome) {
			case SUCCESS -> succeed(breaker, nanos);
			case SERVER_ERROR, CONNECT_FAILURE, BROKEN, TIMEOUT -> fail(breaker, outcome, nanos);
			case CANCELLED -> givePermissionBack(breaker, nanos);
		}
		observe(breaker);
	}

	/**
	 * A success may complete a window of failures that were counted before. That requests
	 * are slow is told by successes too, and opens the breaker whoever is slow.
	 */
	private void succeed(CircuitBreaker breaker, long nanos) {
		State before = breaker.getState();
		breaker.onSuccess(nanos, TimeUnit.NANOSECONDS);
		if (before != State.OPEN && breaker.getState() == State.OPEN && !isSlow(breaker)
				&& !this.failing.getAsBoolean()) {
			breaker.transitionToClosedState();
		}
	}

	private static boolean isSlow(CircuitBreaker breaker) {
		return breaker.getMetrics().getSlowCallRate() >= breaker.getCircuitBreakerConfig().getSlowCallRateThreshold();
	}

	private void fail(CircuitBreaker breaker, Outcome outcome, long nanos) {
		if (this.failing.getAsBoolean()) {
			breaker.onError(nanos, TimeUnit.NANOSECONDS, new BackendFailure(outcome));
		}
		else {
			givePermissionBack(breaker, nanos);
		}
	}

	/**
	 * A breaker that is half open adds to its permissions whatever is given back. A
	 * request that began before it opened has none of them.
	 */
	private void givePermissionBack(CircuitBreaker breaker, long nanos) {
		Long opened = this.lastOpenedAt;
		if (opened == null || this.nanoTime.getAsLong() - nanos - opened >= 0) {
			breaker.releasePermission();
		}
	}

	/**
	 * Notices what the breaker has become, on the way of a request that ended: it changes
	 * by their ends, but for the time that it stays open.
	 */
	private void observe(CircuitBreaker breaker) {
		State state = breaker.getState();
		if (state == State.OPEN) {
			if (this.openedAt == null) {
				long now = this.nanoTime.getAsLong();
				this.openedAt = now;
				this.lastOpenedAt = now;
			}
			if (this.told.get() == null) {
				tellOpened(breaker);
			}
		}
		else if (state == State.CLOSED && this.told.get() != null) {
			tellClosed();
		}
	}

	private void tellOpened(CircuitBreaker breaker) {
		if (this.told.compareAndSet(null, new Opening(this.nanoTime.getAsLong(), new LongAdder()))) {
			CircuitBreaker.Metrics metrics = breaker.getMetrics();
			logger.warn(
					"The circuit of {} opens: of its last {} requests {} failed and {} were slow; its requests are "
							+ "answered 503 for {} s, then {} are let through, until they succeed",
					this.name, metrics.getNumberOfBufferedCalls(), metrics.getNumberOfFailedCalls(),
					metrics.getNumberOfSlowCalls(), TimeUnit.MILLISECONDS.toSeconds(waitMillis(breaker)),
					breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState());
		}
	}

	private void tellClosed() {
		Opening opening = this.told.getAndSet(null);
		if (opening != null) {
			logger.info("The circuit of {} closes after {} s; {} requests were answered 503 meanwhile", this.name,
					TimeUnit.NANOSECONDS.toSeconds(this.nanoTime.getAsLong() - opening.at), opening.turnedAway.sum());
		}
	}

	State state() {
		if (this.forcedUntil != null) {
			return State.FORCED_OPEN;
		}
		CircuitBreaker breaker = this.breaker;
		return (breaker != null) ? breaker.getState() : State.CLOSED;
	}

	/**
	 * Tells how long the breaker stays open, in whole seconds and at least one. What an
	 * operator keeps open is worth another request within a minute.
	 */
	Duration retryAfter() {
		Instant until = this.forcedUntil;
		if (until != null) {
			Duration rest = Duration.between(this.clock.instant(), until);
			return wholeSeconds((rest.compareTo(LONGEST_FORCED_WAIT) < 0) ? rest : LONGEST_FORCED_WAIT);
		}
		CircuitBreaker breaker = this.breaker;
		if (breaker == null || breaker.getState() != State.OPEN) {
			return SHORTEST_WAIT;
		}
		Long since = this.openedAt;
		long wait = TimeUnit.MILLISECONDS.toNanos(waitMillis(breaker));
		long rest = (since != null) ? wait - (this.nanoTime.getAsLong() - since) : wait;
		return wholeSeconds(Duration.ofNanos(rest));
	}

	private static Duration wholeSeconds(Duration rest) {
		return Duration.ofSeconds(
				Math.max(SHORTEST_WAIT.toSeconds(), Math.ceilDiv(rest.toMillis(), TimeUnit.SECONDS.toMillis(1))));
	}

	private static long waitMillis(CircuitBreaker breaker) {
		return breaker.getCircuitBreakerConfig().getWaitIntervalFunctionInOpenState().apply(1);
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
	 * Keeps the breaker open whatever the requests say, or lets it begin anew, closed.
	 * @param until until when it is kept open, {@code null} for no longer
	 */
	synchronized void force(@Nullable Instant until) {
		boolean before = this.forcedUntil != null;
		this.forcedUntil = until;
		if (until != null && !before) {
			// For its meters; requests are turned away before they get to it.
			breaker().transitionToForcedOpenState();
		}
		else if (until == null && before) {
			reset();
		}
	}

	/**
	 * Lets the breaker begin anew, closed, unless it is kept open.
	 */
	synchronized void reset() {
		CircuitBreaker breaker = this.breaker;
		if (breaker != null && this.forcedUntil == null) {
			breaker.reset();
			this.openedAt = null;
			observe(breaker);
		}
	}

	/**
	 * Takes the breaker off the registry, and its meters with it. Requests that are under
	 * way go on with it. One that is configured for this service stays, and begins anew:
	 * the registry knows its configuration by nothing else.
	 */
	synchronized void forget() {
		this.forgotten = true;
		CircuitBreaker breaker = this.breaker;
		if (breaker == null) {
			return;
		}
		if (breaker.getCircuitBreakerConfig().equals(this.breakers.getDefaultConfig())) {
			this.breakers.remove(this.name);
		}
		else {
			breaker.reset();
		}
	}

	/**
	 * An opening that was told.
	 *
	 * @param at when, nanoseconds
	 * @param turnedAway the requests that were not let through since
	 */
	private record Opening(long at, LongAdder turnedAway) {
	}

}
