package dev.holdfast.admin;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

import dev.holdfast.service.Service;

/**
 * Everything that the event stream tells of, as it was after one of its events. Whoever
 * has it and takes the events behind that one misses nothing. Services and instances are
 * made when they are written, since many may ask at once and a registry may be large.
 *
 * @param eventId the event's id
 * @param instanceId which gateway answers; another one's events have other ids
 * @param version the version it runs
 * @param standing how far the data can be trusted
 * @param services the services, sorted by name
 * @param held the held removals, sorted by service and instance
 * @param overrides the overrides that are in force, sorted by what they are of
 */
record StateView(long eventId, String instanceId, String version, RegistryState.Standing standing,
		Iterable<ServiceState> services, List<RegistryState.Held> held, List<OverrideView> overrides) {

	static StateView of(RegistryState state, GatewayIdentity identity) {
		Service[] services = state.snapshot().services().values().toArray(Service[]::new);
		Arrays.sort(services, Comparator.comparing((service) -> service.name().value()));
		return new StateView(state.eventId(), identity.instanceId(), identity.version(), state.standing(),
				() -> Arrays.stream(services).map(ServiceState::of).iterator(),
				sorted(state.held()), sorted(state.overrides()));
	}

	private static <T> List<T> sorted(Map<String, T> byKey) {
		return byKey.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(Map.Entry::getValue).toList();
	}

	/**
	 * A service with what is registered for it.
	 *
	 * @param name its name
	 * @param revision the registry's revision at which it last changed
	 * @param instances its instances, sorted by id
	 */
	record ServiceState(String name, long revision, Iterable<RegistryState.Registered> instances) {

		static ServiceState of(Service service) {
			return new ServiceState(service.name().value(), service.revision(),
					() -> service.instances().stream().map(RegistryState.Registered::of).iterator());
		}

	}

}
