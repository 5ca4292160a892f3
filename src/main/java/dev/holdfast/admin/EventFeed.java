package dev.holdfast.admin;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.override.ActiveOverrides;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.registry.Registry;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.web.context.WebServerGracefulShutdownLifecycle;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Turns what happens to the registry into events, ten times a second at most and once for
 * all clients, on a thread of its own. What happens in between is told together: of each
 * service the difference from what was told last.
 * <p>
 * It does so for as long as somebody listens and a minute more, for those who come again.
 * Without anybody it sleeps and costs nothing; whoever comes then begins with what is so
 * at that moment.
 */
@Component
final class EventFeed implements SmartLifecycle {

	private static final Logger logger = LoggerFactory.getLogger(EventFeed.class);

	/** At least so long is between two frames. */
	static final Duration INTERVAL = Duration.ofMillis(100);

	/** How often is looked for what nobody tells of. */
	private static final Duration IDLE = Duration.ofMillis(250);

	/** How often held removals are looked at when there are many. */
	private static final Duration HELD_INTERVAL = Duration.ofSeconds(1);

	/** So few are looked at whenever their number has changed. */
	private static final int FEW_HELD = 1000;

	/** Changes of the journal that are told together; all of them are in the journal. */
	private static final int MAX_CHANGES = 50;

	/** How long events are made for nobody. */
	private static final Duration LINGER = Duration.ofMinutes(1);

	private final Registry registry;

	private final SnapshotChanges changes;

	private final Overrides overrides;

	private final ObjectMapper mapper;

	private final EventStreamSettings settings;

	private final EventRing ring;

	private final Duration linger;

	/** Held while something is told, so that who comes meanwhile gets the whole of it. */
	private final ReentrantLock lock = new ReentrantLock();

	private final Condition woken = this.lock.newCondition();

	private int listeners;

	private boolean awake;

	private long attendedAt;

	/** Services that are still to be told of since that failed. */
	private final Set<ServiceName> owed = new HashSet<>();

	private RegistryState told = RegistryState.NONE;

	private ActiveOverrides toldOverrides = ActiveOverrides.NONE;

	private long journal;

	private long heldAt = System.nanoTime() - HELD_INTERVAL.toNanos();

	private boolean failing;

	private final CountDownLatch stopped = new CountDownLatch(1);

	private volatile @Nullable Thread thread;

	/**
	 * Creates a feed whose events have ids that no other process has given, so that a
	 * client of another one, or of an earlier one, is not taken for one of this one's. As
	 * numbers they are exact in JavaScript.
	 */
	@Autowired
	EventFeed(Registry registry, SnapshotChanges changes, Overrides overrides, ObjectMapper mapper,
			EventStreamSettings settings) {
		this(registry, changes, overrides, mapper, settings, new SecureRandom().nextLong(1L << 52), LINGER);
	}

	EventFeed(Registry registry, SnapshotChanges changes, Overrides overrides, ObjectMapper mapper,
			EventStreamSettings settings, long lastId, Duration linger) {
		this.registry = registry;
		this.changes = changes;
		this.overrides = overrides;
		this.mapper = mapper;
		this.settings = settings;
		this.linger = linger;
		this.ring = new EventRing(lastId, settings.replayBytes());
	}

	/**
	 * Gives the events; {@link #attend} or {@link #enter} must have been called for them
	 * to be of now.
	 */
	EventRing ring() {
		return this.ring;
	}

	/**
	 * Sees to it that the ring's state is what is so now, and events follow it for a
	 * while.
	 */
	void attend() {
		this.lock.lock();
		try {
			this.attendedAt = System.nanoTime();
			if (!this.awake) {
				begin();
				this.awake = true;
				this.woken.signal();
			}
			else if (!RegistryState.Standing.of(this.registry).equals(this.told.standing())) {
				tryToTell();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * The same, until as many have left as have entered.
	 */
	void enter() {
		this.lock.lock();
		try {
			this.listeners++;
			attend();
		}
		finally {
			this.lock.unlock();
		}
	}

	void leave() {
		this.lock.lock();
		try {
			this.listeners--;
			this.attendedAt = System.nanoTime();
		}
		finally {
			this.lock.unlock();
		}
	}

	@Override
	public void start() {
		this.thread = Thread.ofVirtual().name("registry-events").start(this::run);
	}

	@Override
	public void stop() {
		this.stopped.countDown();
		Thread running = this.thread;
		if (running != null) {
			running.interrupt();
		}
		this.ring.close();
	}

	@Override
	public boolean isRunning() {
		return this.thread != null && this.stopped.getCount() > 0;
	}

	/** Streams end before the port waits for its requests to end. */
	@Override
	public int getPhase() {
		return WebServerGracefulShutdownLifecycle.SMART_LIFECYCLE_PHASE + 1;
	}

	private void run() {
		try {
			do {
				awaitAttention();
				this.changes.await(IDLE);
				tryToTell();
			}
			while (!this.stopped.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	/** Sleeps while there is nobody, and lets go of what was told to those who went. */
	private void awaitAttention() throws InterruptedException {
		this.lock.lock();
		try {
			if (this.listeners == 0 && System.nanoTime() - this.attendedAt >= this.linger.toNanos()) {
				this.awake = false;
				this.told = RegistryState.NONE;
				this.ring.begin(this.told);
			}
			while (!this.awake) {
				this.woken.await();
			}
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Begins with what is so now. The standing first: what it says of the services is
	 * true of those that are taken behind it.
	 */
	private void begin() {
		Instant asOf = this.registry.status().asOf().orElse(null);
		RegistryState.Standing standing = RegistryState.Standing.of(this.registry);
		List<JournalEntry> entries = this.registry.journal(this.journal);
		this.journal = entries.isEmpty() ? this.journal : entries.getLast().sequence();
		this.owed.clear();
		this.toldOverrides = this.overrides.active();
		this.told = new RegistryState(0, this.changes.take().snapshot(), standing, heldNow(), views(this.toldOverrides),
				asOf);
		this.ring.begin(this.told);
	}

	/** A failure is logged when it begins, not each time it lasts. */
	private void tryToTell() {
		this.lock.lock();
		try {
			tell();
			this.failing = false;
		}
		catch (RuntimeException | Error ex) {
			if (!this.failing) {
				logger.error("Events could not be written; they are tried again together with the next ones", ex);
			}
			this.failing = true;
		}
		finally {
			this.lock.unlock();
		}
	}

	/**
	 * Adds to the ring what is different from what was told last.
	 */
	void tell() {
		// Before the services: what it says is true of those that are taken behind it.
		Instant asOf = this.registry.status().asOf().orElse(null);
		RegistryState.Standing standing = RegistryState.Standing.of(this.registry);
		SnapshotChanges.Changes taken = this.changes.take();
		this.owed.addAll(taken.services());
		EventFrame.Builder frame = frame();
		for (ServiceName name : this.owed) {
			if (frame.isFull()) {
				break;
			}
			ServiceChange change = ServiceChange.between(name, this.told.snapshot().find(name),
					taken.snapshot().find(name));
			if (change != null) {
				frame.add("service", change);
			}
		}
		Map<String, RegistryState.Held> held = held(frame);
		ActiveOverrides active = this.overrides.active();
		Map<String, OverrideView> set = overrides(active, frame);
		if (!standing.equals(this.told.standing())) {
			frame.add("status", standing);
		}
		List<JournalEntry> entries = this.registry.journal(this.journal);
		if (!entries.isEmpty()) {
			frame.add("changes", newest(entries, this.journal));
		}
		RegistryState state = new RegistryState(0, taken.snapshot(), standing, held, set, asOf);
		if (frame.isFull()) {
			frame = frame().add("reset", new Reset("more has changed at once than is streamed"));
		}
		if (frame.isEmpty()) {
			this.ring.confirm(state);
		}
		else {
			this.ring.append(frame.build(), state);
		}
		this.told = state;
		this.toldOverrides = active;
		this.owed.clear();
		this.journal = entries.isEmpty() ? this.journal : entries.getLast().sequence();
	}

	private EventFrame.Builder frame() {
		return new EventFrame.Builder(this.mapper, this.ring.state().eventId() + 1, this.settings.maxFrameBytes());
	}

	/** Its cost grows with what is held, and a second more or less tells nothing. */
	private Map<String, RegistryState.Held> held(EventFrame.Builder frame) {
		Map<String, RegistryState.Held> before = this.told.held();
		int count = this.registry.heldRemovals();
		boolean changed = count != before.size() && Math.max(count, before.size()) <= FEW_HELD;
		if (!changed && System.nanoTime() - this.heldAt < HELD_INTERVAL.toNanos()) {
			return before;
		}
		Map<String, RegistryState.Held> now = heldNow();
		if (now.equals(before)) {
			return before;
		}
		frame.add("held", HeldChange.between(before, now));
		return now;
	}

	private Map<String, RegistryState.Held> heldNow() {
		this.heldAt = System.nanoTime();
		Map<String, RegistryState.Held> now = new HashMap<>();
		this.registry.held().stream().map(RegistryState.Held::of).forEach((held) -> now.put(held.key(), held));
		return Map.copyOf(now);
	}

	/** Those that another one hides do nothing, and are not told. */
	private Map<String, OverrideView> overrides(ActiveOverrides active, EventFrame.Builder frame) {
		if (active.equals(this.toldOverrides)) {
			return this.told.overrides();
		}
		Map<String, OverrideView> now = views(active);
		if (!now.equals(this.told.overrides())) {
			frame.add("overrides", OverrideDifference.between(this.told.overrides(), now));
		}
		return now;
	}

	private static Map<String, OverrideView> views(ActiveOverrides active) {
		Map<String, OverrideView> views = new HashMap<>();
		active.inForce().forEach((key, override) -> views.put(key, OverrideView.of(override, active)));
		return Map.copyOf(views);
	}

	private static Changes newest(List<JournalEntry> entries, long told) {
		List<JournalEntry> shown = entries.subList(Math.max(0, entries.size() - MAX_CHANGES), entries.size());
		// Some may have been forgotten before they were told.
		long omitted = shown.getFirst().sequence() - told - 1;
		return new Changes(shown.stream().map(JournalItem::of).toList(), omitted);
	}

	/**
	 * What came to the journal.
	 *
	 * @param changes the last changes, the oldest first
	 * @param omitted how many came before them and are not told
	 */
	record Changes(List<JournalItem> changes, long omitted) {
	}

	/**
	 * Tells a client that it cannot go on from what it has.
	 *
	 * @param reason why not
	 */
	record Reset(String reason) {
	}

	/**
	 * How the held removals differ from what was told last.
	 *
	 * @param put those that are new or differ, whole
	 * @param removed those that are held no longer
	 */
	record HeldChange(List<RegistryState.Held> put, List<Key> removed) {

		static HeldChange between(Map<String, RegistryState.Held> before, Map<String, RegistryState.Held> now) {
			List<RegistryState.Held> put = new ArrayList<>(now.values());
			put.removeAll(new HashSet<>(before.values()));
			put.sort(Comparator.comparing(RegistryState.Held::key));
			List<Key> removed = before.values()
				.stream()
				.filter((held) -> !now.containsKey(held.key()))
				.map((held) -> new Key(held.service(), held.instance()))
				.toList();
			return new HeldChange(put, removed);
		}

		/**
		 * Which instance it was.
		 *
		 * @param service the name of its service
		 * @param instance its id
		 */
		record Key(String service, String instance) {
		}

	}

}
