package dev.holdfast.configuration;

import java.util.List;

import dev.holdfast.actuate.GatewayProbes;
import dev.holdfast.actuate.TrafficMeters;
import dev.holdfast.admin.PortAnswers;
import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.ExchangeListeners;
import dev.holdfast.proxy.Probes;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.server.TrafficServer;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.registry.Registry;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.upstream.TrafficHistory;
import dev.holdfast.upstream.UpstreamSweep;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the traffic port together.
 */
@Configuration(proxyBeanMethods = false)
class TrafficConfiguration {

	@Bean
	Upstreams upstreams(HoldfastProperties properties, CircuitBreakerRegistry breakers) {
		return new Upstreams(properties.upstream().settings(), breakers);
	}

	@Bean
	UpstreamSweep upstreamSweep(Upstreams upstreams, HoldfastProperties properties) {
		return new UpstreamSweep(upstreams, properties.upstream().forgetAfter());
	}

	@Bean
	StartStop upstreamSweepLifecycle(UpstreamSweep sweep) {
		return new StartStop(0, sweep::start, sweep::close);
	}

	@Bean
	TrafficHistory trafficHistory(Upstreams upstreams) {
		return new TrafficHistory(upstreams);
	}

	@Bean
	StartStop trafficHistoryLifecycle(TrafficHistory history) {
		return new StartStop(0, history::start, history::close);
	}

	@Bean
	TrafficMeters trafficMeters(MeterRegistry meters, Upstreams upstreams) {
		return new TrafficMeters(meters, upstreams);
	}

	@Bean
	GatewayProbes gatewayProbes(ApplicationAvailability availability, Registry registry) {
		return new GatewayProbes(availability, registry);
	}

	@Bean
	TrafficBundles trafficBundles(HoldfastProperties properties, ObjectProvider<SslBundles> bundles) {
		return new TrafficBundles(properties, bundles::getObject);
	}

	@Bean
	TrafficServer trafficServer(HoldfastProperties properties, TrafficBundles bundles, ActiveRoutes routes,
			Upstreams upstreams, Probes probes, List<ExchangeListener> listeners) {
		HoldfastProperties.Server server = properties.server();
		TrafficLimits limits = limits(server);
		TrafficTimes times = new TrafficTimes(server.idleTimeout(), server.tunnelIdleTimeout(), server.headerTimeout(),
				server.writeTimeout(), properties.upstream().queueTimeout(), properties.upstream().connectTimeout(),
				properties.upstream().maxConnectionAge());
		TrafficSettings settings = new TrafficSettings(server.address(), server.port(),
				Runtime.getRuntime().availableProcessors(), server.transport(), server.trustedProxies(),
				server.livenessPath(), server.readinessPath(), limits, times);
		TrafficServer traffic = new TrafficServer(settings, bundles.tls(), routes, upstreams, probes,
				ExchangeListeners.of(listeners));
		bundles.onChange(traffic::tlsChanged);
		return traffic;
	}

	@Bean
	PortAnswers portAnswers(HoldfastProperties properties, ActiveRoutes routes) {
		HoldfastProperties.Server server = properties.server();
		return new TrafficPortAnswers(routes, limits(server), server.livenessPath(), server.readinessPath());
	}

	private static TrafficLimits limits(HoldfastProperties.Server server) {
		return new TrafficLimits(Math.toIntExact(server.maxRequestLineSize().toBytes()),
				Math.toIntExact(server.maxHeaderSize().toBytes()), server.maxHeaderCount(), server.maxConnections(),
				server.maxConnectionsPerAddress(), server.maxStreams(), server.maxResets());
	}

	/**
	 * Opens last and closes first, so that the admin port can tell of both.
	 */
	@Bean
	StartStop trafficLifecycle(TrafficServer server, HoldfastProperties properties) {
		return new StartStop(SmartLifecycle.DEFAULT_PHASE, server::start,
				() -> server.stop(properties.server().shutdownGrace()));
	}

}
