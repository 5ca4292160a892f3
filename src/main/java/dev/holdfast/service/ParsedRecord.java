package dev.holdfast.service;

import java.util.List;

/**
 * What a record in the registry says.
 */
public sealed interface ParsedRecord {

	/**
	 * The record registers instances of a service.
	 *
	 * @param service the service
	 * @param instances its instances in this record, at least one
	 */
	record Registered(ServiceName service, List<Instance> instances) implements ParsedRecord {

		/**
		 * Copies the instances.
		 */
		public Registered {
			instances = List.copyOf(instances);
		}

	}

	/**
	 * The record says something of an instance that another record registers, as where
	 * each property has a key of its own.
	 *
	 * @param service the service
	 * @param instance the instance's id
	 * @param weight the instance's weight
	 */
	record Weighted(ServiceName service, String instance, int weight) implements ParsedRecord {
	}

	/**
	 * The record is sound but registers nothing to route to.
	 *
	 * @param reason why it is passed over
	 */
	record Ignored(String reason) implements ParsedRecord {
	}

	/**
	 * The record cannot be understood. The instances that it registered before, if any,
	 * stay.
	 *
	 * @param reason what is wrong with it
	 */
	record Unreadable(String reason) implements ParsedRecord {
	}

}
