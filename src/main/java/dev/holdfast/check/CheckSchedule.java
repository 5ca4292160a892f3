package dev.holdfast.check;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import dev.holdfast.proxy.transport.TrafficLoop;
import org.jspecify.annotations.Nullable;

/**
 * When each instance is checked: one after the other, spread over the interval from the
 * first check on, and never more at once than the gateway and what it checks can bear.
 * Where that is not enough for all of them, each waits longer for its next check. Touched
 * by the checks' event loop alone.
 */
final class CheckSchedule {

	/** How many checks run at once. */
	static final int MOST_RUNNING = 1000;

	/** How many begin within one {@link #STEP}: two thousand in a second. */
	static final int MOST_BEGUN = 40;

	static final long STEP = TimeUnit.MILLISECONDS.toNanos(20);

	private static final double EARLIEST = 0.8;

	private static final double LATEST = 1.2;

	private final TrafficLoop loop;

	private final RandomGenerator random;

	private final Consumer<CheckedInstance> check;

	private final PriorityQueue<Turn> turns = new PriorityQueue<>(
			Comparator.comparingLong(Turn::at).thenComparingLong(Turn::order));

	/** What times are reckoned from, so that they can be compared. */
	private final long origin;

	private long order;

	private int running;

	private long lastStep;

	private TrafficLoop.@Nullable Timer next;

	private long nextAt;

	/**
	 * Create an empty schedule.
	 * @param loop the event loop
	 * @param random spreads the checks
	 * @param check begins the check of an instance; {@link #ended} follows, later
	 */
	CheckSchedule(TrafficLoop loop, RandomGenerator random, Consumer<CheckedInstance> check) {
		this.loop = loop;
		this.random = random;
		this.check = check;
		this.origin = loop.nanoTime();
		this.lastStep = -STEP;
	}

	/**
	 * Plan the first check of an instance, at any time within its interval.
	 */
	void add(CheckedInstance instance) {
		plan(instance, now() + (long) (instance.settings().interval().toNanos() * this.random.nextDouble()));
	}

	/**
	 * Have an instance checked as soon as there is room, unless it is being so.
	 */
	void hasten(CheckedInstance instance) {
		if (!instance.isRunning()) {
			plan(instance, now());
		}
	}

	/**
	 * A check has ended, or was called off.
	 */
	void ended() {
		this.running--;
		arm();
	}

	/**
	 * Plan the next check of an instance.
	 * @param begun when the one before began, on the event loop's time
	 */
	void repeat(CheckedInstance instance, long begun) {
		double share = this.random.nextDouble(EARLIEST, LATEST);
		plan(instance,
				Math.max(now(), begun - this.origin + (long) (instance.settings().interval().toNanos() * share)));
	}

	private void plan(CheckedInstance instance, long at) {
		Turn turn = new Turn(at, this.order++, instance);
		instance.turn(turn.order());
		this.turns.add(turn);
		arm();
	}

	private long now() {
		return this.loop.nanoTime() - this.origin;
	}

	private void arm() {
		Turn first = first();
		if (first == null || this.running >= MOST_RUNNING) {
			return;
		}
		long at = Math.max(first.at(), this.lastStep + STEP);
		if (this.next != null) {
			if (this.nextAt <= at) {
				return;
			}
			this.next.cancel();
		}
		this.nextAt = at;
		this.next = this.loop.after(Math.max(0, at - now()), this::step);
	}

	private @Nullable Turn first() {
		Turn first = this.turns.peek();
		while (first != null && first.isOff()) {
			this.turns.remove();
			first = this.turns.peek();
		}
		return first;
	}

	private void step() {
		this.next = null;
		long now = now();
		this.lastStep = now;
		int begun = 0;
		Turn turn = first();
		while (turn != null && turn.at() <= now && begun < MOST_BEGUN && this.running < MOST_RUNNING) {
			this.turns.remove();
			turn.instance().turn(CheckedInstance.NONE);
			begun++;
			this.running++;
			this.check.accept(turn.instance());
			turn = first();
		}
		arm();
	}

	/**
	 * End.
	 */
	void close() {
		this.turns.clear();
		if (this.next != null) {
			this.next.cancel();
		}
	}

	/**
	 * When it is an instance's turn.
	 *
	 * @param at when, nanoseconds since the schedule was made
	 * @param order tells turns apart
	 * @param instance the instance
	 */
	private record Turn(long at, long order, CheckedInstance instance) {

		boolean isOff() {
			return this.instance.turn() != this.order;
		}

	}

}
