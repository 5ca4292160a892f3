package dev.holdfast.configuration;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import dev.holdfast.actuate.RouteGauges;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.registry.etcd.EtcdStore;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.route.source.ConfiguredRoute;
import dev.holdfast.route.source.RouteCatalog;
import dev.holdfast.route.source.RouteListener;
import dev.holdfast.route.source.RouteSources;
import dev.holdfast.route.source.RouteSourcesSettings;
import dev.holdfast.store.FollowerSettings;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts together where routes come from.
 */
@Configuration(proxyBeanMethods = false)
class RouteConfiguration {

	@Bean
	ActiveRoutes activeRoutes(HoldfastProperties properties) {
		return new ActiveRoutes(new RouteTable(List.of(), properties.routing().byPath(), properties.routePolicy()));
	}

	@Bean
	RouteJournal routeJournal(RegistryOperations operations, Registry registry) {
		return new RouteJournal(operations, registry);
	}

	@Bean
	RouteCatalog routeCatalog(HoldfastProperties properties, TrafficBundles bundles, ActiveRoutes active, Clock clock,
			List<RouteListener> listeners) {
		RoutePolicy policy = properties.routePolicy();
		List<ConfiguredRoute> configured = new ArrayList<>();
		for (int i = 0; i < properties.routes().size(); i++) {
			configured
				.add(new ConfiguredRoute("holdfast.routes[%d]".formatted(i), properties.routes().get(i)::toRoute));
		}
		return new RouteCatalog(configured, policy, bundles.tls().backends().keySet(), active, clock, listeners);
	}

	@Bean(destroyMethod = "")
	RouteSources routeSources(HoldfastProperties properties, RouteCatalog catalog, EtcdBundle etcdBundle, Clock clock) {
		HoldfastProperties.Routing routing = properties.routing();
		Optional<FollowerSettings> followed = routing.etcdPrefix().isEmpty() ? Optional.empty()
				: Optional.of(new FollowerSettings(properties.etcd().namespace() + routing.etcdPrefix(),
						properties.registry().barrierInterval(), properties.registry().relistInterval()));
		RouteSourcesSettings settings = new RouteSourcesSettings(path(routing.folder()), routing.folderInterval(),
				followed, properties.registry().removalGuard().settings(), path(routing.snapshotPath()));
		return new RouteSources(catalog, settings, () -> store(properties, etcdBundle), clock);
	}

	private static EtcdStore store(HoldfastProperties properties, EtcdBundle etcdBundle) {
		Optional<ConfiguredBundle> bundle = etcdBundle.bundle();
		EtcdStore store = new EtcdStore(properties.etcd().settings(List.of(), bundle.map((it) -> it)));
		bundle.ifPresent((it) -> it.onChange(store::tlsChanged));
		return store;
	}

	private static Optional<Path> path(String path) {
		return path.isEmpty() ? Optional.empty() : Optional.of(Path.of(path));
	}

	/**
	 * Starts before and stops after the traffic port.
	 */
	@Bean
	StartStop routeSourcesLifecycle(RouteSources sources) {
		return new StartStop(1, sources::start, sources::close);
	}

	@Bean
	RouteGauges routeGauges(RouteCatalog catalog, RouteSources sources) {
		return new RouteGauges(catalog, sources);
	}

}
