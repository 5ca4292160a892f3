package dev.holdfast.override;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
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
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;

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

	/** How often the file is tried again. */
	private static final Duration INTERVAL = Duration.ofSeconds(1);

	/** How often is looked when nothing is known to end. */
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

	/** When they end by themselves; guarded by the lock. */
	private final OverrideDeadlines deadlines;

	private volatile ActiveOverrides active = ActiveOverrides.NONE;

	/**
	 * Creates overrides of which none is in force yet.
	 * @param clock the time of day
	 * @param file where they are kept, empty for nowhere
	 */
	public Overrides(InstantSource clock, Optional<OverridesFile> file) {
		this(clock, System::nanoTime, file);
	}

	/**
	 * Creates overrides of which none is in force yet.
	 * @param clock the time of day, which tells how long one lasts when it is set or read
	 * from disk
	 * @param nanoTime the time by which they end, which nobody sets; nanoseconds
	 * @param file where they are kept, empty for nowhere
	 */
	public Overrides(InstantSource clock, LongSupplier nanoTime, Optional<OverridesFile> file) {
		this.clock = clock;
		this.file = file;
		this.deadlines = new OverrideDeadlines(nanoTime);
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
		change(now, false, (before) -> {
			ActiveOverrides restored = before;
			for (Scope scope : scopes) {
				Map<String, OperatorOverride> lasting = new HashMap<>(restored.of(scope));
				saved.stream()
					.filter((override) -> override.scope() == scope && override.lastsAt(now))
					.forEach((override) -> {
						lasting.put(override.key(), override);
						this.deadlines.begin(override, now);
					});
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
		Instant now = this.clock.instant();
		change(now, false, (before) -> {
			this.deadlines.begin(override, now);
			return before.with(override);
		});
		save();
	}

	/**
	 * Ends what is in force on this gateway alone: a local override or, where there is
	 * none and etcd does not say what all gateways share, what is known of that. The
	 * latter is in force again if etcd still has it when it answers.
	 * @param action what it is of; a weight counts for nothing
	 * @return whether there was one
	 */
	public boolean remove(Action action) {
		String key = action.key();
		boolean removed = change(this.clock.instant(), false, (before) -> {
			if (before.of(Scope.LOCAL).containsKey(key)) {
				return before.without(Scope.LOCAL, key);
			}
			return this.deadlines.isSharedEnding(key) ? before.without(Scope.CLUSTER, key) : before;
		});
		if (removed) {
			save();
		}
		return removed;
	}

	/**
	 * Takes the overrides that all gateways share. Each is in force until it is shared no
	 * longer, whatever the clock of this gateway says, or {@link #keepShared()} is
	 * called. What {@link #keepLost} has kept goes on.
	 * @param shared all of scope {@code CLUSTER}
	 * @throws IllegalArgumentException if one is of another scope
	 */
	public void replaceShared(Collection<OperatorOverride> shared) {
		takeShared(shared, false);
	}

	/**
	 * Takes the overrides that all gateways share after a history of which they were part
	 * has been lost: etcd was wiped, restored or replaced. Nobody has ended those that
	 * are missing now, so they stay in force until their time, or until an operator ends
	 * them or sets them anew.
	 * @param shared all of scope {@code CLUSTER} that there are now
	 * @throws IllegalArgumentException if one is of another scope
	 */
	public void keepLost(Collection<OperatorOverride> shared) {
		takeShared(shared, true);
	}

	private void takeShared(Collection<OperatorOverride> shared, boolean lost) {
		Instant now = this.clock.instant();
		Map<String, OperatorOverride> taken = new HashMap<>();
		for (OperatorOverride override : shared) {
			if (override.scope() != Scope.CLUSTER) {
				throw new IllegalArgumentException("scope: %s (expected: CLUSTER)".formatted(override.scope()));
			}
			taken.put(override.key(), override);
		}
		boolean different = change(now, false, (before) -> {
			Map<String, OperatorOverride> kept = new HashMap<>(before.of(Scope.CLUSTER));
			kept.keySet().removeAll(taken.keySet());
			kept.keySet().removeIf((key) -> !lost && !before.lost().contains(key));
			// With the time that they had when etcd fell silent, if it did.
			this.deadlines.keepShared(kept.values(), now);
			kept.putAll(taken);
			return before.withShared(kept, difference(kept.keySet(), taken.keySet()));
		});
		if (lost) {
			tellOfLost();
		}
		if (different) {
			this.file.ifPresent((file) -> file.offer(() -> this.active.all()));
		}
	}

	private static Set<String> difference(Set<String> all, Set<String> others) {
		Set<String> difference = new HashSet<>(all);
		difference.removeAll(others);
		return difference;
	}

	private void tellOfLost() {
		int lost = this.active.lost().size();
		if (lost > 0) {
			logger.warn("etcd was wiped, restored or replaced and no longer has {} overrides for all gateways; they "
					+ "stay in force here until their time; GET /registry/overrides lists them", lost);
		}
	}

	/**
	 * Notes that nobody says any more what all gateways share: it stays in force until
	 * its time. Where that is over by this gateway's clock, the clock is wrong, and it
	 * stays for as long as it was meant to last at most.
	 */
	public void keepShared() {
		this.lock.lock();
		try {
			this.deadlines.addShared(this.active.of(Scope.CLUSTER).values(), this.clock.instant());
			wake();
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Ends those whose time is over, and has the file written if that has failed before.
	 */
	public void endDue() {
		boolean ended = change(this.clock.instant(), true, (before) -> before.without(this.deadlines::isOver));
		this.file.filter((file) -> ended || file.isFailing()).ifPresent((file) -> file.offer(() -> this.active.all()));
	}

	/**
	 * Waits until {@link #endDue} may have something to do.
	 */
	void awaitDue() throws InterruptedException {
		this.lock.lock();
		try {
			long seen = this.news;
			long nanos = untilDue().toNanos();
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

	private Duration untilDue() {
		Duration longest = this.file.filter(OverridesFile::isFailing).isPresent() ? INTERVAL : IDLE;
		return this.deadlines.untilNext(this.active.all())
			.filter((rest) -> rest.compareTo(longest) < 0)
			.orElse(longest);
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

	/**
	 * Changes what is in force, and tells of it.
	 * @param ended whether what is so no longer has ended at its time
	 * @param change called with the lock
	 * @return whether something is different
	 */
	private boolean change(Instant now, boolean ended, UnaryOperator<ActiveOverrides> change) {
		this.lock.lock();
		try {
			ActiveOverrides before = this.active;
			ActiveOverrides after = change.apply(before);
			wake();
			if (after.equals(before)) {
				return false;
			}
			this.active = after;
			this.deadlines.retain(after);
			List<OverrideChange> changes = between(before, after, now, ended);
			if (!changes.isEmpty()) {
				this.untold.add(new News(after, changes));
			}
		}
		finally {
			this.lock.unlock();
		}
		tell();
		return true;
	}

	private static List<OverrideChange> between(ActiveOverrides before, ActiveOverrides after, Instant now,
			boolean ended) {
		TreeSet<String> keys = new TreeSet<>(before.inForce().keySet());
		keys.addAll(after.inForce().keySet());
		List<OverrideChange> changes = new ArrayList<>();
		for (String key : keys) {
			OperatorOverride was = before.inForce().get(key);
			OperatorOverride is = after.inForce().get(key);
			if (!Objects.equals(was, is)) {
				changes.add(new OverrideChange(was, is, was != null && (ended || !was.lastsAt(now))));
			}
			else if (is != null && after.isLost(is) && !before.isLost(is)) {
				changes.add(new OverrideChange(was, is, false));
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
