package dev.holdfast.registry;

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
 * A mailbox in hand-moved time: waiting for a message moves the clock to what is planned
 * next, so that minutes pass in microseconds and always in the same way.
 */
final class SimulatedTime extends Clock implements Mailbox, LongSupplier {

	private final PriorityQueue<Plan> plans = new PriorityQueue<>(
			Comparator.comparingLong(Plan::at).thenComparingLong(Plan::order));

	private final Deque<Message> messages = new ArrayDeque<>();

	private long now;

	private long order;

	/** Plans something for later. */
	void after(Duration delay, Runnable action) {
		this.plans.add(new Plan(this.now + delay.toNanos(), this.order++, action));
	}

	/** Lets time pass as work does that takes long. */
	void spend(Duration duration) {
		this.now += duration.toNanos();
	}

	@Override
	public void post(Message message) {
		this.messages.add(message);
	}

	@Override
	public @Nullable Message poll(long nanos) {
		long until = this.now + Math.max(nanos, 0);
		while (this.messages.isEmpty()) {
			Plan next = this.plans.peek();
			if (next == null || next.at() > until) {
				this.now = until;
				return null;
			}
			this.plans.remove();
			this.now = next.at();
			next.action().run();
		}
		return this.messages.remove();
	}

	@Override
	public long getAsLong() {
		return this.now;
	}

	@Override
	public Instant instant() {
		return Instant.EPOCH.plusNanos(this.now);
	}

	@Override
	public ZoneId getZone() {
		return ZoneOffset.UTC;
	}

	@Override
	public Clock withZone(ZoneId zone) {
		return this;
	}

	private record Plan(long at, long order, Runnable action) {
	}

}
