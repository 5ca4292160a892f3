package dev.holdfast.upstream;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which share of the requests each instance can expect, by the rules of {@link Pool}. It
 * reads what a choice reads and changes nothing. That one is busier than another at this
 * moment does not count, since the next moment it is not.
 */
final class ChoiceForecast {

	private final UpstreamInstance[] routable;

	private final int[] weights;

	private final Balancer balancer;

	/** Those that are taken when they are drawn. */
	private final boolean[] good;

	/** Those among which is drawn when one was drawn that is not good. */
	private final boolean[] fallback;

	/** Those that get one request at a time until one succeeds. */
	private final boolean[] returning;

	private final boolean[] full;

	ChoiceForecast(UpstreamInstance[] routable, int[] weights, Balancer balancer) {
		this.routable = routable;
		this.weights = weights;
		this.balancer = balancer;
		this.good = new boolean[routable.length];
		this.fallback = new boolean[routable.length];
		this.returning = new boolean[routable.length];
		this.full = new boolean[routable.length];
		boolean panic = Arrays.stream(routable).noneMatch((candidate) -> candidate.health().isHealthy());
		for (int i = 0; i < routable.length; i++) {
			InstanceHealth health = routable[i].health();
			this.full[i] = routable[i].full();
			boolean healthy = health.isHealthy();
			this.returning[i] = !healthy && health.isOpen() && !this.full[i];
			this.good[i] = healthy && !this.full[i];
			this.fallback[i] = !this.full[i] && (panic || (!this.returning[i] && !health.isAvoided()));
		}
	}

	List<Candidate> of(List<UpstreamInstance> all) {
		Map<UpstreamInstance, Candidate> drawn = HashMap.newHashMap(this.routable.length);
		double missed = missed();
		double goodSum = sum(this.good);
		double fallbackSum = sum(this.fallback);
		for (int i = 0; i < this.routable.length; i++) {
			double share = (this.good[i] ? (1 - missed) * this.weights[i] / goodSum : 0)
					+ (this.fallback[i] ? missed * this.weights[i] / fallbackSum : 0);
			drawn.put(this.routable[i], new Candidate(this.routable[i], this.weights[i], share,
					share > 0 || this.returning[i], this.full[i]));
		}
		return all.stream()
			.map((instance) -> drawn.getOrDefault(instance, new Candidate(instance, 0, 0, false, instance.full())))
			.toList();
	}

	/**
	 * How often the draw ends with one that is not good. Of two that are drawn the better
	 * one is looked at.
	 */
	private double missed() {
		double all = 0;
		for (int weight : this.weights) {
			all += weight;
		}
		double bad = all - sum(this.good);
		if (this.balancer != Balancer.LEAST_REQUEST || this.routable.length < 2) {
			return (all > 0) ? bad / all : 0;
		}
		double missed = 0;
		for (int i = 0; i < this.routable.length; i++) {
			if (!this.good[i]) {
				missed += this.weights[i] / all * (bad - this.weights[i]) / (all - this.weights[i]);
			}
		}
		return missed;
	}

	private double sum(boolean[] which) {
		double sum = 0;
		for (int i = 0; i < which.length; i++) {
			sum += which[i] ? this.weights[i] : 0;
		}
		return sum;
	}

}
