package dev.holdfast.proxy;

import org.jspecify.annotations.Nullable;

/**
 * The exchanges of one event loop that wait for an answer, the one longest without
 * progress first. A sweep from the front costs what has timed out, and a request costs
 * two pointer swaps instead of a timer.
 */
final class RunningExchanges {

	private final long timeoutNanos;

	private @Nullable Exchange first;

	private @Nullable Exchange last;

	RunningExchanges(long timeoutNanos) {
		this.timeoutNanos = timeoutNanos;
	}

	void add(Exchange exchange, long now) {
		exchange.progressAt = now;
		exchange.previous = this.last;
		exchange.next = null;
		if (this.last != null) {
			this.last.next = exchange;
		}
		else {
			this.first = exchange;
		}
		this.last = exchange;
		exchange.listed = true;
	}

	/**
	 * Starts an exchange's time anew. Does nothing to one that is not listed.
	 */
	void touch(Exchange exchange, long now) {
		if (exchange.listed) {
			remove(exchange);
			add(exchange, now);
		}
	}

	void remove(Exchange exchange) {
		if (!exchange.listed) {
			return;
		}
		exchange.listed = false;
		Exchange before = exchange.previous;
		Exchange after = exchange.next;
		if (before != null) {
			before.next = after;
		}
		else {
			this.first = after;
		}
		if (after != null) {
			after.previous = before;
		}
		else {
			this.last = before;
		}
		exchange.previous = null;
		exchange.next = null;
	}

	/**
	 * Ends every exchange whose time is over.
	 */
	void sweep(long now) {
		Exchange exchange = this.first;
		while (exchange != null && now - exchange.progressAt >= this.timeoutNanos) {
			remove(exchange);
			exchange.onTimeout();
			exchange = this.first;
		}
	}

}
