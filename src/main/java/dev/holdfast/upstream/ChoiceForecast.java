package dev.holdfast.upstream;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Which share of the requests each instance can expect, by the rules of
 * {@link HostSelector}. It reads what a choice reads and changes nothing. That one is
 * busier than another at this moment does not count, since the next moment it is not.
 */
final class ChoiceForecast {

	private final WeightedHosts hosts;

	private final boolean drawsTwo;

	/** Those that are taken when they are drawn. */
	private final boolean[] good;

	/** Those among which is drawn when one was drawn that is not good. */
	private final boolean[] fallback;

	/** Those that get one request at a time until one succeeds. */
	private final boolean[] returning;

	private ChoiceForecast(HostPicker picker, boolean panic) {
		this.hosts = picker.hosts();
		this.drawsTwo = picker.drawsTwo() && this.hosts.size() > 1;
		this.good = new boolean[this.hosts.size()];
		this.fallback = new boolean[this.hosts.size()];
		this.returning = new boolean[this.hosts.size()];
		boolean anyReached = false;
		for (int i = 0; i < this.hosts.size(); i++) {
			InstanceHealth health = this.hosts.get(i).health();
			boolean room = !this.hosts.get(i).full();
			this.returning[i] = room && (panic ? !health.isReachable() && health.isOpenInPanic() : health.isOnTrial());
			this.good[i] = room && (panic ? health.isReachable() : health.isHealthy());
			this.fallback[i] = room && (panic ? this.good[i] : !this.returning[i] && !health.isAvoided());
			anyReached |= this.good[i];
		}
		for (int i = 0; panic && !anyReached && i < this.hosts.size(); i++) {
			this.fallback[i] = !this.hosts.get(i).full();
		}
	}

	/**
	 * Tells what a choice would come to.
	 * @param all the instances to tell it of
	 * @param everywhere chooses among those that get requests
	 * @param zones chooses a zone first, {@code null} when nobody does
	 * @param standing how the instances fare together
	 */
	static List<Candidate> of(List<UpstreamInstance> all, HostPicker everywhere, @Nullable ZonePreference zones,
			Standing standing) {
		Map<UpstreamInstance, Double> shares = new HashMap<>();
		Map<UpstreamInstance, Boolean> eligible = new HashMap<>();
		double elsewhere = 1;
		if (zones != null && !standing.isPanic()) {
			elsewhere = new ChoiceForecast(zones.own(), false).add(standing.ownShare(), shares, eligible)
					+ new ChoiceForecast(zones.others(), false).add(1 - standing.ownShare(), shares, eligible);
		}
		if (elsewhere > 0) {
			new ChoiceForecast(everywhere, standing.isPanic()).add(elsewhere, shares, eligible);
		}
		return all.stream()
			.map((instance) -> new Candidate(instance,
					eligible.containsKey(instance)
							? Math.ceilDiv(instance.effectiveWeight() * instance.sharePercent(), SlowStart.WHOLE) : 0,
					shares.getOrDefault(instance, 0.0), eligible.getOrDefault(instance, false), instance.full()))
			.toList();
	}

	/**
	 * Spreads a part of the requests.
	 * @return what nobody here gets of it
	 */
	private double add(double part, Map<UpstreamInstance, Double> shares, Map<UpstreamInstance, Boolean> eligible) {
		double missed = missed();
		double goodSum = sum(this.good);
		double fallbackSum = sum(this.fallback);
		for (int i = 0; i < this.hosts.size(); i++) {
			double share = (this.good[i] ? (1 - missed) * this.hosts.weight(i) / goodSum : 0)
					+ (this.fallback[i] ? missed * this.hosts.weight(i) / fallbackSum : 0);
			shares.merge(this.hosts.get(i), part * share, Double::sum);
			eligible.merge(this.hosts.get(i), part * share > 0 || this.returning[i], Boolean::logicalOr);
		}
		return (fallbackSum > 0) ? 0 : part * missed;
	}

	/**
	 * How often the draw ends with one that is not good. Of two that are drawn the better
	 * one is looked at.
	 */
	private double missed() {
		double all = this.hosts.sum();
		double bad = all - sum(this.good);
		if (!this.drawsTwo) {
			return (all > 0) ? bad / all : 0;
		}
		double missed = 0;
		for (int i = 0; i < this.hosts.size(); i++) {
			double weight = this.hosts.weight(i);
			if (!this.good[i]) {
				missed += weight / all * (bad - weight) / (all - weight);
			}
		}
		return missed;
	}

	private double sum(boolean[] which) {
		double sum = 0;
		for (int i = 0; i < which.length; i++) {
			sum += which[i] ? this.hosts.weight(i) : 0;
		}
		return sum;
	}

}
