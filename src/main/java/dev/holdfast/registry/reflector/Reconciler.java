package dev.holdfast.registry.reflector;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.EventType;
import dev.holdfast.registry.Freeze;
import dev.holdfast.registry.HeldRemoval;
import dev.holdfast.registry.HeldSelection;
import dev.holdfast.registry.Probe;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RelistOutcome;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.registry.catalog.Commit;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.ColdStart;
import dev.holdfast.registry.guard.HeldRemovals;
import dev.holdfast.registry.guard.Prober;
import dev.holdfast.registry.guard.Removal;
import dev.holdfast.registry.guard.RemovalGuard;
import dev.holdfast.registry.guard.TimerQueue;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Applies what the registry says to the records, removals under the guard, and publishes
 * what comes out. Belongs to the reflector's thread.
 */
final class Reconciler {

	private static final Logger logger = LoggerFactory.getLogger(Reconciler.class);

	/** Leases that are asked how long they are granted, after each list. */
	private static final int LEASE_SAMPLE = 8;

	/** How old what has arrived may get for the sake of what arrives after it. */
	private static final Duration PUBLICATION_DELAY = Duration.ofMillis(5);

	private final RecordStore records;

	private final HeldRemovals held;

	private final RemovalGuard guard;

	private final History history;

	private final CachedRegistry registry;

	private final Optional<SnapshotFile> file;

	private final Duration holdFor;

	private final RegistryListener listener;

	private final LongSupplier nanoTime;

	private final TimerQueue timers;

	private final RegistryLog log;

	private final ColdStart coldStart;

	/** The newest revision that was applied. */
	private Revision revision = Revision.NONE;

	/** Up to here every change is known to have been applied. */
	private long proven;

	/** Events up to here are contained in a list that was applied. */
	private long floor;

	/** When the watch responses arrived that are applied and not published, in order. */
	private final List<Long> unpublished = new ArrayList<>();

	/** Whether a registry has confirmed what came from disk, if anything did. */
	private boolean listed;

	private @Nullable Freeze freeze;

	Reconciler(RegistrySettings settings, Probe probe, Mailbox mailbox, CachedRegistry registry,
			Optional<SnapshotFile> file, RegistryListener listener, Clock clock, LongSupplier nanoTime,
			RandomGenerator random, History history) {
		this.records = new RecordStore(clock);
		this.history = history;
		this.timers = new TimerQueue(nanoTime);
		this.log = new RegistryLog(nanoTime);
		Prober prober = new Prober(probe, (action) -> mailbox.post(new Mailbox.Message.Task(action)));
		this.held = new HeldRemovals(settings.removalGuard().holdFor(), this.records, this.history, this.timers, prober,
				clock, nanoTime, random);
		this.guard = new RemovalGuard(settings.removalGuard(), settings.routability(), this.records, this.history,
				this.held, nanoTime);
		this.coldStart = new ColdStart(this.records, this.timers, prober);
		this.registry = registry;
		this.registry.show(this.held);
		this.file = file;
		this.holdFor = settings.removalGuard().holdFor();
		this.listener = listener;
		this.nanoTime = nanoTime;
	}

	/**
	 * Takes the snapshot on disk, if there is one. Its instances are published one by
	 * one, as soon as a probe of them passes.
	 * @param probed called when each was probed once or the registry has answered; at
	 * once when there is none
	 */
	void restore(Runnable probed) {
		Optional<SnapshotFile.Saved> found = this.file.flatMap(SnapshotFile::load);
		found.ifPresent((saved) -> {
			this.records.seed(saved.snapshot());
			this.revision = saved.snapshot().revision();
			this.proven = this.revision.number();
			for (Service service : saved.snapshot().services().values()) {
				this.history.record(service.name(), service.revision(), Change.Cause.FROM_DISK, "",
						service.instances().size() + " instances");
			}
			boolean frozen = this.freeze != null;
			if (frozen) {
				// What was frozen before a restart is so behind it, and whoever waited
				// for
				// probes would lose what they find to the list that must not be
				// published.
				this.coldStart.reveal(saved.snapshot());
			}
			publish();
			this.registry.restored(saved, "the registry has not been asked yet", frozen);
			if (frozen) {
				probed.run();
			}
			else {
				this.coldStart.begin(saved.snapshot(), probed);
			}
		});
		if (found.isEmpty()) {
			probed.run();
		}
	}

	/**
	 * A connection is made.
	 * @param leases asks it for a lease
	 */
	void begin(long generation, LongConsumer leases) {
		this.registry.begin(generation);
		this.guard.connected(leases);
	}

	/**
	 * The connection is gone.
	 */
	void lost(String cause) {
		this.guard.disconnected();
		this.registry.lost(cause);
	}

	/**
	 * Makes the first list of a connection the whole truth.
	 */
	RefreshResult replace(Signal.Listed list) {
		boolean first = !this.listed && this.revision.equals(Revision.NONE);
		boolean trusted = first || continues(list);
		if (!first && list.revision().isOtherHistory(this.revision)) {
			logger.warn("The cluster was wiped, restored or replaced: it is at {}, it was at {}", list.revision(),
					this.revision);
		}
		this.guard.recovered();
		Set<String> gone = new HashSet<>(this.records.present());
		for (RegistryRecord written : list.records()) {
			gone.remove(written.key());
			if (!this.records.isKnown(written)) {
				put(written, first ? null : Change.Cause.RELISTED);
			}
		}
		long number = list.revision().number();
		gone.forEach((key) -> remove(key, number, trusted));
		this.guard.judgeAgain(trusted, number);
		this.guard.sampleLeases(newestLeases(list));
		this.floor = number;
		this.proven = number;
		this.listed = true;
		this.registry.listed();
		RefreshResult result = publish(list.revision());
		this.coldStart.end();
		if (first) {
			this.records.snapshot()
				.services()
				.values()
				.forEach((service) -> this.history.record(service.name(), number, Change.Cause.RELISTED, "",
						service.instances().size() + " instances"));
		}
		return result;
	}

	/**
	 * Whether a list belongs to the history that was followed so far: what was written up
	 * to the last proof of delivery must be known as it is. A cluster's id and a grown
	 * revision alone do not tell, for a cluster made anew of the same members has both
	 * after some time.
	 */
	private boolean continues(Signal.Listed list) {
		if (list.revision().isOtherHistory(this.revision)) {
			return false;
		}
		return list.records().stream().filter((record) -> record.modRevision() <= this.proven).allMatch((record) -> {
			RecordStore.Entry known = this.records.entry(record.key());
			// Not every record is on disk.
			return (known != null) ? known.modRevision() == record.modRevision() : !this.listed;
		});
	}

	/**
	 * Counts what a list on a running watch has although nobody knew of it: what is not
	 * newer than the last proof of delivery. Either the watch has lost it, or the cluster
	 * was restored; what the list lacks is not to be believed then.
	 * @param deletedSince the revision at which each key was deleted that an event
	 * deleted while the list was under way
	 */
	int strangers(Signal.Listed list, Map<String, Long> deletedSince) {
		long number = list.revision().number();
		return (int) list.records()
			.stream()
			.filter((record) -> record.modRevision() <= this.proven
					&& deletedSince.getOrDefault(record.key(), 0L) <= number)
			.filter((record) -> {
				RecordStore.Entry known = this.records.entry(record.key());
				return known == null || (known.modRevision() != record.modRevision() && known.modRevision() <= number);
			})
			.count();
	}

	/**
	 * Tells of records that the watch should have delivered.
	 */
	void drifted(int records, String consequence) {
		logger.error("A list found {} records that the watch should have delivered; {}", records, consequence);
		this.listener.onDrift(records);
	}

	private static List<Long> newestLeases(Signal.Listed list) {
		TreeMap<Long, Long> newest = new TreeMap<>();
		for (RegistryRecord written : list.records()) {
			boolean newer = newest.size() < LEASE_SAMPLE || written.modRevision() > newest.firstKey();
			if (newer && written.lease() != 0) {
				newest.put(written.modRevision(), written.lease());
				if (newest.size() > LEASE_SAMPLE) {
					newest.pollFirstEntry();
				}
			}
		}
		return newest.values().stream().distinct().toList();
	}

	/**
	 * Applies what a list has that the watch did not bring.
	 * @param deletedSince the revision at which each key was deleted that an event
	 * deleted while the list was under way
	 * @param complete whether the watch had delivered as much as the list has; a
	 * difference is a defect then
	 */
	RefreshResult reconcile(Signal.Listed list, Map<String, Long> deletedSince, RelistReason reason, boolean complete) {
		Change.Cause cause = complete ? Change.Cause.DRIFT : Change.Cause.RELISTED;
		int differences = 0;
		long number = list.revision().number();
		Set<String> keys = HashSet.newHashSet(list.records().size());
		for (RegistryRecord written : list.records()) {
			keys.add(written.key());
			RecordStore.Entry entry = this.records.entry(written.key());
			// What is absent may be so since a history that counted further.
			boolean newer = entry == null || !entry.present() || entry.modRevision() < written.modRevision();
			if (newer && deletedSince.getOrDefault(written.key(), 0L) <= number) {
				put(written, cause);
				differences++;
			}
		}
		for (String key : this.records.present()) {
			RecordStore.Entry entry = this.records.entry(key);
			if (!keys.contains(key) && entry != null && entry.modRevision() <= number) {
				recordLack(entry.service(), key, number, cause);
				remove(key, number, true);
				differences++;
			}
		}
		this.floor = Math.max(this.floor, number);
		this.proven = Math.max(this.proven, number);
		if (complete && differences > 0) {
			drifted(differences, "they are applied now");
		}
		this.listener.onRelist(reason, RelistOutcome.SUCCESS);
		return publish(newest(list.revision()));
	}

	private void recordLack(@Nullable ServiceName service, String key, long number, Change.Cause cause) {
		if (service != null) {
			this.records.instances(key)
				.forEach((instance) -> this.history.record(service, number, cause, instance.id(), "a list lacks it"));
		}
	}

	/**
	 * Applies what a watch delivered; events that a list has overtaken change nothing.
	 * Nobody sees it before {@link #publishDelivered}.
	 */
	void apply(List<RecordEvent> events, long cluster, Signal.Delivered delivered) {
		for (RecordEvent event : events) {
			if (event.revision() > this.floor) {
				this.listener.onEvent(apply(event));
			}
		}
		this.revision = newest(new Revision(cluster, delivered.revision()));
		this.unpublished.add(delivered.receivedNanos());
	}

	/**
	 * Tells whether something that was applied is to be published without delay. Watch
	 * responses that have arrived meanwhile may come first, since one publication of many
	 * costs less than many of one, but for a few milliseconds at most.
	 * @param more whether another watch response has arrived
	 */
	boolean isToPublish(boolean more) {
		return !this.unpublished.isEmpty()
				&& (!more || this.nanoTime.getAsLong() - this.unpublished.getFirst() >= PUBLICATION_DELAY.toNanos());
	}

	boolean hasUnpublished() {
		return !this.unpublished.isEmpty();
	}

	/**
	 * Publishes what was applied of watch responses.
	 */
	void publishDelivered() {
		if (this.unpublished.isEmpty()) {
			return;
		}
		List<Long> arrivals = List.copyOf(this.unpublished);
		this.unpublished.clear();
		publish();
		long now = this.nanoTime.getAsLong();
		arrivals.forEach((arrival) -> this.listener.onPropagated(Duration.ofNanos(now - arrival)));
	}

	private EventType apply(RecordEvent event) {
		return switch (event) {
			case RecordEvent.Put(RegistryRecord written) -> {
				put(written, Change.Cause.PUT);
				yield (written.parsed() instanceof ParsedRecord.Unreadable) ? EventType.UNREADABLE : EventType.PUT;
			}
			case RecordEvent.Deleted(String key, long number) -> {
				remove(key, number, true);
				yield EventType.DELETE;
			}
		};
	}

	private void put(RegistryRecord written, Change.@Nullable Cause cause) {
		String key = written.key();
		RecordStore.Entry entry = this.records.entry(key);
		boolean present = entry != null && entry.present();
		ServiceName service = (entry != null) ? entry.service() : null;
		List<Instance> before = this.records.instances(key);
		ParsedRecord.Weighted weight = this.records.weight(key);
		this.records.put(written);
		List<Instance> after = this.records.instances(key);
		RecordStore.Entry now = this.records.entry(key);
		if (now != null && now.service() != null && !after.isEmpty()) {
			this.held.registered(key, now.service());
		}
		else {
			this.held.withdrawn(key);
		}
		if (cause == null) {
			return;
		}
		if (now != null && now.service() != null) {
			recordPut(now.service(), written.modRevision(), cause, present ? before : List.of(), after);
		}
		if (written.parsed() instanceof ParsedRecord.Weighted weighted && !weighted.equals(weight)) {
			this.history.record(weighted.service(), written.modRevision(), cause, weighted.instance(),
					Differences.between(weight, weighted));
		}
		if (service != null) {
			recordWithdrawn(service, written.modRevision(), before, service.equals(serviceOf(now)) ? after : List.of());
		}
	}

	private void recordPut(ServiceName service, long number, Change.Cause cause, List<Instance> before,
			List<Instance> after) {
		for (Instance instance : after) {
			if (before.stream().noneMatch(instance::isSameAs)) {
				String detail = before.stream()
					.filter((other) -> other.id().equals(instance.id()))
					.findFirst()
					.map((other) -> Differences.between(other, instance))
					.orElse(instance.endpoint().toString());
				this.history.record(service, number, cause, instance.id(), detail);
			}
		}
	}

	private void recordWithdrawn(ServiceName service, long number, List<Instance> before, List<Instance> after) {
		for (Instance instance : before) {
			if (after.stream().noneMatch((other) -> other.id().equals(instance.id()))) {
				this.history.record(service, number, Change.Cause.DELETED, instance.id(),
						"its record no longer names it");
			}
		}
	}

	private static @Nullable ServiceName serviceOf(RecordStore.@Nullable Entry entry) {
		return (entry != null) ? entry.service() : null;
	}

	private void remove(String key, long number, boolean trusted) {
		RecordStore.Entry entry = this.records.entry(key);
		if (entry == null || !entry.present()) {
			return;
		}
		if (entry.seeded()) {
			this.records.settle(key);
		}
		List<Instance> instances = this.records.instances(key);
		if (entry.service() == null || instances.isEmpty()) {
			this.records.remove(key);
			return;
		}
		this.guard.judge(new Removal(key, entry.service(), instances, entry.lease(), number, trusted));
	}

	/**
	 * Takes the registry's word on a lease.
	 */
	void onLease(Signal.Lease lease) {
		this.guard.onLease(lease);
		publish();
	}

	/**
	 * Within a connection the revision never falls: watches progress at different speeds.
	 */
	private Revision newest(Revision other) {
		return (other.number() < this.revision.number()) ? this.revision : other;
	}

	private RefreshResult publish(Revision next) {
		long before = this.revision.number();
		this.revision = next;
		this.log.held(this.held, this.records, this.holdFor);
		// A gateway that has nothing yet is frozen when it has something.
		if (this.freeze != null && !this.records.snapshot().revision().equals(Revision.NONE)) {
			return new RefreshResult(0, 0, 0, this.held.size(), before, next.number());
		}
		Commit commit = this.records.commit(next);
		List<UnreadableRecord> unreadable = this.records.unreadable();
		this.registry.unreadable(unreadable);
		this.log.unreadable(this.records.newlyUnreadable(), unreadable.size());
		this.registry.publish(commit.snapshot(), commit.services());
		save();
		return new RefreshResult(commit.added(), commit.removed(), commit.changed(), this.held.size(), before,
				next.number());
	}

	/**
	 * Publishes what the gateway itself has changed.
	 */
	void publish() {
		publish(this.revision);
	}

	/** What came from disk and was not confirmed is on disk better than here. */
	private void save() {
		if (this.listed) {
			this.file.ifPresent((file) -> file.save(this.records.snapshot()));
		}
	}

	/**
	 * Delivery is proven.
	 * @param head the newest revision known
	 * @param delivered up to which revision every watch has delivered
	 */
	void proven(Revision head, long delivered, long tookNanos) {
		this.guard.live();
		this.proven = delivered;
		this.registry.proven(head);
		// What is on disk is as old as its last confirmation, not as its last change.
		save();
		this.listener.onBarrier(Duration.ofNanos(tookNanos), head.number());
	}

	/**
	 * Compares what is published with a list.
	 */
	RegistryDiff diff(Signal.Listed list) {
		return RegistryComparison.of(this.records.snapshot(), list, this.registry);
	}

	List<HeldRemoval> approve(HeldSelection selection, String reason) {
		return this.held.approve(selection, reason);
	}

	List<HeldRemoval> cancel(HeldSelection selection, Duration time, String reason) {
		return this.held.cancel(selection, time, reason);
	}

	/**
	 * Begins a freeze, which lasts until {@link #unfreeze}: whoever began it ends it when
	 * its time is over, since two clocks would not end it at the same moment.
	 */
	void freeze(Freeze begun) {
		if (begun.equals(this.freeze)) {
			return;
		}
		startAtOnce();
		this.freeze = begun;
		this.registry.frozen(begun);
		logger.warn("Frozen until {}: nothing that the registry says is published", begun.until());
	}

	/**
	 * Publishes all that came from disk: whatever its probes have not found yet would
	 * else be missing until the freeze ends, and be missing on disk behind that.
	 */
	private void startAtOnce() {
		if (this.coldStart.revealAll()) {
			publish();
			this.coldStart.end();
		}
	}

	/**
	 * Ends a freeze; the next publication brings what came meanwhile.
	 */
	void unfreeze() {
		if (this.freeze != null) {
			this.freeze = null;
			this.registry.frozen(null);
			logger.info("The freeze has ended; what the registry said meanwhile is published");
		}
	}

	/**
	 * Takes note of what an operator has changed on this side of the registry.
	 */
	void note(ServiceName service, Change.Cause cause, String instance, String detail) {
		this.history.record(service, this.revision.number(), cause, instance, detail);
	}

	TimerQueue timers() {
		return this.timers;
	}

	/**
	 * How long until there is something to do, nanoseconds; {@link Long#MAX_VALUE} when
	 * there is nothing.
	 */
	long untilNext() {
		return this.timers.untilNext();
	}

	/**
	 * Does what is due.
	 */
	void onTime() {
		if (this.timers.run()) {
			publish();
		}
	}

}
