package dev.holdfast.configuration;

import dev.holdfast.actuate.CheckMeters;
import dev.holdfast.check.ActiveChecks;
import dev.holdfast.check.CheckListener;
import dev.holdfast.proxy.backend.BackendBundles;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.upstream.Upstreams;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the active health checks together.
 */
@Configuration(proxyBeanMethods = false)
class CheckConfiguration {

	@Bean
	CheckMeters checkMeters(MeterRegistry meters, Upstreams upstreams) {
		return new CheckMeters(meters, upstreams);
	}

	@Bean(destroyMethod = "")
	ActiveChecks activeChecks(HoldfastProperties properties, TrafficBundles trafficBundles, ActiveRoutes routes,
			Upstreams upstreams, CheckListener listener) {
		BackendBundles bundles = new BackendBundles(trafficBundles.tls().backends(),
				properties.upstream().connectTimeout());
		trafficBundles.onChange(bundles::changed);
		return new ActiveChecks(properties.upstream().checks().policy(), upstreams, new ServiceTransports(routes),
				bundles, listener);
	}

	/**
	 * They begin with the first instance to check.
	 */
	@Bean
	StartStop activeChecksLifecycle(ActiveChecks checks) {
		return new StartStop(0, () -> {
		}, checks::close);
	}

}
