package dev.holdfast.override;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is in force on this gateway. Reads take no lock; a change is published whole, then
 * told to the listeners in order, and kept on disk before whoever made it goes on.
 */
public final class Overrides {

	private static final Logger logger = LoggerFactory.getLogger(Overrides.class);

	/** How many local overrides there may be. */
	public static final int MAX_LOCAL = 10_000;

	/** How often is looked for what has ended, since clocks are set. */
	private static final Duration INTERVAL = Duration.ofSeconds(1);

	/** How often when there is none. */
	private static final Duration IDLE = Duration.ofMinutes(1);

	private final InstantSource clock;

	private final Optional<OverridesFile> file;

	private final List<OverrideListener> listeners = new CopyOnWriteArrayList<>();

	/** Guards changes; held for assignments only. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition changed = this.lock.newCondition();

	/** How often there was something new for whoever waits; guarded by the lock. */
	private long news;

	/** Held while listeners are told, so that they hear of changes in order. */
	private final ReentrantLock telling = new ReentrantLock();

	private final Queue<News> untold = new ConcurrentLinkedQueue<>();

	private volatile ActiveOverrides active = ActiveOverrides.NONE;

	/**
	 * When those that all gateways share end by themselves, by their keys; {@code null}
	 * while etcd says which there are. Clocks of gateways differ, its leases do not.
	 */
	private volatile @Nullable Map<String, Instant> sharedEnds = Map.of();

	/**
	 * Creates overrides of which none is in force yet.
	 * @param clock the time by which they end
	 * @param file where they are kept, empty for nowhere
	 */
	public Overrides(InstantSource clock, Optional<OverridesFile> file) {
		this.clock = clock;
		this.file = file;
		file.ifPresent((kept) -> kept.onFailure(this::wake));
	}

	/**
	 * Takes the overrides on disk that have not ended meanwhile. Those of scope
	 * {@code CLUSTER} are what the others were known to have last; they count until
	 * {@link #replaceShared} says what they have now.
	 */
	public void restore() {
		restore(EnumSet.allOf(Scope.class));
	}

	/**
	 * Takes the overrides on disk that have not ended meanwhile.
	 * @param scopes those that can be ended here
	 */
	public void restore(Set<Scope> scopes) {
		List<OperatorOverride> saved = this.file.map(OverridesFile::load).orElse(List.of());
		Instant now = this.clock.instant();
		change(now, (before) -> {
			ActiveOverrides restored = before;
			for (Scope scope : scopes) {
				Map<String, OperatorOverride> lasting = new HashMap<>(restored.of(scope));
				saved.stream()
					.filter((override) -> override.scope() == scope && override.lastsAt(now))
					.forEach((override) -> lasting.put(override.key(), override));
				restored = restored.withAll(scope, lasting);
			}
			return restored;
		});
		int restored = this.active.all().size();
		if (restored > 0) {
			logger.warn("{} overrides are in force from before the restart; GET /registry/overrides lists them",
					restored);
		}
	}

	/**
	 * Adds a listener; it does not hear of what is in force already.
	 * @param listener the listener
	 */
	public void addListener(OverrideListener listener) {
		this.listeners.add(listener);
	}

	/**
	 * Return what is in force.
	 * @return the overrides at this moment
	 */
	public ActiveOverrides active() {
		return this.active;
	}

	/**
	 * Return the time by which overrides end.
	 * @return the time now
	 */
	public Instant now() {
		return this.clock.instant();
	}

	/**
	 * Return what is known of the file.
	 * @return its state, empty when none is kept
	 */
	public Optional<OverridesFileState> file() {
		return this.file.map(OverridesFile::state);
	}

	/**
	 * Sets a local override; one of the same key is replaced.
	 * @param override an override of scope {@code LOCAL}
	 * @throws IllegalArgumentException if it is of another scope
	 */
	public void put(OperatorOverride override) {
		if (override.scope() != Scope.LOCAL) {
			throw new IllegalArgumentException("scope: %s (expected: LOCAL)".formatted(override.scope()));
		}
		change(this.clock.instant(), (before) -> before.with(override));
		save();
	}

	/**
	 * Ends a local override.
	 * @param action what it is of; a weight counts for nothing
	 * @return whether there was one
	 */
	public boolean remove(Action action) {
		boolean removed = change(this.clock.instant(), (before) -> before.without(Scope.LOCAL, action.key()));
		if (removed) {
			save();
		}
		return removed;
	}

	/**
	 * Takes the overrides that all gateways share. Each is in force until it is shared no
	 * longer, whatever the clock of this gateway says, or {@link #keepShared()} is
	 * called.
	 * @param shared all of scope {@code CLUSTER}
	 * @throws IllegalArgumentException if one is of another scope
	 */
	public void replaceShared(Collection<OperatorOverride> shared) {
		Instant now = this.clock.instant();
		Map<String, OperatorOverride> lasting = new HashMap<>();
		for (OperatorOverride override : shared) {
			if (override.scope() != Scope.CLUSTER) {
				throw new IllegalArgumentException("scope: %s (expected: CLUSTER)".formatted(override.scope()));
			}
			lasting.put(override.key(), override);
		}
		this.sharedEnds = null;
		if (change(now, (before) -> before.withAll(Scope.CLUSTER, lasting))) {
			this.file.ifPresent((file) -> file.offer(() -> this.active.all()));
		}
	}

	/**
	 * Notes that nobody says any more what all gateways share: it stays in force until
	 * its time. Where that is over by this gateway's clock, the clock is wrong, and it
	 * stays for as long as it was meant to last at most.
	 */
	public void keepShared() {
		if (this.sharedEnds != null) {
			return;
		}
		Instant now = this.clock.instant();
		Map<String, Instant> ends = new HashMap<>();
		this.active.of(Scope.CLUSTER).forEach((key, override) -> {
			Instant latest = now.plus(Duration.between(override.since(), override.until()));
			boolean credible = override.lastsAt(now) && override.until().isBefore(latest);
			ends.put(key, credible ? override.until() : latest);
		});
		this.sharedEnds = Map.copyOf(ends);
	}

	/** Empty for what ends only when etcd says so. */
	private Optional<Instant> end(OperatorOverride override) {
		if (override.scope() == Scope.LOCAL) {
			return Optional.of(override.until());
		}
		Map<String, Instant> ends = this.sharedEnds;
		return (ends == null) ? Optional.empty() : Optional.of(ends.getOrDefault(override.key(), override.until()));
	}

	/**
	 * Ends those whose time is over, and has the file written if that has failed before.
	 */
	public void endDue() {
		Instant now = this.clock.instant();
		boolean ended = change(now, (before) -> before
			.without((override) -> end(override).filter((end) -> !now.isBefore(end)).isPresent()));
		this.file.filter((file) -> ended || file.isFailing()).ifPresent((file) -> file.offer(() -> this.active.all()));
	}

	/**
	 * Waits until {@link #endDue} may have something to do.
	 */
	void awaitDue() throws InterruptedException {
		this.lock.lock();
		try {
			long seen = this.news;
			long nanos = untilDue(this.active).toNanos();
			while (this.news == seen && nanos > 0) {
				nanos = this.changed.awaitNanos(nanos);
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	private void wake() {
		this.lock.lock();
		try {
			this.news++;
			this.changed.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

	private Duration untilDue(ActiveOverrides active) {
		List<OperatorOverride> all = active.all();
		if (all.isEmpty() && this.file.filter(OverridesFile::isFailing).isEmpty()) {
			return IDLE;
		}
		Instant now = this.clock.instant();
		Optional<Instant> next = all.stream().flatMap((it) -> end(it).stream()).min(Comparator.naturalOrder());
		Duration rest = next.map((end) -> Duration.between(now, end)).orElse(INTERVAL);
		return (rest.compareTo(INTERVAL) < 0) ? rest : INTERVAL;
	}

	/**
	 * Writes what is still to be written.
	 */
	void close() {
		this.file.ifPresent(OverridesFile::close);
	}

	private void save() {
		this.file.ifPresent((file) -> file.save(() -> this.active.all()));
	}

	private boolean change(Instant now, UnaryOperator<ActiveOverrides> change) {
		this.lock.lock();
		try {
			ActiveOverrides before = this.active;
			ActiveOverrides after = change.apply(before);
			if (after.equals(before)) {
				return false;
			}
			this.active = after;
			List<OverrideChange> changes = between(before, after, now);
			if (!changes.isEmpty()) {
				this.untold.add(new News(after, changes));
			}
			wake();
		}
		finally {
			this.lock.unlock();
		}
		tell();
		return true;
	}

	private static List<OverrideChange> between(ActiveOverrides before, ActiveOverrides after, Instant now) {
		TreeSet<String> keys = new TreeSet<>(before.inForce().keySet());
		keys.addAll(after.inForce().keySet());
		List<OverrideChange> changes = new ArrayList<>();
		for (String key : keys) {
			OperatorOverride was = before.inForce().get(key);
			OperatorOverride is = after.inForce().get(key);
			if (!Objects.equals(was, is)) {
				changes.add(new OverrideChange(was, is, was != null && !was.lastsAt(now)));
			}
		}
		return List.copyOf(changes);
	}

	private void tell() {
		this.telling.lock();
		try {
			for (News news = this.untold.poll(); news != null; news = this.untold.poll()) {
				for (OverrideListener listener : this.listeners) {
					tell(listener, news);
				}
			}
		}
		finally {
			this.telling.unlock();
		}
	}

	private static void tell(OverrideListener listener, News news) {
		try {
			listener.onOverrides(news.now(), news.changes());
		}
		catch (RuntimeException ex) {
			// One listener's defect must not keep the others from obeying.
			logger.error("{} failed on a change of overrides; the others still get it", listener, ex);
		}
	}

	private record News(ActiveOverrides now, List<OverrideChange> changes) {
	}

}
