package dev.holdfast.testing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

/**
 * Messages in hand-moved time: waiting for one moves the clocks to what is planned next,
 * so that minutes pass in microseconds and always in the same way. The wall clock begins
 * with 1970.
 *
 * @param <M> what is waited for
 */
public abstract class MovedTime<M> extends Clock implements LongSupplier {

	private final PriorityQueue<Plan> plans = new PriorityQueue<>(
			Comparator.comparingLong(Plan::at).thenComparingLong(Plan::order));

	private final Deque<M> messages = new ArrayDeque<>();

	private final long beginning;

	private long passed;

	private long order;

	/**
	 * Creates a time.
	 * @param beginning where monotonic time begins, nanoseconds; it may begin anywhere
	 */
	protected MovedTime(long beginning) {
		this.beginning = beginning;
	}

	/**
	 * Plans something for a time after the beginning.
	 * @param time how long after it
	 * @param action what is done then
	 */
	public final void at(Duration time, Runnable action) {
		this.plans.add(new Plan(time.toNanos(), this.order++, action));
	}

	/**
	 * Plans something for later.
	 * @param delay how much later than now
	 * @param action what is done then
	 */
	public final void after(Duration delay, Runnable action) {
		at(Duration.ofNanos(this.passed).plus(delay), action);
	}

	/**
	 * Lets time pass as work or a call does that takes long.
	 * @param time how much
	 */
	public final void pass(Duration time) {
		this.passed += time.toNanos();
	}

	/**
	 * Takes a message.
	 * @param message the message
	 */
	public final void post(M message) {
		this.messages.add(message);
	}

	/**
	 * Waits for a message.
	 * @param nanos for how long, nanoseconds
	 * @return the message, {@code null} when there is none within that time
	 */
	public final @Nullable M poll(long nanos) {
		long until = this.passed + Math.max(nanos, 0);
		while (this.messages.isEmpty()) {
			Plan next = this.plans.peek();
			if (next == null || next.at() > until) {
				this.passed = until;
				return null;
			}
			this.plans.remove();
			this.passed = Math.max(this.passed, next.at());
			next.action().run();
		}
		return this.messages.remove();
	}

	@Override
	public final long getAsLong() {
		return this.beginning + this.passed;
	}

	@Override
	public final Instant instant() {
		return Instant.EPOCH.plusNanos(this.passed);
	}

	@Override
	public final ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public final Clock withZone(ZoneId zone) {
		return this;
	}

	private record Plan(long at, long order, Runnable action) {
	}

}
