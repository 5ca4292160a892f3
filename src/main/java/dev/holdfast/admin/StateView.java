package dev.holdfast.admin;

import java.util.List;
import java.util.Map;

import dev.holdfast.service.Service;

/**
 * Everything that the event stream tells of, as it was after one of its events. Whoever
 * has it and takes the events behind that one misses nothing.
 *
 * @param eventId the event's id
 * @param instanceId which gateway answers; another one's events have other ids
 * @param version the version it runs
 * @param standing how far the data can be trusted
 * @param services the services, sorted by name
 * @param held the held removals, sorted by service and instance
 */
record StateView(long eventId, String instanceId, String version, RegistryState.Standing standing,
		List<ServiceState> services, List<RegistryState.Held> held) {

	static StateView of(RegistryState state, GatewayIdentity identity) {
		return new StateView(state.eventId(), identity.instanceId(), identity.version(), state.standing(),
				state.snapshot()
					.services()
					.values()
					.stream()
					.sorted((one, other) -> one.name().value().compareTo(other.name().value()))
					.map(ServiceState::of)
					.toList(),
				state.held().entrySet().stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList());
	}

	/**
	 * A service with what is registered for it.
	 *
	 * @param name its name
	 * @param revision the registry's revision at which it last changed
	 * @param instances its instances, sorted by id
	 */
	record ServiceState(String name, long revision, List<RegistryState.Registered> instances) {

		static ServiceState of(Service service) {
			return new ServiceState(service.name().value(), service.revision(),
					service.instances().stream().map(RegistryState.Registered::of).toList());
		}

	}

}
