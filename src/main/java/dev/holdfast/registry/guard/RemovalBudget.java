package dev.holdfast.registry.guard;

import java.util.ArrayDeque;
import java.util.Deque;

import dev.holdfast.registry.RemovalGuardSettings;

/**
 * How many of one service's instances went lately on no other evidence than the
 * registry's word.
 */
final class RemovalBudget {

	private final RemovalGuardSettings settings;

	private final Deque<Long> spent = new ArrayDeque<>();

	RemovalBudget(RemovalGuardSettings settings) {
		this.settings = settings;
	}

	/**
	 * Spends one removal if the budget has one left.
	 * @param instances how many instances the service has, the one in question included
	 * @param now the time, nanoseconds
	 * @return whether there was one left
	 */
	boolean trySpend(int instances, long now) {
		long windowStart = now - this.settings.window().toNanos();
		while (!this.spent.isEmpty() && this.spent.getFirst() - windowStart <= 0) {
			this.spent.removeFirst();
		}
		int before = instances + this.spent.size();
		int allowed = Math.max(1, (int) (before * this.settings.maxRemoved()));
		if (this.spent.size() >= allowed) {
			return false;
		}
		this.spent.addLast(now);
		return true;
	}

}
