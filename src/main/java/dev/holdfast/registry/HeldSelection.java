package dev.holdfast.registry;

import java.util.Optional;

import dev.holdfast.service.ServiceName;

/**
 * Which held removals an operator means.
 *
 * @param service those of this service, empty for all services
 * @param instance the one of the instance with this id, empty for all instances
 */
public record HeldSelection(Optional<ServiceName> service, Optional<String> instance) {

	/**
	 * Whether an instance is meant.
	 * @param name its service
	 * @param id the id under which it is published
	 * @return whether this selects it
	 */
	public boolean includes(ServiceName name, String id) {
		return this.service.map(name::equals).orElse(true) && this.instance.map(id::equals).orElse(true);
	}

}
