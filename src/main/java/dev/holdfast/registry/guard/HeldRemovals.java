package dev.holdfast.registry.guard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.PublishedIds;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.TimerQueue.Timer;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import org.pcollections.PMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The removals that are held: each until something registers the instance again, nothing
 * listens there any more, its time is over, or an operator decides. Written by the
 * reflector's thread; {@link #views} and {@link #size} are safe on any.
 */
public final class HeldRemovals {

	private static final Logger logger = LoggerFactory.getLogger(HeldRemovals.class);

	/** How many probes running must fail. */
	private static final int FALL = 3;

	private static final Duration PROBE_INTERVAL = Duration.ofSeconds(2);

	private final Duration holdFor;

	private final RecordStore records;

	private final History history;

	private final TimerQueue timers;

	private final Prober prober;

	private final Clock clock;

	private final RandomGenerator random;

	/** Runs while the registry is live, so that what is held could register again. */
	private final PausableStopwatch live;

	private final HoldIndex holds;

	private final Timer expiry;

	/**
	 * Creates an empty collection.
	 * @param holdFor how long a removal is held at most while the registry is live
	 * @param records the records, of which those that are held are absent ones
	 * @param history takes note of what becomes of them
	 * @param timers of the reflector's thread
	 * @param prober finds out whether something listens
	 * @param clock the time of day
	 * @param nanoTime the time, nanoseconds
	 * @param random for the jitter of probes
	 */
	public HeldRemovals(Duration holdFor, RecordStore records, History history, TimerQueue timers, Prober prober,
			Clock clock, LongSupplier nanoTime, RandomGenerator random) {
		this.holdFor = holdFor;
		this.records = records;
		this.history = history;
		this.timers = timers;
		this.prober = prober;
		this.clock = clock;
		this.random = random;
		this.live = new PausableStopwatch(nanoTime);
		this.holds = new HoldIndex(clock, this.live);
		this.expiry = timers.timer(this::dropExpired);
	}

	/** Their time runs. */
	void resume() {
		if (this.live.start()) {
			this.holds.publishAll();
			awaitExpiry();
		}
	}

	/** Their time stands still. */
	void pause() {
		if (this.live.stop()) {
			this.holds.publishAll();
			awaitExpiry();
		}
	}

	/**
	 * Hold a removal of one instance.
	 * @param reason why
	 */
	void hold(Removal removal, Instance instance, HeldRemoval.Evidence evidence, String reason) {
		RemovalHold hold = new RemovalHold(removal, instance, evidence, reason, this.clock.instant());
		this.history.record(hold.service(), removal.revision(), Change.Cause.HELD, instance.id(), reason);
		this.holds.add(hold, deadline());
		awaitExpiry();
		probe(hold);
	}

	boolean isHeld(String key) {
		return !this.holds.ofKey(key).isEmpty();
	}

	boolean isHeld(ServiceName service, Endpoint endpoint) {
		return this.holds.at(service, endpoint) != null;
	}

	private void probe(RemovalHold hold) {
		if (!hold.isOver()) {
			this.prober.probe(hold.service(), hold.instance(), (error) -> probed(hold, error));
		}
	}

	private void probed(RemovalHold hold, String error) {
		if (hold.isOver()) {
			return;
		}
		if (hold.probed(error, this.clock.instant()) >= FALL && !hold.isKept()) {
			drop(hold, Change.Cause.DROPPED_BY_PROBE, error);
			return;
		}
		this.holds.publish(hold);
		double jitter = this.random.nextDouble(0.8, 1.2);
		this.timers.after(Duration.ofNanos((long) (PROBE_INTERVAL.toNanos() * jitter)), () -> probe(hold));
	}

	private void drop(RemovalHold hold, Change.Cause cause, String detail) {
		logger.info("{} of {} at {} is dropped, {}: it is no longer registered{}", hold.instance().id(), hold.service(),
				hold.instance().endpoint(), cause, detail.isEmpty() ? "" : ", and " + detail);
		end(hold);
		this.history.record(hold.service(), this.records.snapshot().revision().number(), cause, hold.instance().id(),
				detail);
		this.records.remove(hold.key(), hold.instance());
	}

	private void end(RemovalHold hold) {
		this.holds.remove(hold);
		awaitExpiry();
	}

	/**
	 * Ends the holds of what is registered again, under the same key or another.
	 * @param key the key of the record that was written
	 * @param service the service that it registers instances of
	 */
	public void registered(String key, ServiceName service) {
		if (size() == 0) {
			return;
		}
		withdrawn(key);
		for (Instance instance : this.records.instances(key)) {
			RemovalHold hold = this.holds.at(service, instance.endpoint());
			if (hold != null) {
				end(hold);
				this.records.remove(hold.key(), hold.instance());
			}
		}
	}

	/**
	 * Ends the holds of a record that no longer registers anything.
	 * @param key its key
	 */
	public void withdrawn(String key) {
		this.holds.ofKey(key).forEach(this::end);
	}

	/**
	 * Applies held removals at an operator's word.
	 * @param reason why, empty when the operator gave no reason
	 * @return those that were applied
	 */
	public List<HeldRemoval> approve(HeldSelection selection, String reason) {
		List<HeldRemoval> approved = new ArrayList<>();
		PublishedIds ids = new PublishedIds(this.records.snapshot());
		for (RemovalHold hold : this.holds.select(selection, ids)) {
			approved.add(view(hold, ids));
			drop(hold, Change.Cause.APPROVED, reason);
		}
		return List.copyOf(approved);
	}

	/**
	 * Keeps instances at an operator's word.
	 * @param time for how long
	 * @param reason why, empty when the operator gave no reason
	 * @return those that are kept
	 */
	public List<HeldRemoval> cancel(HeldSelection selection, Duration time, String reason) {
		List<HeldRemoval> kept = new ArrayList<>();
		Instant until = this.clock.instant().plus(time);
		PublishedIds ids = new PublishedIds(this.records.snapshot());
		for (RemovalHold hold : this.holds.select(selection, ids)) {
			hold.keepUntil(until);
			this.holds.halt(hold);
			this.history.record(hold.service(), this.records.snapshot().revision().number(), Change.Cause.CANCELLED,
					hold.instance().id(), "kept until " + until + (reason.isEmpty() ? "" : ": " + reason));
			this.timers.after(time, () -> keepNoLonger(hold, until));
			kept.add(view(hold, ids));
		}
		awaitExpiry();
		return List.copyOf(kept);
	}

	private HeldRemoval view(RemovalHold hold, PublishedIds ids) {
		return hold.view(this.clock.instant(), this.live).withId(ids.of(hold.service(), hold.instance()));
	}

	private void keepNoLonger(RemovalHold hold, Instant until) {
		if (!hold.isOver() && until.equals(hold.keptUntil())) {
			hold.keepNoLonger();
			this.holds.count(hold, deadline());
			awaitExpiry();
		}
	}

	/** All have the same time, so the first is the next. */
	private long deadline() {
		return this.live.nanos() + this.holdFor.toNanos();
	}

	private void awaitExpiry() {
		RemovalHold oldest = this.holds.oldest();
		if (oldest != null) {
			this.expiry.startAt(this.live.whenAt(oldest.deadline()));
		}
		else {
			this.expiry.stop();
		}
	}

	private void dropExpired() {
		RemovalHold oldest = this.holds.oldest();
		while (oldest != null && oldest.deadline() - this.live.nanos() <= 0) {
			drop(oldest, Change.Cause.HOLD_ENDED, "nothing registered it again");
			oldest = this.holds.oldest();
		}
		awaitExpiry();
	}

	/**
	 * Return the services whose removals have begun to be held since this was last asked.
	 */
	public List<Begun> begun() {
		return this.holds.begun().stream().map((service) -> {
			Collection<RemovalHold> held = this.holds.of(service);
			return new Begun(service, held.size(), held.iterator().next().reason());
		}).toList();
	}

	/**
	 * Return what others see of them, by service and endpoint. Safe on any thread.
	 */
	public PMap<ServiceName, PMap<Endpoint, HeldRemoval>> views() {
		return this.holds.views();
	}

	/**
	 * Return how many there are. Safe on any thread.
	 */
	public int size() {
		return this.holds.size();
	}

	/**
	 * A service whose removals have begun to be held.
	 *
	 * @param service the service
	 * @param removals how many of its removals are held
	 * @param reason why the first one is
	 */
	public record Begun(ServiceName service, int removals, String reason) {
	}

}
