package dev.holdfast.upstream;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The instances of one service between two changes, and the choice among them. Choosing
 * neither locks nor allocates.
 */
final class Pool {

	/** What there may be against an instance, and how much that weighs. */
	private static final int AVOIDED = 1;

	private static final int TRIED = 2;

	/** One that was tried already and refuses connections: no use in asking it again. */
	private static final int HOPELESS = AVOIDED + TRIED + 1;

	/** Any but such. */
	static final int ANY = AVOIDED + TRIED;

	/** One that was not tried, though perhaps one to avoid. */
	static final int UNTRIED = AVOIDED;

	/** One that there is nothing against. */
	static final int BETTER = 0;

	/** After how many that are passed over the choice is left to a draw. */
	private static final int LONGEST_SEARCH = 32;

	private final List<UpstreamInstance> all;

	private final Balancer balancer;

	private final UpstreamInstance[] routable;

	private final int[] weights;

	/** For each of the routable ones the sum of the weights up to and with its own. */
	private final long[] ends;

	private final long sum;

	private final long heaviest;

	/**
	 * Starts anywhere, since a pool that is often replaced would else favour its first.
	 */
	private final AtomicLong turn = new AtomicLong(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE));

	Pool(List<UpstreamInstance> all, Balancer balancer) {
		this.all = all;
		this.balancer = balancer;
		this.routable = all.stream()
			.filter((candidate) -> candidate.effectiveWeight() > 0)
			.toArray(UpstreamInstance[]::new);
		this.weights = new int[this.routable.length];
		this.ends = new long[this.routable.length];
		long end = 0;
		int largest = 0;
		for (int i = 0; i < this.routable.length; i++) {
			this.weights[i] = this.routable[i].effectiveWeight();
			largest = Math.max(largest, this.weights[i]);
			end += this.weights[i];
			this.ends[i] = end;
		}
		this.sum = end;
		this.heaviest = largest;
	}

	List<UpstreamInstance> all() {
		return this.all;
	}

	/**
	 * Whether there is an instance that takes requests, though it may have all that it
	 * gets at a time.
	 */
	boolean takesRequests() {
		return this.routable.length > 0;
	}

	/**
	 * Whether there are fewer instances whose last try succeeded than others.
	 */
	boolean isFailing() {
		int unblemished = 0;
		for (UpstreamInstance candidate : this.routable) {
			unblemished += candidate.health().isUnblemished() ? 1 : 0;
		}
		return 2 * unblemished < this.routable.length;
	}

	/**
	 * Whether one more instance may be ejected because it fails requests. Those that
	 * refuse connections take nothing of that share: they are no use to anybody.
	 */
	boolean mayEject(EjectionSettings settings) {
		int out = 0;
		for (UpstreamInstance candidate : this.routable) {
			out += candidate.health().isOutForFailures() ? 1 : 0;
		}
		return out < settings.mostEjected(this.routable.length);
	}

	/**
	 * Tells what a choice would come to now, and takes nothing: no trial is used up.
	 */
	List<Candidate> candidates() {
		return new ChoiceForecast(this.routable, this.weights, this.balancer).of(this.all);
	}

	/**
	 * Chooses an instance for a try.
	 * @param tried the instances that were tried already
	 * @param worst how much there may be against it: {@link #ANY}, {@link #UNTRIED} or
	 * {@link #BETTER}
	 */
	@Nullable UpstreamInstance choose(List<UpstreamInstance> tried, int worst) {
		if (this.routable.length == 0) {
			return null;
		}
		int index = switch (this.balancer) {
			case LEAST_REQUEST -> lessBusyOfTwo(tried);
			case ROUND_ROBIN -> nextInTurn();
			case RANDOM -> draw();
		};
		UpstreamInstance drawn = this.routable[index];
		boolean good = isAvailable(index, tried) && (worst != BETTER || drawn.health().isHealthy());
		return (good && drawn.health().claim()) ? drawn : leastBad(tried, worst);
	}

	private boolean isAvailable(int index, List<UpstreamInstance> tried) {
		UpstreamInstance candidate = this.routable[index];
		return candidate.health().isOpen() && !candidate.full() && (tried.isEmpty() || !tried.contains(candidate));
	}

	/**
	 * Draws two by weight and moves on from the first to the second when that, with the
	 * request, is no busier for its weight than the first without it. Equal weights give
	 * the power of two choices as published (Mitzenmacher, 2001); other weights keep
	 * their share of the traffic even when there is so little that nothing is in flight.
	 */
	private int lessBusyOfTwo(List<UpstreamInstance> tried) {
		int first = draw();
		if (this.routable.length == 1) {
			return first;
		}
		int second = drawOtherThan(first);
		if (!isAvailable(second, tried)) {
			return first;
		}
		if (!isAvailable(first, tried)) {
			return second;
		}
		long firstNow = (long) this.routable[first].active() * this.weights[second];
		long secondThen = (this.routable[second].active() + 1L) * this.weights[first];
		return (secondThen <= firstNow) ? second : first;
	}

	private int draw() {
		return holderOf(ThreadLocalRandom.current().nextLong(this.sum));
	}

	private int drawOtherThan(int index) {
		long lot = ThreadLocalRandom.current().nextLong(this.sum - this.weights[index]);
		boolean behind = lot >= this.ends[index] - this.weights[index];
		return holderOf(behind ? lot + this.weights[index] : lot);
	}

	private int holderOf(long lot) {
		int low = 0;
		int high = this.ends.length - 1;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (lot < this.ends[middle]) {
				high = middle;
			}
			else {
				low = middle + 1;
			}
		}
		return low;
	}

	/**
	 * Goes round the instances as {@link #inTurn} says, some way: where one instance is
	 * far heavier than hundreds of others, each choice would else pass over all of them.
	 * What is drawn instead has the same shares, if not as evenly spread.
	 */
	private int nextInTurn() {
		for (int passed = 0; passed < LONGEST_SEARCH; passed++) {
			int index = inTurn();
			if (index >= 0) {
				return index;
			}
		}
		return draw();
	}

	/**
	 * Goes round the instances and passes over each in so many rounds that those which
	 * are left are spread evenly and as many as its weight says: gRPC's static stride
	 * scheduler. The heaviest is never passed over.
	 * @return the next one, -1 when it is passed over
	 */
	private int inTurn() {
		long next = this.turn.getAndIncrement() & Long.MAX_VALUE;
		int index = (int) (next % this.routable.length);
		long round = (next / this.routable.length) % this.heaviest;
		long offset = index * (this.heaviest / 2);
		boolean chosen = (this.weights[index] * round + offset) % this.heaviest >= this.heaviest - this.weights[index];
		return chosen ? index : -1;
	}

	/**
	 * Draws by weight among those that there is least against. Only for the requests
	 * whose first choice fell on one to avoid: it looks at all instances.
	 * @param worst how much there may be against it
	 */
	private @Nullable UpstreamInstance leastBad(List<UpstreamInstance> tried, int worst) {
		while (true) {
			boolean panic = !anyHealthy();
			// A request that was not tried waits for a healthy instance that is full.
			int bound = (tried.isEmpty() && !panic) ? BETTER : worst;
			boolean strict = panic || worst == BETTER;
			int least = leastBadness(tried, strict);
			if (least > bound && (panic || anyHealthy())) {
				return null;
			}
			UpstreamInstance drawn = (least > bound) ? null : draw(tried, strict, least);
			if (drawn != null && ((least & AVOIDED) != 0 || drawn.health().claim())) {
				return drawn;
			}
			// Another event loop has it, or has found out more about it: draws again.
		}
	}

	private boolean anyHealthy() {
		for (UpstreamInstance candidate : this.routable) {
			if (candidate.health().isHealthy()) {
				return true;
			}
		}
		return false;
	}

	private int leastBadness(List<UpstreamInstance> tried, boolean strict) {
		int least = HOPELESS;
		for (UpstreamInstance candidate : this.routable) {
			least = Math.min(least, badness(candidate, tried, strict));
		}
		return least;
	}

	private @Nullable UpstreamInstance draw(List<UpstreamInstance> tried, boolean strict, int badness) {
		UpstreamInstance drawn = null;
		long lots = 0;
		for (int i = 0; i < this.routable.length; i++) {
			if (badness(this.routable[i], tried, strict) == badness) {
				lots += this.weights[i];
				drawn = (ThreadLocalRandom.current().nextLong(lots) < this.weights[i]) ? this.routable[i] : drawn;
			}
		}
		return drawn;
	}

	/**
	 * How much there is against an instance.
	 * @param strict whether one that is not healthy is avoided though it could be had:
	 * because a better one is asked for, or because none is healthy and all of them are
	 * equally bad
	 */
	private static int badness(UpstreamInstance candidate, List<UpstreamInstance> tried, boolean strict) {
		if (candidate.full()) {
			return HOPELESS;
		}
		boolean avoided = strict ? !candidate.health().isHealthy() : candidate.health().isAvoided();
		int badness = avoided ? AVOIDED : 0;
		if (tried.contains(candidate)) {
			badness = candidate.health().isRefusing() ? HOPELESS : badness + TRIED;
		}
		return badness;
	}

}
