package dev.holdfast.configuration;

import java.util.List;
import java.util.Set;

import dev.holdfast.service.Likeness;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns of explicit routes to services that nothing has registered, once the registry has
 * been listed: their requests are answered 503 until something does.
 */
final class RouteServices implements SnapshotListener {

	private static final Logger logger = LoggerFactory.getLogger(RouteServices.class);

	private final List<HoldfastProperties.ExplicitRoute> routes;

	RouteServices(List<HoldfastProperties.ExplicitRoute> routes) {
		this.routes = routes;
	}

	@Override
	public void onListed(Snapshot snapshot) {
		for (HoldfastProperties.ExplicitRoute route : this.routes) {
			warn(snapshot, route.id(), "goes", route.service());
			route.mirrors().forEach((mirror) -> warn(snapshot, route.id(), "is mirrored", mirror.service()));
		}
	}

	private static void warn(Snapshot snapshot, String route, String what, String service) {
		// A route that the gateway answers itself names none.
		if (!service.isEmpty() && snapshot.find(new ServiceName(service)) == null) {
			List<String> names = snapshot.services().keySet().stream().map(ServiceName::value).sorted().toList();
			logger.warn("The route \"{}\" {} to the service \"{}\", which nothing has registered{}", route, what,
					service,
					Likeness.nearest(service, names, Likeness.ALIKE)
						.map("; did you mean \"%s\"?"::formatted)
						.orElse(""));
		}
	}

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		// What comes and goes later is the registry's own business.
	}

}
