package dev.holdfast.registry.format;

import java.util.List;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;

/**
 * What a record turned out to say.
 */
public sealed interface Reading {

	/**
	 * The record registers instances.
	 *
	 * @param service the service that they belong to
	 * @param instances the instances, usually one
	 */
	record Registered(ServiceName service, List<Instance> instances) implements Reading {

		/**
		 * Copies the instances.
		 */
		public Registered {
			instances = List.copyOf(instances);
		}

	}

	/**
	 * The record is sound and registers nothing.
	 *
	 * @param reason why not
	 */
	record Ignored(String reason) implements Reading {
	}

	/**
	 * The record cannot be read, and hides only itself.
	 *
	 * @param reason what it says, shortened, and what was expected
	 */
	record Unreadable(String reason) implements Reading {
	}

}
