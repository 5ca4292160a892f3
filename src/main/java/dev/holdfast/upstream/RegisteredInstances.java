package dev.holdfast.upstream;

import java.util.ArrayList;
import java.util.List;

import dev.holdfast.override.ServiceOverrides;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import org.jspecify.annotations.Nullable;

/**
 * Makes run-time state of what is registered, and keeps that of instances which listen
 * where they did. Of one thread at a time.
 */
final class RegisteredInstances {

	private final InstanceContext context;

	/** What the state was made of. */
	private List<Instance> registered = List.of();

	RegisteredInstances(InstanceContext context) {
		this.context = context;
	}

	/**
	 * Takes the instances that are registered now, sorted by id.
	 * @param before the state of those that were
	 * @param overrides what operators have set against what is registered
	 * @param listed whether the registry has been listed before, so that what is found
	 * now is new
	 * @return the state of those that are, {@code null} if none of it is chosen otherwise
	 */
	@Nullable List<UpstreamInstance> take(List<Instance> instances, List<UpstreamInstance> before, ServiceOverrides overrides,
			boolean listed) {
		boolean renewed = renew(instances, before);
		this.registered = instances;
		return renewed ? null : merge(instances, before, overrides, listed);
	}

	/**
	 * Takes what was written anew of instances that are chosen as before, which is most
	 * of what happens. The others are not read: in a large registry that is what costs.
	 * @return whether there was no more to it; nothing was done otherwise
	 */
	@SuppressWarnings("ReferenceEquality")
	private boolean renew(List<Instance> instances, List<UpstreamInstance> known) {
		List<Instance> before = this.registered;
		if (before.size() != instances.size()) {
			return false;
		}
		for (int i = 0; i < before.size(); i++) {
			if (before.get(i) != instances.get(i) && !isChosenAlike(before.get(i), instances.get(i))) {
				return false;
			}
		}
		for (int i = 0; i < before.size(); i++) {
			if (before.get(i) != instances.get(i)) {
				known.get(i).register(instances.get(i));
			}
		}
		return true;
	}

	private static boolean isChosenAlike(Instance before, Instance after) {
		return before.id().equals(after.id()) && before.endpoint().equals(after.endpoint())
				&& before.weight() == after.weight() && before.zone().equals(after.zone())
				&& before.version().equals(after.version()) && before.metadata().equals(after.metadata());
	}

	private List<UpstreamInstance> merge(List<Instance> instances, List<UpstreamInstance> before,
			ServiceOverrides overrides, boolean listed) {
		List<UpstreamInstance> now = new ArrayList<>(instances.size());
		int next = 0;
		// Both are sorted by id.
		for (Instance instance : instances) {
			while (next < before.size() && isBefore(before.get(next).instance(), instance)) {
				next++;
			}
			UpstreamInstance known = (next < before.size()) ? before.get(next) : null;
			if (known != null && isSame(known, instance)) {
				now.add(known);
			}
			else {
				UpstreamInstance created = new UpstreamInstance(this.context, instance);
				created.override(overrides.of(instance.id()));
				if (!before.isEmpty() && isNew(instance.registration(), listed)) {
					created.beginSlowStart(false);
				}
				now.add(created);
			}
		}
		return List.copyOf(now);
	}

	/**
	 * What the first list finds, or the file on disk has, may have run for days.
	 */
	private static boolean isNew(Registration registration, boolean listed) {
		return switch (registration.origin()) {
			case WATCH -> true;
			case LIST -> listed;
			case DISK -> false;
		};
	}

	/** What did not change is the same object, and need not be read. */
	@SuppressWarnings("ReferenceEquality")
	private static boolean isBefore(Instance known, Instance instance) {
		return known != instance && known.id().compareTo(instance.id()) < 0;
	}

	@SuppressWarnings("ReferenceEquality")
	private static boolean isSame(UpstreamInstance known, Instance instance) {
		if (known.instance() == instance) {
			return true;
		}
		if (!known.instance().id().equals(instance.id()) || !known.instance().endpoint().equals(instance.endpoint())) {
			return false;
		}
		known.register(instance);
		return true;
	}

}
