package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.reflector.RegistryModel.Fate;
import dev.holdfast.registry.reflector.RegistryModel.Place;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What must be true of the published view at any time, by the model.
 */
final class RegistryChecks implements SnapshotListener {

	/** A fault is noticed within two intervals; then comes a list, and a question. */
	private static final Duration SETTLING = Duration.ofSeconds(16);

	/** Where a silent watch is noticed only by a list. */
	private static final Duration SETTLING_BY_LISTS = Duration.ofSeconds(30);

	/** A proof is begun every 5 s and takes 5 s at most. */
	private static final Duration PROOF = Duration.ofSeconds(11);

	/** And a list that hangs is given up after 10 s. */
	private static final Duration PROOF_BY_LISTS = Duration.ofSeconds(22);

	/** Three probes running, and how long ago they may have been. */
	private static final Duration DEAD = Duration.ofSeconds(3);

	private static final Duration LATELY = Duration.ofSeconds(10);

	private static final Duration ANSWER = Duration.ofSeconds(140);

	private final SimulatedTime time;

	private final SimulatedSource source;

	private final RegistryModel model;

	private final RemovalGuardSettings guard;

	private final Failures failures;

	private final Map<Integer, Long> deadSince = new HashMap<>();

	private final Map<Integer, Long> deadUntil = new HashMap<>();

	private final Map<Place, Long> approvedAt = new HashMap<>();

	private final List<Asked> answers = new ArrayList<>();

	private final Map<ServiceName, Deque<Long>> losses = new HashMap<>();

	private final Map<ServiceName, Set<Place>> view = new TreeMap<>();

	private @Nullable Registry registry;

	private long troubleAt;

	private long frozenAt = -1;

	RegistryChecks(SimulatedTime time, SimulatedSource source, RegistryModel model, RemovalGuardSettings guard,
			Failures failures) {
		this.time = time;
		this.source = source;
		this.model = model;
		this.guard = guard;
		this.failures = failures;
	}

	void watch(Registry registry) {
		this.registry = registry;
	}

	private Registry registry() {
		Registry watched = this.registry;
		if (watched == null) {
			throw new IllegalStateException("nothing is watched yet");
		}
		return watched;
	}

	void died(int port) {
		this.deadSince.putIfAbsent(port, now());
	}

	void revived(int port) {
		Long since = this.deadSince.remove(port);
		if (since != null && now() - since >= DEAD.toNanos()) {
			this.deadUntil.put(port, now());
		}
	}

	void trouble() {
		this.troubleAt = now();
	}

	boolean isFrozenBy(Freeze freeze) {
		return registry().freeze().filter(freeze::equals).isPresent();
	}

	void frozen() {
		this.frozenAt = (this.frozenAt < 0) ? now() : this.frozenAt;
	}

	void approved(HeldSelection selection) {
		registry().held()
			.stream()
			.filter((held) -> selection.includes(held.service(), held.instance().id()))
			.forEach((held) -> this.approvedAt.put(place(held.service(), held.instance()), now()));
	}

	void asked(CompletableFuture<?> answer) {
		this.answers.add(new Asked(answer, now()));
	}

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		changed.stream().sorted().forEach((name) -> {
			Set<Place> after = places(snapshot.find(name));
			Set<Place> before = this.view.getOrDefault(name, Set.of());
			this.failures.collect(() -> compare(name, before, after));
			this.view.put(name, after);
		});
		if (registry().freeze().isEmpty()) {
			this.frozenAt = -1;
		}
	}

	private void compare(ServiceName name, Set<Place> before, Set<Place> after) {
		Set<Place> lost = new TreeSet<>(before);
		lost.removeAll(after);
		lost.removeIf(this::isExcused);
		if (lost.isEmpty()) {
			return;
		}
		if (this.frozenAt >= 0) {
			// Several changes in one, of which the first may have been allowed.
			return;
		}
		assertThat(after).as("%s: %s went, which live and nobody removed", name, lost).isNotEmpty();
		assertThat(now() - this.source.answeredAt())
			.as("%s: nanoseconds after the registry came back %s went, and nobody removed them", name, lost)
			.isGreaterThanOrEqualTo(RandomWorld.LEASE.multipliedBy(2).toNanos());
		Deque<Long> lately = this.losses.computeIfAbsent(name, (unknown) -> new ArrayDeque<>());
		lost.forEach((place) -> lately.add(now()));
		lately.removeIf((at) -> now() - at >= this.guard.window().toNanos());
		int all = after.size() + lately.size();
		assertThat(lately).as("%s: losses within the window, of %d", name, all)
			.hasSizeLessThanOrEqualTo(Math.max(1, (int) (all * this.guard.maxRemoved())));
	}

	/** Whether there is a reason for which a place may have gone. */
	private boolean isExcused(Place place) {
		Fate fate = this.model.fate(place);
		long since = (this.frozenAt >= 0) ? this.frozenAt : now();
		boolean removed = fate.explicitAt >= 0;
		boolean over = fate.lostAt >= 0 && now() - fate.lostAt >= this.guard.holdFor().toNanos();
		Long dead = this.deadSince.get(place.port());
		boolean dying = dead != null && now() - dead >= DEAD.toNanos();
		boolean wasDead = isLately(this.deadUntil.get(place.port()), since);
		boolean approved = isLately(this.approvedAt.get(place), since);
		return removed || over || dying || wasDead || approved;
	}

	private static boolean isLately(@Nullable Long at, long since) {
		return at != null && since - at <= LATELY.toNanos();
	}

	/** To be called every second. */
	void check() {
		this.failures.collect(() -> {
			checkAnswers();
			checkHeld();
			checkStatus();
			if (isSettled()) {
				checkSettled();
			}
		});
	}

	private void checkAnswers() {
		for (Asked asked : this.answers) {
			assertThat(asked.answer().isDone() || now() - asked.at() < ANSWER.toNanos())
				.as("an operator who asked at %.3f s has an answer", asked.at() / 1e9)
				.isTrue();
		}
		this.answers.removeIf((asked) -> asked.answer().isDone());
	}

	private void checkHeld() {
		List<HeldRemoval> held = registry().held();
		assertThat(held).as("as many as are counted").hasSize(registry().heldRemovals());
		if (this.frozenAt >= 0) {
			return;
		}
		for (HeldRemoval removal : held) {
			Service service = registry().snapshot().find(removal.service());
			assertThat((service != null) ? service.instances() : List.<Instance>of()).as("what is held is routed to")
				.extracting((instance) -> instance.id() + " at " + instance.endpoint())
				.contains(removal.instance().id() + " at " + removal.instance().endpoint());
		}
	}

	private void checkStatus() {
		if (registry().status() instanceof RegistryStatus.Live(var revision, Instant provenAt)) {
			Duration age = Duration.between(provenAt, this.time.instant());
			assertThat(age).as("the age of the last proof while live").isLessThanOrEqualTo(proof());
		}
		boolean broken = !this.source.reachable || this.source.hanging;
		if (broken && now() - this.troubleAt > proof().toNanos()) {
			assertThat(registry().status()).as("while the registry is not there")
				.isNotInstanceOf(RegistryStatus.Live.class);
		}
	}

	private Duration proof() {
		return this.source.isProgressAnswered() ? PROOF : PROOF_BY_LISTS;
	}

	private Duration settling() {
		return this.source.isProgressAnswered() ? SETTLING : SETTLING_BY_LISTS;
	}

	/** Whether every fault is long enough over. */
	private boolean isSettled() {
		boolean overtaken = !this.source.isProgressAnswered()
				&& registry().status().cause().equals("a list had what the watch did not deliver");
		if (registry().freeze().isPresent() || overtaken) {
			trouble();
		}
		return this.source.reachable && !this.source.hanging && isPast(this.troubleAt);
	}

	private boolean isPast(long at) {
		return now() - at >= settling().toNanos();
	}

	private void checkSettled() {
		assertThat(registry().status()).as("long after the last fault").isInstanceOf(RegistryStatus.Live.class);
		Set<Place> published = published();
		Set<Place> held = held();
		Set<Place> registered = this.model.registered();
		for (Place place : registered) {
			if (isPast(this.model.fate(place).changedAt)) {
				assertThat(published).as("what is registered for long").contains(place);
				assertThat(held).as("what is registered for long is not held").doesNotContain(place);
				this.model.fate(place).settle();
			}
		}
		Set<Place> remembered = this.model.remembered();
		for (Place place : published) {
			Fate fate = this.model.fate(place);
			if (!registered.contains(place) && !remembered.contains(place) && isPast(fate.changedAt)) {
				assertThat(fate.explicit && !fate.doubtful).as("%s is routed to long after it was removed", place)
					.isFalse();
				assertThat(held).as("what is routed to for long and not registered").contains(place);
			}
		}
		checkHistory();
	}

	private void checkHistory() {
		for (HeldRemoval removal : registry().held()) {
			if (isAmbiguous(removal)
					|| !isPast(this.model.fate(place(removal.service(), removal.instance())).changedAt)) {
				continue;
			}
			assertThat(registry().history(removal.service()))
				.filteredOn((change) -> change.instance().equals(removal.instance().id()))
				.as("the history of %s", removal.instance().id())
				.first()
				.satisfies((newest) -> assertThat(newest.cause()).isIn(Change.Cause.HELD, Change.Cause.CANCELLED));
		}
	}

	/** Histories go by the ids that records give, and two records may give the same. */
	private boolean isAmbiguous(HeldRemoval removal) {
		return removal.instance().registration().key().endsWith("orders/b");
	}

	/** After the longest time for which anything is held. */
	void checkEnd() {
		this.failures.collect(() -> {
			check();
			assertThat(registry().status()).as("in the end").isInstanceOf(RegistryStatus.Live.class);
			Set<Place> published = published();
			published.removeAll(this.model.remembered());
			Set<Place> registered = this.model.registered();
			registered.removeAll(this.model.remembered());
			assertThat(published).as("in the end what is registered").isEqualTo(registered);
			assertThat(registry().held()).as("in the end").isEmpty();
			assertThat(registry().freeze()).as("in the end").isEmpty();
			assertThat(this.answers).as("in the end").isEmpty();
		});
	}

	private Set<Place> published() {
		Set<Place> all = new TreeSet<>();
		registry().snapshot().services().values().forEach((service) -> all.addAll(places(service)));
		return all;
	}

	private Set<Place> held() {
		Set<Place> all = new TreeSet<>();
		registry().held().forEach((removal) -> all.add(place(removal.service(), removal.instance())));
		return all;
	}

	private static Set<Place> places(@Nullable Service service) {
		Set<Place> places = new TreeSet<>();
		if (service != null) {
			Set<String> ids = new TreeSet<>();
			for (Instance instance : service.instances()) {
				assertThat(places.add(place(service.name(), instance))).as("one instance for each place: %s", instance)
					.isTrue();
				assertThat(ids.add(instance.id())).as("one instance for each id: %s", instance).isTrue();
			}
		}
		return places;
	}

	private static Place place(ServiceName service, Instance instance) {
		return new Place(service.value(), instance.endpoint().port());
	}

	private long now() {
		return this.time.getAsLong();
	}

	/** What an operator asked for, and when. */
	private record Asked(CompletableFuture<?> answer, long at) {
	}

}
