package dev.holdfast.registry.guard;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.Routability;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.PublishedIds;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Judges what the registry removes. After an outage longer than the leases every
 * registration runs out although the instances are alive, and an emptied cluster looks
 * the same; a gateway that obeys takes everything down. So a removal is applied at once
 * only when somebody deleted the record, or while few go; any other is held, and the
 * instance stays for as long as something listens there, within limits. Belongs to the
 * reflector's thread.
 */
public final class RemovalGuard {

	private static final Logger logger = LoggerFactory.getLogger(RemovalGuard.class);

	/** How many probes running must fail. */
	private static final int FALL = 3;

	private static final Duration PROBE_INTERVAL = Duration.ofSeconds(2);

	private static final String OTHER_HISTORY = "a list that does not continue the known history lacks it";

	/** The registry forgets a lease that has ended, and how it came to that. */
	private static final String LEASE_ENDED = "its lease ran out, or was revoked";

	/** With the guard turned off nobody asks. */
	private static final String LEASE_UNKNOWN = "its lease ran out or was revoked, or the record was deleted";

	/** What a lease is taken to be granted until one has told. */
	private static final Duration USUAL_LEASE = Duration.ofSeconds(30);

	private final RemovalGuardSettings settings;

	private final Routability routability;

	private final RecordStore records;

	private final History history;

	private final TimerQueue timers;

	private final Prober prober;

	private final Clock clock;

	private final LongSupplier nanoTime;

	private final RandomGenerator random;

	private final PausableStopwatch live;

	private final HeldRemovals held;

	private final LeaseQuestions questions = new LeaseQuestions();

	/** What no connection has lasted long enough to tell. */
	private List<Removal> unjudged = List.of();

	private final Map<ServiceName, RemovalBudget> budgets = new HashMap<>();

	private long recoveredAt;

	private boolean cautious;

	private Duration longestLease = USUAL_LEASE;

	private boolean leaseKnown;

	/**
	 * Creates a guard that holds nothing yet.
	 */
	public RemovalGuard(RemovalGuardSettings settings, Routability routability, RecordStore records, History history,
			TimerQueue timers, Prober prober, Clock clock, LongSupplier nanoTime, RandomGenerator random) {
		this.settings = settings;
		this.routability = routability;
		this.records = records;
		this.history = history;
		this.timers = timers;
		this.prober = prober;
		this.clock = clock;
		this.nanoTime = nanoTime;
		this.random = random;
		this.live = new PausableStopwatch(nanoTime);
		this.held = new HeldRemovals(clock, this.live);
	}

	/**
	 * Return the removals that are held.
	 */
	public HeldRemovals held() {
		return this.held;
	}

	/**
	 * Takes a connection to ask for leases by.
	 */
	public void connected(LongConsumer leases) {
		this.questions.connect(leases);
	}

	/**
	 * The connection is gone, and with it the answers that were to come.
	 */
	public void disconnected() {
		List<Removal> open = new ArrayList<>(this.unjudged);
		open.addAll(this.questions.disconnect());
		this.unjudged = List.copyOf(open);
		if (this.live.stop()) {
			this.held.publishAll();
		}
	}

	/**
	 * The registry answers again. Leases run out within one grant after it came back, so
	 * two grants from here on everything is held.
	 */
	public void recovered() {
		this.recoveredAt = this.nanoTime.getAsLong();
		this.cautious = true;
	}

	/**
	 * The registry is live: who is held could register again.
	 */
	public void live() {
		if (this.live.start()) {
			this.held.publishAll();
		}
	}

	/**
	 * Judges removals whose leases the last connection did not tell of.
	 * @param trusted whether the list that came since continues the known history
	 */
	public void judgeAgain(boolean trusted, long revision) {
		List<Removal> removals = this.unjudged;
		this.unjudged = List.of();
		for (Removal removal : removals) {
			if (isOpen(removal)) {
				judge(new Removal(removal.key(), removal.service(), removal.instances(), removal.lease(), revision,
						trusted));
			}
		}
	}

	/**
	 * Asks for the leases of a few of the newest instances, since how long a grant is
	 * tells how long to be cautious.
	 */
	public void sampleLeases(List<Long> leases) {
		leases.forEach(this.questions::sample);
	}

	/**
	 * Judges a removal; the record becomes absent, and goes now or later.
	 */
	public void judge(Removal removal) {
		this.records.setAbsent(removal.key(), removal.revision());
		if (!this.settings.enabled() || removal.isExplicit()) {
			boolean leased = removal.lease() != 0;
			apply(removal, leased ? Change.Cause.EXPIRED : Change.Cause.DELETED, leased ? LEASE_UNKNOWN : "");
		}
		else if (!removal.isToldByLease() || !this.questions.ask(removal)) {
			decide(removal);
		}
	}

	/**
	 * Takes the registry's word on a lease.
	 */
	public void onLease(Signal.Lease lease) {
		lease.granted().ifPresent(this::learn);
		for (Removal removal : this.questions.answered(lease.id(), lease.granted().isPresent())) {
			if (!isOpen(removal)) {
				continue;
			}
			if (lease.granted().isPresent()) {
				apply(removal, Change.Cause.DELETED, "its lease is alive");
			}
			else {
				decide(removal);
			}
		}
	}

	private void learn(Duration granted) {
		this.longestLease = (this.leaseKnown && this.longestLease.compareTo(granted) > 0) ? this.longestLease : granted;
		this.leaseKnown = true;
	}

	/** Whether nothing has happened to the record since. */
	private boolean isOpen(Removal removal) {
		RecordStore.Entry entry = this.records.entry(removal.key());
		return entry != null && !entry.present() && entry.modRevision() == removal.revision()
				&& this.held.ofKey(removal.key()).isEmpty();
	}

	private void apply(Removal removal, Change.Cause cause, String detail) {
		for (Instance instance : this.records.instances(removal.key())) {
			this.history.record(removal.service(), removal.revision(), cause, instance.id(), detail);
		}
		this.records.remove(removal.key());
	}

	/** On no other evidence than that the record is gone. */
	private void decide(Removal removal) {
		HeldRemoval.Evidence evidence = removal.trusted() ? HeldRemoval.Evidence.EXPIRED : HeldRemoval.Evidence.MISSING;
		for (Instance instance : this.records.instances(removal.key())) {
			if (isElsewhere(removal.service(), instance)) {
				remove(removal, instance, "it is registered under another key");
				continue;
			}
			String reason = removal.trusted() ? reasonToHold(removal.service(), instance) : OTHER_HISTORY;
			if (reason == null) {
				remove(removal, instance, removal.trusted() ? LEASE_ENDED : "");
			}
			else {
				hold(new RemovalHold(removal, instance, evidence, reason, this.clock.instant()), removal.revision());
			}
		}
	}

	private boolean isElsewhere(ServiceName service, Instance instance) {
		return this.held.at(service, instance.endpoint()) != null || this.records.isCovered(service, instance);
	}

	private void remove(Removal removal, Instance instance, String detail) {
		Change.Cause cause = removal.trusted() ? Change.Cause.EXPIRED : Change.Cause.RELISTED;
		this.history.record(removal.service(), removal.revision(), cause, instance.id(), detail);
		this.records.remove(removal.key(), instance);
	}

	private @Nullable String reasonToHold(ServiceName service, Instance instance) {
		long now = this.nanoTime.getAsLong();
		if (isCautious(now)) {
			return "the registry came back %d s ago, and leases run out after that"
				.formatted(Duration.ofNanos(now - this.recoveredAt).toSeconds());
		}
		if (this.records.registered(service) == 0) {
			return "no other instance of the service is registered";
		}
		if (isLastToTakeRequests(service, instance)) {
			return "no other instance of the service takes requests";
		}
		RemovalBudget budget = this.budgets.computeIfAbsent(service, (name) -> new RemovalBudget(this.settings));
		if (!budget.trySpend(this.records.all(service), now)) {
			return "more than %d %% of the service's instances went within %d s"
				.formatted(Math.round(this.settings.maxRemoved() * 100), this.settings.window().toSeconds());
		}
		return null;
	}

	/** What operators have drained is registered, and no use when the others are gone. */
	private boolean isLastToTakeRequests(ServiceName service, Instance instance) {
		return takesRequests(service, instance)
				&& !this.records.isAnyRegistered(service, (other) -> takesRequests(service, other));
	}

	/** Operators know the instance by what is published of it. */
	private boolean takesRequests(ServiceName service, Instance instance) {
		return this.routability.takesRequests(service, this.records.published(service, instance));
	}

	private boolean isCautious(long now) {
		if (this.cautious && now - this.recoveredAt >= this.longestLease.multipliedBy(2).toNanos()) {
			this.cautious = false;
		}
		return this.cautious;
	}

	private void hold(RemovalHold hold, long revision) {
		this.history.record(hold.service(), revision, Change.Cause.HELD, hold.instance().id(),
				hold.view(this.clock.instant(), this.live).reason());
		this.held.add(hold, this.live.nanos() + this.settings.holdFor().toNanos());
		probe(hold);
	}

	private void probe(RemovalHold hold) {
		if (!hold.isOver()) {
			this.prober.probe(hold.instance().endpoint(), (error) -> probed(hold, error));
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
		this.held.publish(hold);
		double jitter = this.random.nextDouble(0.8, 1.2);
		this.timers.plan(this.nanoTime.getAsLong() + (long) (PROBE_INTERVAL.toNanos() * jitter), () -> probe(hold));
	}

	private void drop(RemovalHold hold, Change.Cause cause, String detail) {
		logger.info("{} of {} at {} is dropped, {}: it is no longer registered{}", hold.instance().id(), hold.service(),
				hold.instance().endpoint(), cause, detail.isEmpty() ? "" : ", and " + detail);
		this.held.remove(hold);
		this.history.record(hold.service(), this.records.snapshot().revision().number(), cause, hold.instance().id(),
				detail);
		this.records.remove(hold.key(), hold.instance());
	}

	/**
	 * Ends the holds of what is registered again, under the same key or another.
	 * @param key the key of the record that was written
	 * @param service the service that it registers instances of
	 */
	public void registered(String key, ServiceName service) {
		if (this.held.size() == 0) {
			return;
		}
		this.held.ofKey(key).forEach(this.held::remove);
		for (Instance instance : this.records.instances(key)) {
			RemovalHold hold = this.held.at(service, instance.endpoint());
			if (hold != null) {
				this.held.remove(hold);
				this.records.remove(hold.key(), hold.instance());
			}
		}
	}

	/**
	 * Ends the holds of a record that no longer registers anything.
	 */
	public void withdrawn(String key) {
		this.held.ofKey(key).forEach(this.held::remove);
	}

	/**
	 * Applies held removals at an operator's word.
	 * @param reason why, empty when the operator gave no reason
	 * @return those that were applied
	 */
	public List<HeldRemoval> approve(HeldSelection selection, String reason) {
		List<HeldRemoval> approved = new ArrayList<>();
		PublishedIds ids = new PublishedIds(this.records.snapshot());
		for (RemovalHold hold : this.held.select(selection, ids)) {
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
		for (RemovalHold hold : this.held.select(selection, ids)) {
			hold.keepUntil(until);
			this.held.halt(hold);
			this.history.record(hold.service(), this.records.snapshot().revision().number(), Change.Cause.CANCELLED,
					hold.instance().id(), "kept until " + until + (reason.isEmpty() ? "" : ": " + reason));
			this.timers.plan(this.nanoTime.getAsLong() + time.toNanos(), () -> keepNoLonger(hold, until));
			kept.add(view(hold, ids));
		}
		return List.copyOf(kept);
	}

	private HeldRemoval view(RemovalHold hold, PublishedIds ids) {
		return hold.view(this.clock.instant(), this.live).withId(ids.of(hold.service(), hold.instance()));
	}

	private void keepNoLonger(RemovalHold hold, Instant until) {
		if (!hold.isOver() && until.equals(hold.keptUntil())) {
			hold.keepNoLonger();
			this.held.count(hold, this.live.nanos() + this.settings.holdFor().toNanos());
		}
	}

	/**
	 * How long until the next hold has lasted its time, nanoseconds;
	 * {@link Long#MAX_VALUE} when no time runs.
	 */
	public long untilNext() {
		RemovalHold oldest = this.held.oldest();
		return (oldest != null) ? oldest.deadline() - this.live.nanos() : Long.MAX_VALUE;
	}

	/**
	 * Drops what was held for its time.
	 */
	public void onTime() {
		while (untilNext() <= 0) {
			RemovalHold oldest = this.held.oldest();
			if (oldest != null) {
				drop(oldest, Change.Cause.HOLD_ENDED, "nothing registered it again");
			}
		}
	}

}
