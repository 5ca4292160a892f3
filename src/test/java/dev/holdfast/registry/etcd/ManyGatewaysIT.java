package dev.holdfast.registry.etcd;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

import dev.holdfast.registry.Reflector;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.format.RecordReader;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdGrpcProxy;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Fleet;
import dev.holdfast.testing.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What registry clients cost etcd, by the number of them, with and without an
 * {@code etcd grpc-proxy} between. Prints what {@code docs/etcd-versions.md} tells;
 * {@code holdfast.gateways} and {@code holdfast.gateways.instances} set the numbers.
 */
@Tag("slow")
class ManyGatewaysIT {

	private static final int GATEWAYS = Integer.getInteger("holdfast.gateways", 20);

	private static final int INSTANCES = Integer.getInteger("holdfast.gateways.instances", 1_000);

	private static final int SECONDS = Integer.getInteger("holdfast.gateways.seconds", 20);

	private static final int EVENTS_A_SECOND = Integer.getInteger("holdfast.gateways.events", 100);

	private final Closer closer = new Closer();

	private final Fleet fleet = Fleet.of(INSTANCES);

	private final EtcdProcess etcd = this.closer.register(EtcdProcess.start());

	private final List<Gateway> gateways = new ArrayList<>();

	@AfterEach
	void close() {
		this.closer.close();
	}

	@Test
	void straightToEtcd() throws InterruptedException {
		measure("straight", this.etcd.endpoint(), Optional.empty());
	}

	@Test
	void throughAProxy() throws InterruptedException {
		EtcdGrpcProxy proxy = this.closer.register(EtcdGrpcProxy.before(this.etcd.endpoint()));
		measure("proxy", proxy.endpoint(), Optional.of(proxy));
	}

	private void measure(String way, String endpoint, Optional<EtcdGrpcProxy> proxy) throws InterruptedException {
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			for (int i = 0; i < this.fleet.instances(); i++) {
				keys.put(this.fleet.key(i), this.fleet.value(i, 0));
			}
		}
		Stream.generate(() -> new Gateway(endpoint))
			.limit(GATEWAYS)
			.forEach((gateway) -> this.gateways.add(this.closer.register(gateway)));
		await().until(() -> this.gateways.stream().allMatch(Gateway::isLive));
		Cost idle = cost(proxy);
		Thread.sleep(Duration.ofSeconds(SECONDS));
		System.out.printf("%s, %d gateways, %d instances: idle %s%n", way, GATEWAYS, INSTANCES,
				cost(proxy).since(idle));
		try (SteadyWriter writer = new SteadyWriter(this.etcd.endpoint(), this.fleet, 1)) {
			Cost busy = cost(proxy);
			writer.write((long) EVENTS_A_SECOND * SECONDS, EVENTS_A_SECOND, Patience.TIME);
			Cost after = cost(proxy);
			await().until(() -> this.gateways.stream()
				.allMatch((gateway) -> gateway.published.ceilingKey(writer.lastRevision()) != null));
			System.out.printf("%s, %d gateways, %d events/s: %s; watchers at etcd %.0f, streams %.0f%n", way, GATEWAYS,
					EVENTS_A_SECOND, after.since(busy), this.etcd.meter("etcd_debugging_mvcc_watcher_total"),
					this.etcd.meter("etcd_debugging_mvcc_watch_stream_total"));
			this.gateways.stream()
				.limit(3)
				.forEach((gateway) -> System.out.println("  age " + Ages.of(writer.answered(), gateway.published)));
		}
		assertThat(this.gateways).allMatch(Gateway::isLive)
			.allMatch((gateway) -> gateway.reflector.registry().generation() == 1);
	}

	private Cost cost(Optional<EtcdGrpcProxy> proxy) {
		return new Cost(cpu(this.etcd.pid()), proxy.map((one) -> cpu(one.pid())).orElse(Duration.ZERO),
				this.etcd.meter("etcd_network_client_grpc_sent_bytes_total"), System.nanoTime());
	}

	private static Duration cpu(long pid) {
		return ProcessHandle.of(pid).flatMap((process) -> process.info().totalCpuDuration()).orElseThrow();
	}

	/**
	 * What was used up to a moment.
	 */
	private record Cost(Duration etcd, Duration proxy, double sent, long at) {

		String since(Cost before) {
			double seconds = (this.at - before.at) / 1e9;
			return "etcd %.1f ms CPU/s, proxy %.1f ms CPU/s, etcd sent %.0f KiB/s".formatted(
					this.etcd.minus(before.etcd).toMillis() / seconds,
					this.proxy.minus(before.proxy).toMillis() / seconds, (this.sent - before.sent) / 1024 / seconds);
		}

	}

	private static final class Gateway implements AutoCloseable {

		/** When each revision was routable, {@link System#nanoTime()}. */
		private final ConcurrentSkipListMap<Long, Long> published = new ConcurrentSkipListMap<>();

		private final Reflector reflector;

		Gateway(String endpoint) {
			EtcdSettings settings = new EtcdSettings(List.of(URI.create(endpoint)),
					List.of(new EtcdPrefix(Fleet.PREFIX, RecordReader.of("auto", Fleet.PREFIX, Scheme.HTTP))),
					Optional.empty(), Optional.empty(), false, Duration.ofSeconds(3), Duration.ofSeconds(10),
					Duration.ofSeconds(5));
			this.reflector = new Reflector(new EtcdSource(settings),
					new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
					new JitteredBackoff(), Optional.empty(), (instance, result) -> result.accept(""),
					List.of((snapshot, changed) -> this.published.put(snapshot.revision().number(),
							System.nanoTime())),
					new RegistryListener() {
					});
			this.reflector.start();
		}

		boolean isLive() {
			return this.reflector.registry().status() instanceof RegistryStatus.Live;
		}

		@Override
		public void close() {
			this.reflector.close();
		}

	}

}
