package dev.holdfast.service;

import java.util.Comparator;
import java.util.List;

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

}
