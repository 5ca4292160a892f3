package dev.holdfast.service;

import java.util.AbstractList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.RandomAccess;

import org.jspecify.annotations.Nullable;

/**
 * A service and its instances at one moment.
 *
 * @param name its name
 * @param instances its instances, sorted by id; empty when all have gone
 * @param revision the registry's revision at which it last changed
 */
public record Service(ServiceName name, List<Instance> instances, long revision) {

	/**
	 * Sorts the instances.
	 */
	public Service {
		instances = (instances instanceof Sorted) ? instances : new Sorted(instances);
	}

	/**
	 * Gives the service with another instance in the place of one of the same id. Reads
	 * nothing of the others: in a large registry that is what costs.
	 * @param before the very instance to replace
	 * @param after what it is now
	 * @param revision the registry's revision at which it changed
	 * @return the other service
	 * @throws IllegalArgumentException if there is no such instance
	 */
	public Service replacing(Instance before, Instance after, long revision) {
		return new Service(this.name, ((Sorted) this.instances).replacing(before, after), revision);
	}

	/**
	 * Tells whether it has this very instance, not one that is equal.
	 * @param instance the instance
	 * @return whether it has it
	 */
	public boolean isSharing(Instance instance) {
		return ((Sorted) this.instances).position(instance) >= 0;
	}

	/**
	 * Finds an instance.
	 * @param id its id
	 * @return the instance, empty when there is none of that id
	 */
	public Optional<Instance> find(String id) {
		int low = 0;
		int high = this.instances.size();
		while (low < high) {
			int middle = (low + high) >>> 1;
			if (this.instances.get(middle).id().compareTo(id) < 0) {
				low = middle + 1;
			}
			else {
				high = middle;
			}
		}
		return (low < this.instances.size() && this.instances.get(low).id().equals(id))
				? Optional.of(this.instances.get(low)) : Optional.empty();
	}

	/** Instances that are known to be sorted by id. */
	private static final class Sorted extends AbstractList<Instance> implements RandomAccess {

		private final Instance[] instances;

		Sorted(Collection<Instance> instances) {
			this(instances.toArray(Instance[]::new));
			Arrays.sort(this.instances, Comparator.comparing(Instance::id));
		}

		private Sorted(Instance[] instances) {
			this.instances = instances;
		}

		Sorted replacing(Instance before, Instance after) {
			int position = position(before);
			if (position < 0 || !before.id().equals(after.id())) {
				throw new IllegalArgumentException(
						"instance: %s in the place of %s (expected: the same id, and one of the service's)"
							.formatted(after, before));
			}
			Instance[] replaced = this.instances.clone();
			replaced[position] = after;
			return new Sorted(replaced);
		}

		/** An equal one is another one here: it may come from another record. */
		@SuppressWarnings("ReferenceEquality")
		int position(Instance instance) {
			for (int i = 0; i < this.instances.length; i++) {
				if (this.instances[i] == instance) {
					return i;
				}
			}
			return -1;
		}

		/**
		 * What is shared with the other list is not read: there it is only waited for.
		 */
		@Override
		@SuppressWarnings("ReferenceEquality")
		public boolean equals(@Nullable Object other) {
			if (!(other instanceof Sorted sorted)) {
				return super.equals(other);
			}
			if (this.instances.length != sorted.instances.length) {
				return false;
			}
			for (int i = 0; i < this.instances.length; i++) {
				if (this.instances[i] != sorted.instances[i] && !this.instances[i].equals(sorted.instances[i])) {
					return false;
				}
			}
			return true;
		}

		@Override
		public int hashCode() {
			return super.hashCode();
		}

		@Override
		public Instance get(int index) {
			return this.instances[index];
		}

		@Override
		public int size() {
			return this.instances.length;
		}

	}

}
