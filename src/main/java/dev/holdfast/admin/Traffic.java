package dev.holdfast.admin;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

import dev.holdfast.check.CheckState;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Retries;
import dev.holdfast.upstream.Statistics;

/**
 * What the traffic port knows of services.
 */
interface Traffic {

	/**
	 * Tells the state of a service's circuit breaker.
	 */
	String circuit(ServiceName service);

	/**
	 * Has a service's circuit breaker begin anew, closed, unless an operator keeps it
	 * open.
	 */
	void resetCircuit(ServiceName service);

	/**
	 * Whether all instances of a service are used, because too few are healthy.
	 */
	default boolean isPanicking(ServiceName service) {
		return false;
	}

	/**
	 * Tells what a service's recent requests were like.
	 */
	Statistics statistics(ServiceName service);

	/**
	 * Tells how a service's retries stand against their budget.
	 */
	default Retries retries(ServiceName service) {
		return Retries.NONE;
	}

	/**
	 * Gives a service's instances by their id; an instance that has only just been
	 * registered may be missing.
	 */
	Map<String, InstanceTraffic> instances(ServiceName service);

	/**
	 * Gives the ids of a service's instances that are avoided, because they are ejected
	 * or fail their check: what its status needs to know, in a list of thousands, of
	 * each.
	 */
	default Set<String> ejected(ServiceName service) {
		return instances(service).entrySet()
			.stream()
			.filter((instance) -> instance.getValue().ejected())
			.map(Map.Entry::getKey)
			.collect(Collectors.toUnmodifiableSet());
	}

	/**
	 * Gives what the health checks of a service's instances have come to, by the ids of
	 * those that have one.
	 */
	default Map<String, CheckState> checks(ServiceName service) {
		return Map.of();
	}

	/**
	 * What an instance has done.
	 *
	 * @param state how it takes part in the choice for a request
	 * @param active requests in flight
	 * @param total tries so far
	 * @param errors tries that failed
	 * @param connectFailures tries that found no connection
	 */
	record InstanceTraffic(InstanceState state, int active, long total, long errors, long connectFailures) {

		static final InstanceTraffic NONE = new InstanceTraffic(new InstanceState.Routable(), 0, 0, 0, 0);

		boolean ejected() {
			return this.state.isAvoided();
		}

	}

}
