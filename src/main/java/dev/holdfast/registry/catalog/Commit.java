package dev.holdfast.registry.catalog;

import java.util.HashSet;
import java.util.List;
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
public record Commit(Snapshot snapshot, Set<ServiceName> services, int added, int removed, int changed) {

	static final class Builder {

		private final Set<ServiceName> services = new HashSet<>();

		private int added;

		private int removed;

		private int changed;

		@SuppressWarnings("ReferenceEquality")
		void compare(@Nullable Service before, Service after) {
			this.services.add(after.name());
			List<Instance> old = (before != null) ? before.instances() : List.of();
			List<Instance> now = after.instances();
			int i = 0;
			int j = 0;
			// Both are sorted by id, and what did not change is the same object.
			while (i < old.size() && j < now.size()) {
				Instance one = old.get(i);
				Instance other = now.get(j);
				int order = (one == other) ? 0 : one.id().compareTo(other.id());
				this.removed += (order < 0) ? 1 : 0;
				this.added += (order > 0) ? 1 : 0;
				this.changed += (order == 0 && one != other && !one.isSameAs(other)) ? 1 : 0;
				i += (order <= 0) ? 1 : 0;
				j += (order >= 0) ? 1 : 0;
			}
			this.removed += old.size() - i;
			this.added += now.size() - j;
		}

		Commit build(Snapshot snapshot) {
			return new Commit(snapshot, Set.copyOf(this.services), this.added, this.removed, this.changed);
		}

	}

}
