package dev.holdfast.configuration;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

import dev.holdfast.actuate.ClusterGauges;
import dev.holdfast.admin.GatewayIdentity;
import dev.holdfast.admin.RegistryCommands;
import dev.holdfast.cluster.Cluster;
import dev.holdfast.cluster.ClusterListener;
import dev.holdfast.cluster.ClusterSettings;
import dev.holdfast.cluster.Gateways;
import dev.holdfast.override.Command;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryOperations;
import dev.holdfast.registry.etcd.EtcdStore;
import dev.holdfast.store.Store;
import dev.holdfast.upstream.Upstreams;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.web.server.WebServer;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Puts together what gateways that share an etcd know of each other.
 */
@Configuration(proxyBeanMethods = false)
class ClusterConfiguration {

	private static final String ENABLED = "holdfast.cluster.enabled";

	@Bean
	ThisGateway thisGateway(GatewayIdentity identity, Clock clock,
			ObjectProvider<ServletWebServerApplicationContext> context) {
		return new ThisGateway(identity, System.getenv(), clock.instant(), () -> {
			ServletWebServerApplicationContext web = context.getIfAvailable();
			WebServer server = (web != null) ? web.getWebServer() : null;
			return (server != null) ? server.getPort() : 0;
		});
	}

	@Bean
	RegistryStanding registryStanding(Registry registry) {
		return new RegistryStanding(registry);
	}

	/**
	 * A gateway that knows of no other.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = ENABLED, havingValue = false)
	static class Alone {

		@Bean
		Gateways gateways(ThisGateway local, RegistryStanding standing) {
			return Gateways.alone(local, standing, ENABLED + " is false");
		}

	}

	/**
	 * A gateway among others.
	 */
	@Configuration(proxyBeanMethods = false)
	@ConditionalOnBooleanProperty(name = ENABLED, matchIfMissing = true)
	static class Together {

		/** What others may take to spread a change, besides the time between proofs. */
		private static final Duration SPREADING = Duration.ofSeconds(10);

		@Bean
		Store clusterStore(HoldfastProperties properties, EtcdBundle etcdBundle) {
			Optional<ConfiguredBundle> bundle = etcdBundle.bundle();
			EtcdStore store = new EtcdStore(properties.etcd().settings(List.of(), bundle.map((it) -> it)));
			bundle.ifPresent((it) -> it.onChange(store::tlsChanged));
			return store;
		}

		@Bean(destroyMethod = "")
		Cluster cluster(HoldfastProperties properties, Store store, ThisGateway local, RegistryStanding standing,
				Overrides overrides, RegistryOperations operations, Upstreams upstreams, Clock clock) {
			ClusterSettings usual = ClusterSettings.of(properties.etcd().namespace() + properties.cluster().prefix());
			Duration proofs = properties.registry().barrierInterval();
			Duration spreading = proofs.multipliedBy(2).plus(SPREADING);
			ClusterSettings settings = new ClusterSettings(usual.prefix(), usual.leaseTime(), usual.reportInterval(),
					(spreading.compareTo(usual.lagAfter()) > 0) ? spreading : usual.lagAfter(), usual.proofInterval(),
					usual.refusedPause());
			RegistryCommands commands = new RegistryCommands(operations, upstreams, overrides,
					RandomGenerator.getDefault(),
					(delay, task) -> CompletableFuture.delayedExecutor(delay.toNanos(), TimeUnit.NANOSECONDS)
						.execute(task));
			return new Cluster(store, settings, local, standing, new ClusterListener() {

				@Override
				public void onOverrides(Collection<OperatorOverride> shared) {
					overrides.replaceShared(shared);
				}

				@Override
				public void onHistoryLost(Collection<OperatorOverride> shared) {
					overrides.keepLost(shared);
				}

				@Override
				public void onUnconfirmed() {
					overrides.keepShared();
				}

				@Override
				public void onCommand(Command command) {
					commands.accept(command);
				}

			}, clock);
		}

		@Bean
		ClusterGauges clusterGauges(Cluster cluster) {
			return new ClusterGauges(cluster, cluster::sessions, cluster::staleness);
		}

		/**
		 * Begins when the admin port is known, and ends when the traffic port has closed:
		 * what is set for all gateways counts for the last requests too.
		 */
		@Bean
		StartStop clusterLifecycle(Cluster cluster) {
			return new StartStop(SmartLifecycle.DEFAULT_PHASE - 1, cluster::start, cluster::close);
		}

	}

}
