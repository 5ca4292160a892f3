package dev.holdfast.configuration;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import dev.holdfast.actuate.EtcdHealthIndicator;
import dev.holdfast.actuate.InstanceGauges;
import dev.holdfast.actuate.RegistryGauges;
import dev.holdfast.actuate.RegistryHealthIndicator;
import dev.holdfast.actuate.RegistryMeters;
import dev.holdfast.admin.RegistryOverrides;
import dev.holdfast.admin.SnapshotChanges;
import dev.holdfast.check.ActiveChecks;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RegistrySource;
import dev.holdfast.registry.etcd.EtcdPrefix;
import dev.holdfast.registry.etcd.EtcdSource;
import dev.holdfast.registry.etcd.JitteredBackoff;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.registry.guard.TcpProbe;
import dev.holdfast.registry.reflector.Reflector;
import dev.holdfast.registry.snapshot.SnapshotFile;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.upstream.Upstreams;
import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts the registry client together.
 */
@Configuration(proxyBeanMethods = false)
class RegistryConfiguration {

	/** How long an instance may take to accept a probe's connection. */
	private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(1);

	@Bean
	Clock clock() {
		return Clock.systemUTC();
	}

	@Bean
	EtcdBundle etcdBundle(HoldfastProperties properties, ObjectProvider<SslBundles> bundles) {
		String name = properties.etcd().sslBundle();
		return new EtcdBundle(name.isEmpty() ? Optional.empty()
				: Optional.of(new ConfiguredBundle(bundles.getObject(), "holdfast.etcd.ssl-bundle", name, Set.of())));
	}

	@Bean
	RegistrySource registrySource(HoldfastProperties properties, EtcdBundle etcdBundle) {
		HoldfastProperties.Etcd etcd = properties.etcd();
		List<EtcdPrefix> prefixes = properties.registry().sources().stream().map((source) -> {
			String prefix = etcd.namespace() + source.prefix();
			return new EtcdPrefix(prefix, RecordReader.of(source.format(), prefix, source.scheme()));
		}).toList();
		Optional<ConfiguredBundle> bundle = etcdBundle.bundle();
		EtcdSource source = new EtcdSource(etcd.settings(prefixes, bundle.map((it) -> it)));
		bundle.ifPresent((it) -> it.onChange(source::tlsChanged));
		return source;
	}

	@Bean
	RegistryMeters registryMeters(MeterRegistry meters) {
		return new RegistryMeters(meters);
	}

	@Bean(destroyMethod = "")
	Reflector reflector(HoldfastProperties properties, RegistrySource source, Upstreams upstreams, ActiveChecks checks,
			ActiveRoutes routes, InstanceGauges gauges, SnapshotChanges changes, Overrides overrides,
			RegistryListener listener) {
		HoldfastProperties.Registry registry = properties.registry();
		HoldfastProperties.SnapshotFile snapshot = registry.snapshot();
		Optional<SnapshotFile> file = snapshot.path().isEmpty() ? Optional.empty()
				: Optional.of(new SnapshotFile(Path.of(snapshot.path()), snapshot.maxAge()));
		// Upstreams first: what can be routed to has its instances.
		return new Reflector(source,
				new RegistrySettings(registry.barrierInterval(), registry.relistInterval(),
						registry.removalGuard().settings(),
						(service,
								instance) -> overrides.active()
									.of(service)
									.of(instance.id())
									.effectiveWeight(instance.weight()) > 0),
				new JitteredBackoff(), file, new CheckedProbe(checks, new TcpProbe(PROBE_TIMEOUT)),
				List.of(upstreams, checks, routes, gauges, new RouteServices(properties.routes()), changes), listener);
	}

	@Bean
	Registry registry(Reflector reflector) {
		return reflector.registry();
	}

	@Bean
	RegistryOperations registryOperations(Reflector reflector) {
		return reflector.operations();
	}

	/**
	 * Starts before and stops after both ports.
	 */
	@Bean
	StartStop registryLifecycle(Reflector reflector, Overrides overrides) {
		return new StartStop(0, () -> reflector.start(RegistryOverrides.freeze(overrides.active())), reflector::close);
	}

	@Bean
	RegistryGauges registryGauges(Registry registry, Clock clock) {
		return new RegistryGauges(registry, clock);
	}

	@Bean
	InstanceGauges instanceGauges(MeterRegistry meters, Upstreams upstreams) {
		return new InstanceGauges(meters, upstreams);
	}

	/** The component {@code etcd}. */
	@Bean
	EtcdHealthIndicator etcdHealthIndicator(Registry registry, Clock clock) {
		return new EtcdHealthIndicator(registry, clock);
	}

	/** The component {@code registry}. */
	@Bean
	RegistryHealthIndicator registryHealthIndicator(Registry registry) {
		return new RegistryHealthIndicator(registry);
	}

}
