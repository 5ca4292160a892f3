package dev.holdfast.registry;

import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;

/**
 * Tells whether new requests may go to an instance, as far as its weight and what
 * operators have set say.
 */
@FunctionalInterface
public interface Routability {

	/** Of every instance they may. */
	Routability ALL = (service, instance) -> true;

	/**
	 * Whether it takes new requests. Called on the registry client's thread; it must not
	 * block.
	 * @param service its service
	 * @param instance the instance as it is published
	 * @return whether it may be chosen
	 */
	boolean takesRequests(ServiceName service, Instance instance);

}
