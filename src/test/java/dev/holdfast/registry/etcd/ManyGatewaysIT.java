package dev.holdfast.registry.etcd;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdGrpcProxy;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Fleet;
import dev.holdfast.testing.Patience;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What gateways cost etcd, by the number of them, with and without an
 * {@code etcd grpc-proxy} between: each has a watch, and proves every 5 s that it
 * delivers, as the registry client does. Prints what {@code docs/etcd-versions.md} tells;
 * {@code holdfast.gateways} and what is named like it set the numbers.
 */
@Tag("slow")
class ManyGatewaysIT {

	private static final int GATEWAYS = Integer.getInteger("holdfast.gateways", 100);

	private static final int INSTANCES = Integer.getInteger("holdfast.gateways.instances", 1_000);

	private static final int SECONDS = Integer.getInteger("holdfast.gateways.seconds", 10);

	private static final int EVENTS_A_SECOND = Integer.getInteger("holdfast.gateways.events", 100);

	private static final Duration PROOF_INTERVAL = Duration.ofSeconds(5);

	/**
	 * Watches of one client, whose connection they share: one each makes etcd do more.
	 */
	private static final int WATCHES = Integer.getInteger("holdfast.gateways.watches", 10);

	private final Closer closer = new Closer();

	private final Fleet fleet = Fleet.of(INSTANCES);

	private final EtcdProcess etcd = this.closer.register(EtcdProcess.start());

	private final List<Gateway> gateways = new ArrayList<>();

	@AfterEach
	void close() {
		this.closer.close();
	}

	@Test
	void straightToEtcd() {
		measure(this.etcd.endpoint(), Optional.empty());
		assertThat(this.etcd.meter("etcd_debugging_mvcc_watcher_total")).isGreaterThanOrEqualTo(GATEWAYS);
	}

	@Test
	void throughAProxy() {
		EtcdGrpcProxy proxy = this.closer.register(EtcdGrpcProxy.before(this.etcd.endpoint()));
		measure(proxy.endpoint(), Optional.of(proxy));
		assertThat(this.etcd.meter("etcd_debugging_mvcc_watcher_total")).isLessThan(Math.max(10, GATEWAYS));
	}

	private void measure(String endpoint, Optional<EtcdGrpcProxy> proxy) {
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			for (int i = 0; i < this.fleet.instances(); i++) {
				keys.put(this.fleet.key(i), this.fleet.value(i, 0));
			}
		}
		open(endpoint);
		print("watching", proxy, ManyGatewaysIT::pause);
		try (SteadyWriter writer = new SteadyWriter(this.etcd.endpoint(), this.fleet, 1)) {
			print("%d events/s".formatted(EVENTS_A_SECOND), proxy, () -> {
				writer.write((long) EVENTS_A_SECOND * SECONDS, EVENTS_A_SECOND, Patience.TIME);
				awaitAll(writer.lastRevision());
			});
			this.gateways.stream()
				.limit(2)
				.forEach((gateway) -> System.out.println("  age " + Ages.of(writer.answered(), gateway.arrived)));
		}
		try (ScheduledExecutorService proofs = Executors.newScheduledThreadPool(1)) {
			long every = PROOF_INTERVAL.toNanos() / GATEWAYS;
			AtomicLong turn = new AtomicLong();
			var unusedTask = proofs.scheduleAtFixedRate(
					() -> this.gateways.get((int) (turn.getAndIncrement() % GATEWAYS)).prove(proxy.isPresent()), 0,
					every, TimeUnit.NANOSECONDS);
			print("proofs", proxy, ManyGatewaysIT::pause);
			System.out.printf("  %d proofs begun%n", turn.get());
		}
	}

	private void open(String endpoint) {
		for (int i = 0; i < GATEWAYS; i += WATCHES) {
			Client client = this.closer.register(Client.builder().endpoints(endpoint).build());
			for (int j = i; j < Math.min(GATEWAYS, i + WATCHES); j++) {
				this.gateways.add(this.closer.register(new Gateway(client)));
			}
		}
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			await().until(() -> {
				long revision = keys.put(this.fleet.key(0), this.fleet.value(0, 0));
				awaitAll(revision);
				return true;
			});
		}
	}

	private void awaitAll(long revision) {
		await().until(() -> this.gateways.stream().allMatch((gateway) -> gateway.arrived.ceilingKey(revision) != null));
	}

	private static void pause() {
		try {
			TimeUnit.SECONDS.sleep(SECONDS);
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private void print(String what, Optional<EtcdGrpcProxy> proxy, Runnable action) {
		Cost before = cost(proxy);
		action.run();
		System.out.printf("%s, %d gateways, %s: %s; watchers at etcd %.0f%n", proxy.isPresent() ? "proxy" : "straight",
				GATEWAYS, what, cost(proxy).since(before), this.etcd.meter("etcd_debugging_mvcc_watcher_total"));
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
			return "%.1f s, CPU of etcd %d ms, of the proxy %d ms, etcd sent %.0f KiB".formatted(seconds,
					this.etcd.minus(before.etcd).toMillis(), this.proxy.minus(before.proxy).toMillis(),
					(this.sent - before.sent) / 1024);
		}

	}

	/**
	 * What of a gateway etcd sees.
	 */
	private static final class Gateway implements AutoCloseable {

		private static final ByteSequence PREFIX = EtcdKey.bytes(Fleet.PREFIX);

		/** When each revision came, {@link System#nanoTime()}. */
		private final ConcurrentSkipListMap<Long, Long> arrived = new ConcurrentSkipListMap<>();

		private final Client client;

		private final Watch.Watcher watcher;

		Gateway(Client client) {
			this.client = client;
			this.watcher = client.getWatchClient()
				.watch(PREFIX, WatchOption.builder().isPrefix(true).withRequireLeader(true).build(), this::onNext);
		}

		private void onNext(WatchResponse response) {
			response.getEvents()
				.forEach((event) -> this.arrived.put(event.getKeyValue().getModRevision(), System.nanoTime()));
		}

		void prove(boolean byList) {
			var unusedHead = this.client.getKVClient().get(PREFIX, GetOption.builder().withCountOnly(true).build());
			this.watcher.requestProgress();
			if (byList) {
				var unusedList = this.client.getKVClient()
					.get(PREFIX, GetOption.builder().isPrefix(true).withLimit(2_000).build());
			}
		}

		@Override
		public void close() {
			this.watcher.close();
		}

	}

}
