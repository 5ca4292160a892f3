package dev.holdfast.upstream;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * Instances that are drawn by their weights, in turn, at random or by a hash. Drawing
 * neither locks nor allocates.
 */
final class WeightedHosts {

	/** After how many that are passed over the choice is left to a draw. */
	private static final int LONGEST_SEARCH = 32;

	private static final double UNIT = 0x1p-53;

	/** Less by so much that rounding adds no request. */
	private static final double BOUND = 1.25 - 1e-9;

	private final UpstreamInstance[] hosts;

	private final int[] weights;

	/**
	 * For each the sum of the weights up to and with its own; {@code null} where all are
	 * equal, as in most services.
	 */
	private final long @Nullable [] ends;

	private final long sum;

	private final long heaviest;

	private final boolean equal;

	private final boolean partial;

	private final AtomicLong turn;

	/**
	 * What tells each from the others, on all gateways alike; {@code null} until the
	 * first request that has a key.
	 */
	private volatile long @Nullable [] hashes;

	/**
	 * Gathers the instances that get requests.
	 * @param all any instances
	 * @param turn whose turn it is, handed on from those that there were before
	 */
	WeightedHosts(List<UpstreamInstance> all, AtomicLong turn) {
		this.turn = turn;
		this.hosts = all.stream()
			.filter((candidate) -> candidate.effectiveWeight() > 0)
			.toArray(UpstreamInstance[]::new);
		this.partial = all.stream().anyMatch((host) -> host.sharePercent() < SlowStart.WHOLE);
		this.weights = weights(this.hosts);
		long[] sums = new long[this.hosts.length];
		long end = 0;
		int largest = 0;
		int smallest = Integer.MAX_VALUE;
		for (int i = 0; i < this.hosts.length; i++) {
			largest = Math.max(largest, this.weights[i]);
			smallest = Math.min(smallest, this.weights[i]);
			end += this.weights[i];
			sums[i] = end;
		}
		this.sum = end;
		this.heaviest = largest;
		this.equal = smallest == largest;
		this.ends = this.equal ? null : sums;
	}

	/**
	 * Weights are whole numbers: a part of a small one can only be told in a finer unit.
	 * It is always that one, for what is drawn in one zone is weighed against another.
	 */
	private static int[] weights(UpstreamInstance[] hosts) {
		int[] weights = new int[hosts.length];
		for (int i = 0; i < hosts.length; i++) {
			weights[i] = hosts[i].effectiveWeight() * hosts[i].sharePercent();
		}
		return weights;
	}

	/**
	 * Whether an instance had a part of its share when they were gathered.
	 */
	boolean isPartial() {
		return this.partial;
	}

	int size() {
		return this.hosts.length;
	}

	UpstreamInstance get(int index) {
		return this.hosts[index];
	}

	int weight(int index) {
		return this.weights[index];
	}

	long sum() {
		return this.sum;
	}

	/**
	 * Draws one by weight.
	 * @return its index
	 */
	int draw() {
		return holderOf(ThreadLocalRandom.current().nextLong(this.sum));
	}

	/**
	 * Draws one by weight among the others.
	 */
	int drawOtherThan(int index) {
		long lot = ThreadLocalRandom.current().nextLong(this.sum - this.weights[index]);
		boolean behind = lot >= begin(index);
		return holderOf(behind ? lot + this.weights[index] : lot);
	}

	/** The sum of the weights before its own. */
	private long begin(int index) {
		long[] sums = this.ends;
		return (sums != null) ? sums[index] - this.weights[index] : index * this.heaviest;
	}

	private int holderOf(long lot) {
		long[] sums = this.ends;
		if (sums == null) {
			return (int) (lot / this.heaviest);
		}
		int low = 0;
		int high = sums.length - 1;
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (lot < sums[middle]) {
				high = middle;
			}
			else {
				low = middle + 1;
			}
		}
		return low;
	}

	/**
	 * Whether the second of two, with one more request, is no busier for its weight than
	 * the first without it. Equal weights give the power of two choices as published
	 * (Mitzenmacher, 2001); other weights keep their share of the traffic even when there
	 * is so little that nothing is in flight.
	 */
	boolean isNoBusier(int second, int first) {
		long firstNow = (long) this.hosts[first].active() * this.weights[second];
		long secondThen = (this.hosts[second].active() + 1L) * this.weights[first];
		return secondThen <= firstNow;
	}

	/**
	 * Goes round the instances as {@link #inTurn} says, some way: where one instance is
	 * far heavier than hundreds of others, each choice would else pass over all of them.
	 * What is drawn instead has the same shares, if not as evenly spread.
	 */
	int nextInTurn() {
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
		int index = (int) (next % this.hosts.length);
		long round = (next / this.hosts.length) % this.heaviest;
		long offset = index * (this.heaviest / 2);
		boolean chosen = (this.weights[index] * round + offset) % this.heaviest >= this.heaviest - this.weights[index];
		return chosen ? index : -1;
	}

	/**
	 * Return how far an instance is from a key: the nearest is asked, and of those that
	 * can be had the nearest when it cannot. An instance that comes or goes changes
	 * nothing for the keys that it is not nearest to, and a weight brings as large a part
	 * of the keys (weighted rendezvous hashing: Thaler and Ravishankar, 1998;
	 * Schindelhauer and Schomaker, 2005).
	 * @param key what the request is told by
	 * @param index the instance
	 */
	double distance(long key, int index) {
		double unit = ((HashKey.mix(key ^ hashes()[index]) >>> 11) + 0.5) * UNIT;
		return this.equal ? 1 - unit : -Math.log(unit) / this.weights[index];
	}

	private long[] hashes() {
		long[] known = this.hashes;
		if (known == null) {
			known = Arrays.stream(this.hosts).mapToLong((host) -> HashKey.of(host.instance().id())).toArray();
			this.hashes = known;
		}
		return known;
	}

	/**
	 * Whether an instance with one more request has at most 1.25 times its share of all
	 * that are in flight (consistent hashing with bounded loads: Mirrokni, Thorup and
	 * Zadimoghaddam, 2016).
	 * @param load how many are in flight for each unit of weight, this one included
	 */
	boolean isWithinBound(int index, double load) {
		return this.hosts[index].active() + 1 <= Math.ceil(BOUND * load * this.weights[index]);
	}

}
