package dev.holdfast.registry.guard;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.catalog.PublishedIds;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePMap;
import org.pcollections.PMap;

/**
 * The holds, found by key, by endpoint and by age. Written by the reflector's thread;
 * what others see of them is published in one volatile write.
 */
final class HoldIndex {

	private final Clock clock;

	private final PausableStopwatch live;

	private final Map<String, List<RemovalHold>> byKey = new HashMap<>();

	private final Map<ServiceName, Map<Endpoint, RemovalHold>> byService = new HashMap<>();

	/** Those with a deadline; all have the same time, so the first is the next. */
	private final Set<RemovalHold> byAge = new LinkedHashSet<>();

	private volatile PMap<ServiceName, PMap<Endpoint, HeldRemoval>> published = HashTreePMap.empty();

	/** The services that nothing was held of before, and nobody was told of yet. */
	private final Set<ServiceName> begun = new LinkedHashSet<>();

	private final AtomicInteger size = new AtomicInteger();

	HoldIndex(Clock clock, PausableStopwatch live) {
		this.clock = clock;
		this.live = live;
	}

	void add(RemovalHold hold, long deadline) {
		this.byKey.computeIfAbsent(hold.key(), (key) -> new ArrayList<>(1)).add(hold);
		this.byService.computeIfAbsent(hold.service(), (name) -> {
			this.begun.add(name);
			return new HashMap<>();
		}).put(hold.instance().endpoint(), hold);
		this.size.incrementAndGet();
		count(hold, deadline);
	}

	/**
	 * Lets a hold's time run.
	 */
	void count(RemovalHold hold, long deadline) {
		hold.setDeadline(deadline);
		this.byAge.add(hold);
		publish(hold);
	}

	/**
	 * Lets a hold's time stand still.
	 */
	void halt(RemovalHold hold) {
		this.byAge.remove(hold);
		publish(hold);
	}

	void remove(RemovalHold hold) {
		hold.end();
		this.byAge.remove(hold);
		List<RemovalHold> ofKey = this.byKey.getOrDefault(hold.key(), List.of());
		if (ofKey.remove(hold)) {
			this.size.decrementAndGet();
		}
		if (ofKey.isEmpty()) {
			this.byKey.remove(hold.key());
		}
		Map<Endpoint, RemovalHold> ofService = this.byService.getOrDefault(hold.service(), new HashMap<>());
		ofService.remove(hold.instance().endpoint(), hold);
		if (ofService.isEmpty()) {
			this.byService.remove(hold.service());
			this.begun.remove(hold.service());
		}
		PMap<Endpoint, HeldRemoval> views = views(hold.service()).minus(hold.instance().endpoint());
		this.published = views.isEmpty() ? this.published.minus(hold.service())
				: this.published.plus(hold.service(), views);
	}

	/**
	 * Those of a record, a copy.
	 */
	List<RemovalHold> ofKey(String key) {
		return List.copyOf(this.byKey.getOrDefault(key, List.of()));
	}

	@Nullable RemovalHold at(ServiceName service, Endpoint endpoint) {
		return this.byService.getOrDefault(service, Map.of()).get(endpoint);
	}

	/**
	 * The hold whose time ends next, {@code null} when no time runs.
	 */
	@Nullable RemovalHold oldest() {
		return (this.live.isRunning() && !this.byAge.isEmpty()) ? this.byAge.iterator().next() : null;
	}

	/**
	 * Those that a selection includes, a copy.
	 * @param ids the ids by which the selection names them
	 */
	List<RemovalHold> select(HeldSelection selection, PublishedIds ids) {
		return this.byKey.values()
			.stream()
			.flatMap(Collection::stream)
			.filter((hold) -> selection.includes(hold.service(), ids.of(hold.service(), hold.instance())))
			.toList();
	}

	/**
	 * Return the services whose removals have begun to be held since this was last asked.
	 */
	List<ServiceName> begun() {
		List<ServiceName> services = List.copyOf(this.begun);
		this.begun.clear();
		return services;
	}

	/**
	 * Those of a service.
	 */
	Collection<RemovalHold> of(ServiceName service) {
		return this.byService.getOrDefault(service, Map.of()).values();
	}

	void publish(RemovalHold hold) {
		Instance instance = hold.instance();
		this.published = this.published.plus(hold.service(),
				views(hold.service()).plus(instance.endpoint(), hold.view(this.clock.instant(), this.live)));
	}

	/**
	 * Publishes all anew, because their time has begun to run or to stand still.
	 */
	void publishAll() {
		this.byKey.values().stream().flatMap(Collection::stream).forEach(this::publish);
	}

	private PMap<Endpoint, HeldRemoval> views(ServiceName service) {
		return this.published.getOrDefault(service, HashTreePMap.empty());
	}

	/**
	 * What others see of them, by service and endpoint. Safe on any thread.
	 */
	PMap<ServiceName, PMap<Endpoint, HeldRemoval>> views() {
		return this.published;
	}

	/**
	 * How many there are. Safe on any thread.
	 */
	int size() {
		return this.size.get();
	}

}
