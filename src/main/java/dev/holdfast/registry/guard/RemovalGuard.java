package dev.holdfast.registry.guard;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.Routability;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Judges what the registry removes. After an outage longer than the leases every
 * registration runs out although the instances are alive, and an emptied cluster looks
 * the same; a gateway that obeys takes everything down. So a removal is applied at once
 * only when somebody deleted the record, or while few go; any other is held, and the
 * instance stays for as long as something listens there, within limits. Belongs to the
 * reflector's thread.
 */
public final class RemovalGuard {

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

	private final LongSupplier nanoTime;

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
	 * Creates a guard that has judged nothing yet.
	 * @param settings which removals are applied at once
	 * @param routability which instances take requests
	 * @param records the records
	 * @param history takes note of what is applied
	 * @param held takes the removals that are to be held
	 * @param nanoTime the time, nanoseconds
	 */
	public RemovalGuard(RemovalGuardSettings settings, Routability routability, RecordStore records, History history,
			HeldRemovals held, LongSupplier nanoTime) {
		this.settings = settings;
		this.routability = routability;
		this.records = records;
		this.history = history;
		this.held = held;
		this.nanoTime = nanoTime;
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
		this.held.pause();
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
		this.held.resume();
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
				&& !this.held.isHeld(removal.key());
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
				this.held.hold(removal, instance, evidence, reason);
			}
		}
	}

	private boolean isElsewhere(ServiceName service, Instance instance) {
		return this.held.isHeld(service, instance.endpoint()) || this.records.isCovered(service, instance);
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

}
