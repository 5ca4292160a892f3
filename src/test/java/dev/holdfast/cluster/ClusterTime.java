package dev.holdfast.cluster;

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
 * An inbox in hand-moved time: waiting for a message moves the clock to what is planned
 * next.
 */
final class ClusterTime extends Clock implements ClusterInbox, LongSupplier {

	private final PriorityQueue<Plan> plans = new PriorityQueue<>(
			Comparator.comparingLong(Plan::at).thenComparingLong(Plan::order));

	private final Deque<Message> messages = new ArrayDeque<>();

	// Near its overflow, since monotonic time may begin anywhere.
	private long now = Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();

	private long passed;

	private long order;

	/** Plans something for a time after the beginning. */
	void at(Duration time, Runnable action) {
		this.plans.add(new Plan(time.toNanos(), this.order++, action));
	}

	/** A call takes its time. */
	void pass(Duration time) {
		move(time.toNanos());
	}

	private void move(long nanos) {
		this.now += nanos;
		this.passed += nanos;
	}

	@Override
	public void post(Message message) {
		this.messages.add(message);
	}

	@Override
	public @Nullable Message poll(long nanos) {
		long until = this.passed + Math.max(nanos, 0);
		while (this.messages.isEmpty()) {
			Plan next = this.plans.peek();
			if (next == null || next.at() > until) {
				move(until - this.passed);
				return null;
			}
			this.plans.remove();
			move(Math.max(0, next.at() - this.passed));
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
		return Instant.EPOCH.plusNanos(this.passed);
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
