package dev.holdfast.upstream;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * A service whose instances are asked as the gateway asks them, over time that is moved
 * from one event to the next.
 */
final class SimulatedService {

	private static final int MOST_ATTEMPTS = 3;

	private final Upstreams upstreams;

	private final Upstream upstream;

	private final AtomicLong time;

	private final PriorityQueue<Event> events = new PriorityQueue<>();

	private final Map<String, Behaviour> behaviours = new HashMap<>();

	private final Map<String, Integer> attempts = new HashMap<>();

	private final List<Long> answeredNanos = new ArrayList<>();

	private long number;

	private int failed;

	private int turnedAway;

	SimulatedService(Upstreams upstreams, Upstream upstream, AtomicLong time) {
		this.upstreams = upstreams;
		this.upstream = upstream;
		this.time = time;
	}

	void behave(String id, Behaviour behaviour) {
		this.behaviours.put(id, behaviour);
	}

	/**
	 * Sends requests for a while, and a sweep each second.
	 * @param perSecond how many a second
	 */
	void run(Duration duration, int perSecond) {
		long begin = this.time.get();
		for (long i = 0; i < duration.toSeconds(); i++) {
			at(begin + Duration.ofSeconds(i + 1).toNanos(), this.upstreams::sweep);
			for (int j = 0; j < perSecond; j++) {
				at(begin + Duration.ofSeconds(i).toNanos() + Duration.ofSeconds(1).toNanos() / perSecond * j,
						this::send);
			}
		}
		Event next = this.events.peek();
		while (next != null && next.at - begin <= duration.toNanos()) {
			this.events.remove();
			this.time.set(next.at);
			next.action.run();
			next = this.events.peek();
		}
	}

	/**
	 * Does something at a time.
	 */
	void at(long nanoTime, Runnable action) {
		this.events.add(new Event(nanoTime, this.number++, action));
	}

	private void send() {
		if (this.upstream.tryStart()) {
			Demand demand = (this.upstream.hashOn() != null) ? Demand.keyed(this.number) : Demand.NONE;
			attempt(new Request(this.time.get(), List.of(), demand), this.upstream.choose(List.of(), demand));
		}
		else {
			this.turnedAway++;
		}
	}

	private void attempt(Request request, @Nullable UpstreamInstance instance) {
		if (instance == null) {
			end(request, Outcome.CANCELLED);
			return;
		}
		String id = instance.instance().id();
		this.attempts.merge(id, 1, Integer::sum);
		Reply reply = this.behaviours.getOrDefault(id, Behaviour.WELL).reply();
		long mark = instance.start();
		at(this.time.get() + reply.after.toNanos(), () -> {
			instance.end(reply.outcome, mark);
			List<UpstreamInstance> tried = new ArrayList<>(request.tried);
			tried.add(instance);
			boolean again = reply.outcome != Outcome.SUCCESS && reply.outcome != Outcome.SERVER_ERROR
					&& tried.size() < MOST_ATTEMPTS;
			UpstreamInstance next = again ? this.upstream.chooseUntried(tried, request.demand) : null;
			if (next != null) {
				attempt(new Request(request.begin, tried, request.demand), next);
			}
			else {
				end(request, reply.outcome);
			}
		});
	}

	private void end(Request request, Outcome outcome) {
		long nanos = this.time.get() - request.begin;
		this.upstream.end(outcome, nanos);
		if (outcome == Outcome.SUCCESS) {
			this.answeredNanos.add(nanos);
		}
		else {
			this.failed++;
		}
	}

	int failed() {
		return this.failed;
	}

	int turnedAway() {
		return this.turnedAway;
	}

	int answered() {
		return this.answeredNanos.size();
	}

	/**
	 * Return how long the answers took that came, all but the slowest hundredth.
	 */
	Duration p99() {
		List<Long> sorted = this.answeredNanos.stream().sorted().toList();
		return Duration.ofNanos(sorted.get(sorted.size() * 99 / 100));
	}

	/**
	 * Return the attempts since this was asked last, by instance.
	 */
	Map<String, Integer> attempts() {
		Map<String, Integer> seen = Map.copyOf(this.attempts);
		this.attempts.clear();
		return seen;
	}

	/**
	 * How an instance replies.
	 */
	@FunctionalInterface
	interface Behaviour {

		Behaviour WELL = () -> new Reply(Outcome.SUCCESS, Duration.ofMillis(20));

		Reply reply();

	}

	/**
	 * What comes of an attempt.
	 *
	 * @param outcome how it ends
	 * @param after when
	 */
	record Reply(Outcome outcome, Duration after) {
	}

	private record Request(long begin, List<UpstreamInstance> tried, Demand demand) {
	}

	/**
	 * What happens at a time, which may be beyond where the clock overflows.
	 */
	private record Event(long at, long number, Runnable action) implements Comparable<Event> {

		@Override
		public int compareTo(Event other) {
			return (this.at != other.at) ? Long.signum(this.at - other.at) : Long.compare(this.number, other.number);
		}

	}

}
