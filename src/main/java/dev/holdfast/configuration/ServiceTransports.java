package dev.holdfast.configuration;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.holdfast.check.CheckTransport;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.WeightedBackend;
import dev.holdfast.service.ServiceName;

/**
 * How checks connect to the instances of a service: as the requests of the first route to
 * it do, and where none names it, as those that are routed by path.
 */
final class ServiceTransports implements Function<ServiceName, CheckTransport> {

	private final Supplier<List<Route>> routes;

	private final CheckTransport usual;

	private volatile Known known = new Known(List.of(), Map.of());

	/**
	 * Prepare to tell.
	 * @param routes the routes in force, the same list until there are others
	 * @param usual what applies where no route says anything
	 */
	ServiceTransports(Supplier<List<Route>> routes, RoutePolicy usual) {
		this.routes = routes;
		this.usual = of(usual);
	}

	private static CheckTransport of(RoutePolicy policy) {
		return new CheckTransport(policy.protocol(), policy.security());
	}

	@Override
	@SuppressWarnings("ReferenceEquality")
	public CheckTransport apply(ServiceName service) {
		List<Route> now = this.routes.get();
		Known current = this.known;
		if (current.routes() != now) {
			current = new Known(now, firsts(now));
			this.known = current;
		}
		return current.transports().getOrDefault(service, this.usual);
	}

	private static Map<ServiceName, CheckTransport> firsts(List<Route> routes) {
		Map<ServiceName, CheckTransport> firsts = new HashMap<>();
		for (Route route : routes) {
			for (WeightedBackend backend : route.backends()) {
				firsts.putIfAbsent(backend.service(), of(route.policy()));
			}
		}
		return firsts;
	}

	private record Known(List<Route> routes, Map<ServiceName, CheckTransport> transports) {
	}

}
