package dev.holdfast.upstream;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The instances in the gateway's own zone and those elsewhere. Clients are taken to come
 * to the zones evenly, so that a zone's share of a service is its total weight divided by
 * the number of zones: while 70 % of that are healthy in the own zone, requests stay
 * there, and below that as many as they can be expected to serve (Envoy's
 * overprovisioning factor of 1.4).
 */
final class ZonePreference {

	private static final double ENOUGH = 0.7;

	private static final long LOT = 0x9e3779b97f4a7c15L;

	private final HostPicker own;

	private final HostPicker others;

	/** The healthy weight that is enough for all requests to stay. */
	private final double enough;

	private ZonePreference(HostPicker own, HostPicker others, long zones) {
		this.own = own;
		this.others = others;
		this.enough = ENOUGH * (own.hosts().sum() + others.hosts().sum()) / zones;
	}

	/**
	 * Return the preference for a zone.
	 * @param zone the gateway's own, empty for none
	 * @return the preference, or {@code null} when there is nothing to choose between
	 */
	static @Nullable ZonePreference of(List<UpstreamInstance> all, String zone, Balancer balancer, AtomicLong turn) {
		if (zone.isEmpty()) {
			return null;
		}
		WeightedHosts own = new WeightedHosts(all.stream().filter((host) -> isIn(host, zone)).toList(), turn);
		WeightedHosts others = new WeightedHosts(all.stream().filter((host) -> !isIn(host, zone)).toList(), turn);
		if (own.size() == 0 || others.size() == 0) {
			return null;
		}
		long zones = all.stream()
			.filter((host) -> host.effectiveWeight() > 0)
			.map((host) -> host.instance().zone())
			.distinct()
			.count();
		return new ZonePreference(new HostPicker(own, balancer), new HostPicker(others, balancer), zones);
	}

	private static boolean isIn(UpstreamInstance host, String zone) {
		return host.instance().zone().equals(zone);
	}

	HostPicker own() {
		return this.own;
	}

	HostPicker others() {
		return this.others;
	}

	/**
	 * Return the part of the requests that stays, as things stand.
	 */
	double ownShare() {
		WeightedHosts hosts = this.own.hosts();
		double healthy = 0;
		for (int i = 0; i < hosts.size(); i++) {
			healthy += hosts.get(i).health().isHealthy() ? hosts.weight(i) : 0;
		}
		return Math.min(1, healthy / this.enough);
	}

	/**
	 * Chooses a zone, and an instance in it that there is nothing against.
	 * @param ownShare the part of the requests that stays
	 * @return an instance, or {@code null} when the zone has none
	 */
	@Nullable UpstreamInstance choose(Demand demand, List<UpstreamInstance> tried, boolean better, double ownShare) {
		HostPicker zone = (ownShare >= 1 || lot(demand) < ownShare) ? this.own : this.others;
		UpstreamInstance drawn = zone.draw(demand, tried, better, false);
		if (drawn != null) {
			return drawn;
		}
		return (zone.leastBadness(tried, better, false) == HostPicker.BETTER)
				? zone.take(demand, tried, better, false, HostPicker.BETTER) : null;
	}

	/** The same for the same key, so that it stays where it is. */
	private static double lot(Demand demand) {
		return demand.keyed() ? (HashKey.mix(demand.key() + LOT) >>> 11) * 0x1p-53
				: ThreadLocalRandom.current().nextDouble();
	}

}
