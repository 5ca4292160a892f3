package dev.holdfast.upstream;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.service.Subset;
import org.jspecify.annotations.Nullable;

/**
 * The instances of one service between two changes of what is registered or of their
 * weights, and the choice among them. Choosing neither locks nor allocates.
 */
final class HostSelector {

	private final List<UpstreamInstance> all;

	private final UpstreamSettings settings;

	/** Begins anywhere, since the first one would else be favoured after each change. */
	private final AtomicLong turn;

	private final HostPicker everywhere;

	private final @Nullable ZonePreference zones;

	/** Those that requests have asked for; most services have none. */
	private volatile Map<Subset, HostSelector> subsets = Map.of();

	private volatile Standing standing;

	HostSelector(List<UpstreamInstance> all, UpstreamSettings settings) {
		this(all, settings, new AtomicLong(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE)));
	}

	private HostSelector(List<UpstreamInstance> all, UpstreamSettings settings, AtomicLong turn) {
		this.all = all;
		this.settings = settings;
		this.turn = turn;
		this.everywhere = new HostPicker(new WeightedHosts(all, turn), settings.balancer());
		this.zones = ZonePreference.of(all, settings.zone(), settings.balancer(), turn);
		this.standing = assess(Standing.NOBODY);
	}

	/**
	 * Return the same instances with the weights that they have now.
	 */
	HostSelector reweighed() {
		return new HostSelector(this.all, this.settings, this.turn);
	}

	/**
	 * Whether an instance has a part of its share, or had when the weights were taken.
	 */
	boolean isSlowStart() {
		return this.everywhere.hosts().isPartial()
				|| this.all.stream().anyMatch((host) -> host.sharePercent() < SlowStart.WHOLE);
	}

	List<UpstreamInstance> all() {
		return this.all;
	}

	Standing standing() {
		return this.standing;
	}

	/**
	 * Looks at the health of all instances anew. To be called after each change of the
	 * health of one.
	 */
	void review() {
		assessed();
		this.subsets.values().forEach(HostSelector::review);
	}

	/**
	 * Repeated until nothing has changed meanwhile: the last one to look has seen what
	 * everybody did before.
	 */
	private Standing assessed() {
		Standing known = this.standing;
		Standing now = assess(known);
		while (!now.equals(known)) {
			this.standing = now;
			known = now;
			now = assess(known);
		}
		return now;
	}

	private Standing assess(Standing known) {
		WeightedHosts hosts = this.everywhere.hosts();
		int healthy = 0;
		int reachable = 0;
		for (int i = 0; i < hosts.size(); i++) {
			InstanceHealth health = hosts.get(i).health();
			healthy += health.isHealthy() ? 1 : 0;
			reachable += health.isReachable() ? 1 : 0;
		}
		return known.become(hosts.size(), healthy, reachable, (this.zones != null) ? this.zones.ownShare() : 0);
	}

	private HostSelector within(Subset subset) {
		if (subset.isAll()) {
			return this;
		}
		HostSelector known = this.subsets.get(subset);
		return (known != null) ? known : create(subset);
	}

	private synchronized HostSelector create(Subset subset) {
		HostSelector known = this.subsets.get(subset);
		if (known != null) {
			return known;
		}
		HostSelector created = new HostSelector(
				this.all.stream().filter((host) -> subset.includes(host.instance())).toList(), this.settings);
		Map<Subset, HostSelector> now = new HashMap<>(this.subsets);
		now.put(subset, created);
		this.subsets = Map.copyOf(now);
		// What happened before others could see it must not be missed.
		created.review();
		return created;
	}

	/**
	 * Whether there is an instance that takes requests, though it may have all that it
	 * gets at a time.
	 */
	boolean takesRequests(Subset subset) {
		return within(subset).everywhere.hosts().size() > 0;
	}

	/**
	 * Whether it is the service that fails, and not a few of its instances or a part of
	 * what they are asked: fewer than half have succeeded in their last try, and all that
	 * can be reached are used because too few are healthy. A single instance is all there
	 * is; where failures in a row do not count no instance is unhealthy because of them.
	 */
	boolean isFailing() {
		WeightedHosts hosts = this.everywhere.hosts();
		int unblemished = 0;
		for (int i = 0; i < hosts.size(); i++) {
			unblemished += hosts.get(i).health().isUnblemished() ? 1 : 0;
		}
		return 2 * unblemished < hosts.size() && isAllThatThereIs(this.standing);
	}

	private boolean isAllThatThereIs(Standing now) {
		return now.isPanic() || now.routable() == 1
				|| (!this.settings.ejection().countsFailures() && now.healthy() == now.routable());
	}

	/**
	 * Whether one more instance may be ejected because it fails requests. Those that
	 * refuse connections take nothing of that share: they are no use to anybody.
	 */
	boolean mayEject() {
		WeightedHosts hosts = this.everywhere.hosts();
		int out = 0;
		for (int i = 0; i < hosts.size(); i++) {
			out += hosts.get(i).health().isOutForFailures() ? 1 : 0;
		}
		return out < this.settings.ejection().mostEjected(hosts.size());
	}

	/**
	 * Tells what a choice would come to now, and takes nothing: no trial is used up.
	 */
	List<Candidate> candidates(Subset subset) {
		HostSelector selector = within(subset);
		return ChoiceForecast.of(this.all, selector.everywhere, selector.zones, selector.assessed());
	}

	/**
	 * Chooses an instance for a try.
	 * @param demand what the request asks of it
	 * @param tried the instances that were tried already
	 * @param worst how much there may be against it: {@link HostPicker#ANY},
	 * {@link HostPicker#UNTRIED} or {@link HostPicker#BETTER}
	 */
	@Nullable UpstreamInstance choose(Demand demand, List<UpstreamInstance> tried, int worst) {
		return within(demand.subset()).chooseHere(demand, tried, worst);
	}

	private @Nullable UpstreamInstance chooseHere(Demand demand, List<UpstreamInstance> tried, int worst) {
		if (this.everywhere.hosts().size() == 0) {
			return null;
		}
		Standing now = this.standing;
		boolean better = worst == HostPicker.BETTER;
		if (this.zones != null && !now.isPanic()) {
			UpstreamInstance near = this.zones.choose(demand, tried, better, now.ownShare());
			if (near != null) {
				return near;
			}
		}
		UpstreamInstance drawn = this.everywhere.draw(demand, tried, better, now.isPanic());
		return (drawn != null) ? drawn : leastBad(demand, tried, worst);
	}

	/**
	 * Takes the one that there is least against. Only for the requests whose first choice
	 * fell on one to avoid: it looks at all instances.
	 */
	private @Nullable UpstreamInstance leastBad(Demand demand, List<UpstreamInstance> tried, int worst) {
		boolean better = worst == HostPicker.BETTER;
		while (true) {
			boolean panic = assessed().isPanic();
			// A request that was not tried waits for a healthy instance that is full.
			int bound = (tried.isEmpty() && !panic) ? HostPicker.BETTER : worst;
			int least = this.everywhere.leastBadness(tried, better, panic);
			if (least <= bound) {
				UpstreamInstance taken = this.everywhere.take(demand, tried, better, panic, least);
				if (taken != null) {
					return taken;
				}
			}
			else if (panic == assessed().isPanic()) {
				return null;
			}
		}
	}

}
