package dev.holdfast.upstream;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

import org.jspecify.annotations.Nullable;

/**
 * Picks an instance for a try: first by a draw that looks at one or two of them, then by
 * a look at all of them for the one that there is least against. Neither locks nor
 * allocates.
 */
final class HostPicker {

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

	private final WeightedHosts hosts;

	private final Balancer balancer;

	HostPicker(WeightedHosts hosts, Balancer balancer) {
		this.hosts = hosts;
		this.balancer = balancer;
	}

	WeightedHosts hosts() {
		return this.hosts;
	}

	/**
	 * Whether a request without a key goes to the less busy of two.
	 */
	boolean drawsTwo() {
		return this.balancer == Balancer.LEAST_REQUEST || this.balancer == Balancer.HASH;
	}

	/**
	 * Draws one as the balancer says, and takes it if there is nothing against it.
	 * @param better whether only a healthy one will do
	 * @param panic whether any will do that can be expected to be reached
	 * @return an instance, or {@code null} for which all must be looked at
	 */
	@Nullable UpstreamInstance draw(Demand demand, List<UpstreamInstance> tried, boolean better, boolean panic) {
		int index = demand.keyed() ? nearest(demand.key()) : switch (this.balancer) {
			case LEAST_REQUEST, HASH -> lessBusyOfTwo(tried, panic);
			case ROUND_ROBIN -> this.hosts.nextInTurn();
			case RANDOM -> this.hosts.draw();
		};
		UpstreamInstance drawn = this.hosts.get(index);
		boolean good = isAvailable(index, tried, panic) && (!better || drawn.health().isHealthy())
				&& (!demand.keyed() || hasRoom(index, tried, better, panic));
		return (good && had(drawn.health(), panic)) ? drawn : null;
	}

	/** In panic what can be reached needs no trial. */
	private static boolean had(InstanceHealth health, boolean panic) {
		return (panic && health.isReachable()) || health.claim();
	}

	private boolean isAvailable(int index, List<UpstreamInstance> tried, boolean panic) {
		UpstreamInstance candidate = this.hosts.get(index);
		InstanceHealth health = candidate.health();
		return (panic ? health.isOpenInPanic() : health.isOpen()) && !candidate.full()
				&& (tried.isEmpty() || !tried.contains(candidate));
	}

	/**
	 * Draws two by weight and moves on from the first to the second when that is no
	 * busier.
	 */
	private int lessBusyOfTwo(List<UpstreamInstance> tried, boolean panic) {
		int first = this.hosts.draw();
		if (this.hosts.size() == 1) {
			return first;
		}
		int second = this.hosts.drawOtherThan(first);
		if (!isAvailable(second, tried, panic)) {
			return first;
		}
		if (!isAvailable(first, tried, panic)) {
			return second;
		}
		return this.hosts.isNoBusier(second, first) ? second : first;
	}

	private int nearest(long key) {
		int nearest = 0;
		double least = Double.POSITIVE_INFINITY;
		for (int i = 0; i < this.hosts.size(); i++) {
			double distance = this.hosts.distance(key, i);
			if (distance < least) {
				least = distance;
				nearest = i;
			}
		}
		return nearest;
	}

	/** One that is idle always has, and most are. */
	private boolean hasRoom(int index, List<UpstreamInstance> tried, boolean better, boolean panic) {
		return this.hosts.get(index).active() == 0
				|| this.hosts.isWithinBound(index, load(tried, better, panic, BETTER));
	}

	/**
	 * Return how many requests would be in flight for each unit of weight with one more,
	 * at the instances that there is so much against: what others have says nothing of
	 * how much these must take.
	 */
	private double load(List<UpstreamInstance> tried, boolean better, boolean panic, int badness) {
		long inFlight = 0;
		long weight = 0;
		for (int i = 0; i < this.hosts.size(); i++) {
			if (badness(this.hosts.get(i), tried, better, panic) == badness) {
				inFlight += this.hosts.get(i).active();
				weight += this.hosts.weight(i);
			}
		}
		return (inFlight + 1.0) / weight;
	}

	/**
	 * Return how much there is against the one that there is least against.
	 * @param better whether only a healthy one will do
	 */
	int leastBadness(List<UpstreamInstance> tried, boolean better, boolean panic) {
		int least = HOPELESS;
		for (int i = 0; i < this.hosts.size(); i++) {
			least = Math.min(least, badness(this.hosts.get(i), tried, better, panic));
		}
		return least;
	}

	/**
	 * Takes one that there is so much against, drawn by weight or nearest to the
	 * request's key.
	 * @return an instance, or {@code null} when another event loop has it, or has found
	 * out more about it
	 */
	@Nullable UpstreamInstance take(Demand demand, List<UpstreamInstance> tried, boolean better, boolean panic, int badness) {
		UpstreamInstance taken = demand.keyed() ? nearest(demand.key(), tried, better, panic, badness)
				: draw(tried, better, panic, badness);
		boolean had = taken != null && ((badness & AVOIDED) != 0 || had(taken.health(), panic));
		return had ? taken : null;
	}

	private @Nullable UpstreamInstance draw(List<UpstreamInstance> tried, boolean better, boolean panic, int badness) {
		UpstreamInstance drawn = null;
		long lots = 0;
		for (int i = 0; i < this.hosts.size(); i++) {
			UpstreamInstance candidate = this.hosts.get(i);
			if (badness(candidate, tried, better, panic) == badness) {
				lots += this.hosts.weight(i);
				drawn = (ThreadLocalRandom.current().nextLong(lots) < this.hosts.weight(i)) ? candidate : drawn;
			}
		}
		return drawn;
	}

	/**
	 * Takes the nearest that has room, or the nearest of all where none has.
	 */
	private @Nullable UpstreamInstance nearest(long key, List<UpstreamInstance> tried, boolean better, boolean panic,
			int badness) {
		double load = load(tried, better, panic, badness);
		UpstreamInstance nearest = null;
		double least = Double.POSITIVE_INFINITY;
		boolean room = false;
		for (int i = 0; i < this.hosts.size(); i++) {
			if (badness(this.hosts.get(i), tried, better, panic) == badness) {
				boolean fits = this.hosts.isWithinBound(i, load);
				double distance = this.hosts.distance(key, i);
				if ((fits && !room) || (fits == room && distance < least)) {
					nearest = this.hosts.get(i);
					least = distance;
					room = fits;
				}
			}
		}
		return nearest;
	}

	/**
	 * How much there is against an instance. In panic those that are not healthy are
	 * equally good, but for those that cannot be expected to be reached.
	 */
	private static int badness(UpstreamInstance candidate, List<UpstreamInstance> tried, boolean better,
			boolean panic) {
		if (candidate.full()) {
			return HOPELESS;
		}
		InstanceHealth health = candidate.health();
		int badness = isAvoided(health, better, panic) ? AVOIDED : 0;
		if (tried.contains(candidate)) {
			badness = health.isRefusing() ? HOPELESS : badness + TRIED;
		}
		return badness;
	}

	private static boolean isAvoided(InstanceHealth health, boolean better, boolean panic) {
		if (better) {
			return !health.isHealthy();
		}
		return panic ? !health.isOpenInPanic() : health.isAvoided();
	}

}
