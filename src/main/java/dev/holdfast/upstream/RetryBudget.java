package dev.holdfast.upstream;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;

/**
 * How many requests of a service may be on a further try at a time: a share of those in
 * flight, so that a service which fails as a whole is not asked a multiple of what it
 * fails at already (Envoy's and Finagle's retry budgets).
 */
final class RetryBudget {

	/** So many may be at any rate: of few requests, a share is none. */
	private static final int FLOOR = 3;

	/** One in five. */
	private static final int REQUESTS_FOR_ONE = 5;

	private final IntSupplier inFlight;

	private final AtomicInteger active = new AtomicInteger();

	private final AtomicLong refused = new AtomicLong();

	/**
	 * Create a budget of which nothing is used.
	 * @param inFlight counts the tries in flight; asked for retries alone
	 */
	RetryBudget(IntSupplier inFlight) {
		this.inFlight = inFlight;
	}

	/**
	 * Take a part of the budget, which must then be given back by {@link #release}.
	 * @return whether there is one left
	 */
	boolean tryAcquire() {
		int now = this.active.incrementAndGet();
		if (now <= FLOOR || now <= limit()) {
			return true;
		}
		this.active.decrementAndGet();
		this.refused.incrementAndGet();
		return false;
	}

	void release() {
		this.active.decrementAndGet();
	}

	private int limit() {
		return Math.max(FLOOR, this.inFlight.getAsInt() / REQUESTS_FOR_ONE);
	}

	Retries retries() {
		return new Retries(this.active.get(), limit(), this.refused.get());
	}

}
