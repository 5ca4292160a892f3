package dev.holdfast.registry.reflector;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.RelistOutcome;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.RemovalGuard;
import dev.holdfast.service.Revision;
import dev.holdfast.service.ServiceName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings what is known in line with what a list or a watch response says. Belongs to the
 * reflector's thread.
 */
final class Reconciler {

	private static final Logger logger = LoggerFactory.getLogger(Reconciler.class);

	/** Leases that are asked how long they are granted, after each list. */
	private static final int LEASE_SAMPLE = 8;

	private final RecordStore records;

	private final RecordApplier applier;

	private final RemovalGuard guard;

	private final SnapshotPublisher publisher;

	private final ColdStart coldStart;

	private final History history;

	private final RegistryListener listener;

	/** Up to here every change is known to have been applied. */
	private long proven;

	/** Events up to here are contained in a list that was applied. */
	private long floor;

	Reconciler(RecordStore records, RecordApplier applier, RemovalGuard guard, SnapshotPublisher publisher,
			ColdStart coldStart, History history, RegistryListener listener) {
		this.records = records;
		this.applier = applier;
		this.guard = guard;
		this.publisher = publisher;
		this.coldStart = coldStart;
		this.history = history;
		this.listener = listener;
	}

	/**
	 * Takes note that delivery is proven.
	 * @param number the revision up to which every change has been applied
	 */
	void proven(long number) {
		this.proven = number;
	}

	/**
	 * Makes the first list of a connection the whole truth.
	 */
	RefreshResult replace(Signal.Listed list) {
		Revision known = this.publisher.revision();
		boolean first = !this.publisher.isListed() && known.equals(Revision.NONE);
		boolean trusted = first || continues(list);
		if (!first && list.revision().isOtherHistory(known)) {
			logger.warn("The cluster was wiped, restored or replaced: it is at {}, it was at {}", list.revision(),
					known);
		}
		this.guard.recovered();
		Set<String> gone = new HashSet<>(this.records.present());
		for (RegistryRecord written : list.records()) {
			gone.remove(written.key());
			if (!this.records.isKnown(written)) {
				this.applier.put(written, first ? null : Change.Cause.RELISTED);
			}
		}
		long number = list.revision().number();
		gone.forEach((key) -> this.applier.remove(key, number, trusted));
		this.guard.judgeAgain(trusted, number);
		this.guard.sampleLeases(newestLeases(list));
		this.floor = number;
		this.proven = number;
		RefreshResult result = this.publisher.publishList(list.revision());
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
		if (list.revision().isOtherHistory(this.publisher.revision())) {
			return false;
		}
		return list.records().stream().filter((record) -> record.modRevision() <= this.proven).allMatch((record) -> {
			RecordStore.Entry known = this.records.entry(record.key());
			// Not every record is on disk.
			return (known != null) ? known.modRevision() == record.modRevision() : !this.publisher.isListed();
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
	Reconciled reconcile(Signal.Listed list, Map<String, Long> deletedSince, RelistReason reason, boolean complete) {
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
				this.applier.put(written, cause);
				differences++;
			}
		}
		for (String key : this.records.present()) {
			RecordStore.Entry entry = this.records.entry(key);
			if (!keys.contains(key) && entry != null && entry.modRevision() <= number) {
				if (entry instanceof RecordStore.Entry.OfService of) {
					recordLack(of.service(), key, number, cause);
				}
				this.applier.remove(key, number, true);
				differences++;
			}
		}
		this.floor = Math.max(this.floor, number);
		this.proven = Math.max(this.proven, number);
		if (complete && differences > 0) {
			drifted(differences, "they are applied now");
		}
		this.listener.onRelist(reason, RelistOutcome.SUCCESS);
		return new Reconciled(differences, this.publisher.publishNewest(list.revision()));
	}

	/**
	 * What came of a list beside the watch.
	 *
	 * @param differences records that differ, published or not: what is held or frozen is
	 * not
	 * @param result what was published
	 */
	record Reconciled(int differences, RefreshResult result) {
	}

	private void recordLack(ServiceName service, String key, long number, Change.Cause cause) {
		this.records.instances(key)
			.forEach((instance) -> this.history.record(service, number, cause, instance.id(), "a list lacks it"));
	}

	/**
	 * Applies what a watch delivered; events that a list has overtaken change nothing.
	 * Nobody sees it before {@link SnapshotPublisher#publishDelivered}.
	 */
	void apply(List<RecordEvent> events, long cluster, Signal.Delivered delivered) {
		for (RecordEvent event : events) {
			if (event.revision() > this.floor) {
				this.listener.onEvent(this.applier.apply(event));
			}
		}
		this.publisher.delivered(new Revision(cluster, delivered.revision()), delivered.receivedNanos());
	}

}
