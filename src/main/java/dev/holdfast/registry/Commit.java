package dev.holdfast.registry;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;

/**
 * A new snapshot and how it differs from the one before.
 *
 * @param snapshot the new snapshot
 * @param services the services that differ
 * @param added instances that appeared
 * @param removed instances that went
 * @param changed instances that differ in more than their record's revision
 */
record Commit(Snapshot snapshot, Set<ServiceName> services, int added, int removed, int changed) {

	static final class Builder {

		private final Set<ServiceName> services = new HashSet<>();

		private int added;

		private int removed;

		private int changed;

		void compare(@Nullable Service before, Service after) {
			this.services.add(after.name());
			Map<String, Instance> known = new HashMap<>();
			for (Instance instance : (before != null) ? before.instances() : List.<Instance>of()) {
				known.put(instance.id(), instance);
			}
			for (Instance instance : after.instances()) {
				Instance other = known.remove(instance.id());
				if (other == null) {
					this.added++;
				}
				else if (!instance.isSameAs(other)) {
					this.changed++;
				}
			}
			this.removed += known.size();
		}

		Commit build(Snapshot snapshot) {
			return new Commit(snapshot, Set.copyOf(this.services), this.added, this.removed, this.changed);
		}

	}

}
