package dev.holdfast.registry.reflector;

import java.util.List;

import dev.holdfast.registry.Change;
import dev.holdfast.registry.EventType;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.catalog.History;
import dev.holdfast.registry.catalog.RecordStore;
import dev.holdfast.registry.guard.HeldRemovals;
import dev.holdfast.registry.guard.Removal;
import dev.holdfast.registry.guard.RemovalGuard;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Applies one record after the other, removals under the guard, and notes what each
 * changed.
 */
final class RecordApplier {

	private final RecordStore records;

	private final RemovalGuard guard;

	private final HeldRemovals held;

	private final History history;

	RecordApplier(RecordStore records, RemovalGuard guard, HeldRemovals held, History history) {
		this.records = records;
		this.guard = guard;
		this.held = held;
		this.history = history;
	}

	/**
	 * Applies what a watch delivered.
	 * @return what it was
	 */
	EventType apply(RecordEvent event) {
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

	/**
	 * Applies a record as it is written now.
	 * @param cause why, for the history; {@code null} when nothing is to be noted of it
	 */
	void put(RegistryRecord written, Change.@Nullable Cause cause) {
		String key = written.key();
		RecordStore.Entry entry = this.records.entry(key);
		boolean present = entry != null && entry.present();
		List<Instance> before = this.records.instances(key);
		ParsedRecord.Weighted weight = this.records.weight(key);
		this.records.put(written);
		List<Instance> after = this.records.instances(key);
		ServiceName service = serviceOf(this.records.entry(key));
		if (service != null && !after.isEmpty()) {
			this.held.registered(key, service);
		}
		else {
			this.held.withdrawn(key);
		}
		if (cause == null) {
			return;
		}
		if (service != null) {
			recordPut(service, written.modRevision(), cause, present ? before : List.of(), after);
		}
		if (written.parsed() instanceof ParsedRecord.Weighted weighted && !weighted.equals(weight)) {
			this.history.record(weighted.service(), written.modRevision(), cause, weighted.instance(),
					Differences.between(weight, weighted));
		}
		ServiceName left = serviceOf(entry);
		if (left != null) {
			recordWithdrawn(left, written.modRevision(), before, left.equals(service) ? after : List.of());
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
		return (entry instanceof RecordStore.Entry.OfService of) ? of.service() : null;
	}

	/**
	 * Has the end of a record judged, and applied or not.
	 * @param number the revision at which it went, or at which a list lacked it
	 * @param trusted whether it was observed in the history that was followed so far
	 */
	void remove(String key, long number, boolean trusted) {
		RecordStore.Entry entry = this.records.entry(key);
		if (entry == null || !entry.present()) {
			return;
		}
		if (entry.seeded()) {
			this.records.settle(key);
		}
		List<Instance> instances = this.records.instances(key);
		if (entry instanceof RecordStore.Entry.OfService of && !instances.isEmpty()) {
			this.guard.judge(new Removal(key, of.service(), instances, of.lease(), number, trusted));
		}
		else {
			this.records.remove(key);
		}
	}

}
