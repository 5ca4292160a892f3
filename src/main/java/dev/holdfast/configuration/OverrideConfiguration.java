package dev.holdfast.configuration;

import java.nio.file.Path;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;

import dev.holdfast.admin.RegistryOverrides;
import dev.holdfast.override.OverrideTimer;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.OverridesFile;
import dev.holdfast.override.Scope;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.upstream.Upstreams;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the overrides of operators together.
 */
@Configuration(proxyBeanMethods = false)
class OverrideConfiguration {

	@Bean
	Overrides overrides(HoldfastProperties properties, Clock clock) {
		String path = properties.admin().overridesPath();
		return new Overrides(clock,
				path.isEmpty() ? Optional.empty() : Optional.of(new OverridesFile(Path.of(path), clock)));
	}

	@Bean
	OverrideTimer overrideTimer(Overrides overrides) {
		return new OverrideTimer(overrides);
	}

	/**
	 * Begins before the registry, so that nothing is routed to that is drained, and
	 * nothing is published that is frozen.
	 */
	@Bean
	StartStop overrideLifecycle(Overrides overrides, OverrideTimer timer, Upstreams upstreams,
			RegistryOperations operations, HoldfastProperties properties) {
		overrides.addListener(upstreams);
		overrides.addListener(new RegistryOverrides(operations));
		return new StartStop(-1, () -> {
			// Without the others nobody could end what is shared with them.
			overrides.restore(properties.cluster().enabled() ? EnumSet.allOf(Scope.class) : EnumSet.of(Scope.LOCAL));
			timer.start();
		}, timer::close);
	}

}
