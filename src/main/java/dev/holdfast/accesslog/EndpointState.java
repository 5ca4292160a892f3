package dev.holdfast.accesslog;

import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration.Origin;

/**
 * How far it was known that an instance is registered.
 */
enum EndpointState {

	/** The registry answers, and has it. */
	LIVE,

	/** The registry had it when it answered last. */
	STALE,

	/** An earlier process had read it from the registry. */
	FROM_DISK;

	/**
	 * Return the state of an instance.
	 * @param instance the instance
	 * @param registry the registry's status
	 */
	static EndpointState of(Instance instance, RegistryStatus registry) {
		if (instance.registration().origin() == Origin.DISK) {
			return FROM_DISK;
		}
		return (registry instanceof RegistryStatus.Live) ? LIVE : STALE;
	}

}
