package dev.holdfast.configuration;

import java.util.function.Function;

import dev.holdfast.check.CheckTransport;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.ServiceName;

/**
 * How checks connect to the instances of a service: as its requests do.
 */
final class ServiceTransports implements Function<ServiceName, CheckTransport> {

	private final ActiveRoutes routes;

	/**
	 * Prepare to tell.
	 * @param routes the routes in force
	 */
	ServiceTransports(ActiveRoutes routes) {
		this.routes = routes;
	}

	@Override
	public CheckTransport apply(ServiceName service) {
		RoutePolicy policy = this.routes.table().policyFor(service);
		return new CheckTransport(policy.protocol(), policy.security());
	}

}
