package dev.holdfast.admin;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.holdfast.check.ActiveChecks;
import dev.holdfast.check.CheckListener;
import dev.holdfast.check.CheckPolicy;
import dev.holdfast.check.CheckTransport;
import dev.holdfast.proxy.backend.BackendBundles;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.route.source.ConfiguredRoute;
import dev.holdfast.route.source.RouteCatalog;
import dev.holdfast.route.source.RouteSources;
import dev.holdfast.route.source.RouteSourcesSettings;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Balancer;
import dev.holdfast.upstream.EjectionSettings;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.TrafficHistory;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.springframework.context.support.GenericApplicationContext;

/**
 * The traffic port's state without a traffic port, in a time that a test moves.
 */
final class FakeTraffic {

	private final AtomicLong nanoTime = new AtomicLong(Duration.ofDays(1).toNanos());

	private final ActiveRoutes routes;

	private final RouteCatalog catalog;

	private final Upstreams upstreams = new Upstreams(
			new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, 2, 10),
			CircuitBreakerRegistry.ofDefaults(), this.nanoTime::get);

	private final TrafficHistory history = new TrafficHistory(this.upstreams, this.nanoTime::get, Clock.systemUTC());

	FakeTraffic(Route... routes) {
		this.routes = new ActiveRoutes(new RouteTable(List.of(), true, RoutePolicy.DEFAULTS));
		this.catalog = new RouteCatalog(Stream.of(routes)
			.map((route) -> new ConfiguredRoute("holdfast.routes[%s]".formatted(route.id()), (defaults) -> route))
			.toList(), RoutePolicy.DEFAULTS, Set.of(), this.routes, Clock.systemUTC(), List.of());
	}

	static Route route(String id, String host, String path, Set<String> methods, Map<String, String> headers,
			String service, String stripPrefix) {
		return new Route(id, host, path, methods, headers, new ServiceName(service), stripPrefix, false,
				RoutePolicy.DEFAULTS);
	}

	/**
	 * Takes what is registered.
	 */
	FakeTraffic follow(FakeRegistry registry) {
		registry.subscribe(this.upstreams);
		registry.subscribe(this.routes);
		return this;
	}

	/**
	 * Gives the admin port what it asks the traffic port for.
	 */
	void register(GenericApplicationContext context) {
		context.registerBean(ActiveRoutes.class, () -> this.routes);
		context.registerBean(RouteCatalog.class, () -> this.catalog);
		context
			.registerBean(RouteSources.class,
					() -> new RouteSources(this.catalog, new RouteSourcesSettings(Optional.empty(),
							Duration.ofSeconds(5), Optional.empty(), RemovalGuardSettings.DEFAULTS, Optional.empty()),
							() -> {
								throw new IllegalStateException("nothing is followed");
							}, Clock.systemUTC()));
		context.registerBean(Upstreams.class, () -> this.upstreams);
		context.registerBean(ActiveChecks.class,
				() -> new ActiveChecks(CheckPolicy.DEFAULTS, this.upstreams, (service) -> CheckTransport.DEFAULTS,
						new BackendBundles(Map.of(), Duration.ofSeconds(1)), CheckListener.NONE));
		context.registerBean(TrafficHistory.class, () -> this.history);
		context.registerBean(UsedBundles.class, () -> List::of);
		context.registerBean(PortAnswers.class,
				() -> (method, host, target, fields) -> target.equals("/livez") ? "it is a probe" : "");
		context.registerBean(EffectiveConfiguration.class, () -> Map::of);
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	Upstream upstream(String service) {
		return Objects.requireNonNull(this.upstreams.find(new ServiceName(service)));
	}

	UpstreamInstance instance(String service, String id) {
		return upstream(service).instances()
			.stream()
			.filter((one) -> one.instance().id().equals(id))
			.findFirst()
			.orElseThrow();
	}

	/**
	 * Ends requests of a service.
	 */
	void end(String service, int requests, Outcome outcome, Duration time) {
		for (int i = 0; i < requests; i++) {
			upstream(service).end(outcome, time.toNanos());
		}
	}

	void pass(Duration time) {
		this.nanoTime.addAndGet(time.toNanos());
	}

	TrafficHistory history() {
		return this.history;
	}

}
