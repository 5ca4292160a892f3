package dev.holdfast.registry.etcd;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many records a page of a list has. It halves when a page was too large, be it for
 * gRPC, for something between or for the time that a call has, and doubles after each
 * list that came through. Outlives connections: the first page of the next one may be the
 * one that is too large. Safe on any thread.
 */
final class PageSize {

	private final int largest;

	private final AtomicInteger current;

	PageSize(int largest) {
		this.largest = largest;
		this.current = new AtomicInteger(largest);
	}

	int current() {
		return this.current.get();
	}

	/**
	 * Halves the pages.
	 * @param tooLarge how many records the page had
	 * @return whether there is a smaller page to try
	 */
	boolean shrink(int tooLarge) {
		this.current.updateAndGet((size) -> Math.min(size, Math.max(1, tooLarge / 2)));
		return tooLarge > 1;
	}

	/**
	 * Doubles the pages, up to where they began.
	 */
	void grow() {
		this.current.updateAndGet((size) -> Math.min(this.largest, size * 2));
	}

}
