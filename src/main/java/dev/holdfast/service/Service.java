package dev.holdfast.service;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

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
		instances = instances.stream().sorted(Comparator.comparing(Instance::id)).toList();
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

}
