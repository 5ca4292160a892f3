package dev.holdfast.admin;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * How a service differs from what the stream told last.
 *
 * @param name its name
 * @param revision the registry's revision at which it last changed
 * @param known whether it still is a service; one without instances is
 * @param put the instances that are new or differ, whole
 * @param removed the ids of those that have gone
 */
record ServiceChange(String name, long revision, boolean known, List<RegistryState.Registered> put,
		List<String> removed) {

	/**
	 * Compares a service with what it was.
	 * @return how it differs, {@code null} when it does not
	 */
	static @Nullable ServiceChange between(ServiceName name, @Nullable Service before, @Nullable Service after) {
		List<Instance> old = (before != null) ? before.instances() : List.of();
		List<Instance> now = (after != null) ? after.instances() : List.of();
		List<RegistryState.Registered> put = new ArrayList<>();
		List<String> removed = new ArrayList<>();
		int i = 0;
		int j = 0;
		// Both are sorted by id.
		while (i < old.size() || j < now.size()) {
			int order = (i == old.size()) ? 1 : (j == now.size()) ? -1 : old.get(i).id().compareTo(now.get(j).id());
			if (order < 0) {
				removed.add(old.get(i).id());
			}
			else if (order > 0 || !old.get(i).equals(now.get(j))) {
				put.add(RegistryState.Registered.of(now.get(j)));
			}
			i += (order <= 0) ? 1 : 0;
			j += (order >= 0) ? 1 : 0;
		}
		long revision = (after != null) ? after.revision() : (before != null) ? before.revision() : 0;
		boolean same = put.isEmpty() && removed.isEmpty() && (before == null) == (after == null)
				&& (before == null || before.revision() == revision);
		return same ? null : new ServiceChange(name.value(), revision, after != null, put, removed);
	}

}
