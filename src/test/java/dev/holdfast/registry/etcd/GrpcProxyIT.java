package dev.holdfast.registry.etcd;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdCluster;
import dev.holdfast.testing.EtcdGrpcProxy;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Fleet;
import dev.holdfast.testing.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The registry client behind {@code etcd grpc-proxy}, which hands on no progress request.
 */
@Tag("slow")
class GrpcProxyIT {

	private final Closer closer = new Closer();

	private final EtcdProcess etcd = this.closer.register(EtcdProcess.start());

	private final EtcdKeys keys = this.closer.register(new EtcdKeys(this.etcd.endpoint()));

	private final EtcdGrpcProxy proxy = this.closer.register(EtcdGrpcProxy.before(this.etcd.endpoint()));

	@BeforeEach
	void register() {
		this.keys.put("/services/orders/a", "10.0.0.1:8001");
	}

	@AfterEach
	void close() {
		this.closer.close();
	}

	@Test
	void aRegistryThatChangesAllTheTimeIsFollowedByOneConnection() {
		Fleet fleet = Fleet.of(100);
		try (Follower follower = follower(); SteadyWriter writer = new SteadyWriter(this.etcd.endpoint(), fleet, 1)) {
			follower.awaitLive();
			writer.write(2_000, 100, Patience.TIME);
			Follower.patiently()
				.untilAsserted(() -> assertThat(follower.registry().snapshot().revision().number())
					.isGreaterThanOrEqualTo(writer.lastRevision()));
			assertThat(follower.registry().snapshot().instances()).isEqualTo(fleet.instances() + 1);
			assertThat(follower.registry().status()).isInstanceOf(RegistryStatus.Live.class);
			assertThat(follower.registry().generation()).isEqualTo(1);
		}
	}

	@Test
	void registriesShareTheirWatchesAtEtcd() {
		double before = this.etcd.meter("etcd_debugging_mvcc_watcher_total");
		List<Follower> followers = Stream.generate(this::follower).limit(20).map(this.closer::register).toList();
		followers.forEach(Follower::awaitLive);
		this.keys.put("/services/orders/b", "10.0.0.1:8002");
		followers.forEach((follower) -> follower.awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002"));
		assertThat(this.etcd.meter("etcd_debugging_mvcc_watcher_total") - before).isLessThan(followers.size());
	}

	@Test
	void aProxyThatDiesIsNoticedAndWhatChangedMeanwhileIsFoundWhenItIsBack() {
		try (Follower follower = follower()) {
			follower.awaitLive();
			this.proxy.kill();
			follower.awaitCause("connection refused");
			this.keys.delete("/services/orders/a");
			this.keys.put("/services/orders/b", "10.0.0.1:8002");
			this.proxy.restart();
			follower.awaitLive().awaitInstances("http://10.0.0.1:8002");
		}
	}

	@Test
	void anEtcdThatDiesBehindTheProxyIsNoticedAndFollowedWhenItIsBack() {
		try (Follower follower = follower()) {
			follower.awaitLive();
			this.etcd.kill();
			Follower.patiently()
				.untilAsserted(() -> assertThat(follower.registry().status()).isInstanceOf(RegistryStatus.Stale.class));
			this.etcd.restart();
			this.keys.put("/services/orders/b", "10.0.0.1:8002");
			follower.awaitLive().awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002");
		}
	}

	@Test
	void anEtcdThatIsWipedBehindTheProxyIsFollowedFromItsBeginning() {
		try (EtcdCluster cluster = EtcdCluster.start();
				EtcdGrpcProxy before = EtcdGrpcProxy.before(cluster.endpoints().toArray(String[]::new))) {
			put(cluster, 50);
			try (Follower follower = Follower.of(Follower.settings(before.endpoint()))) {
				follower.awaitLive().awaitInstances("http://10.0.0.1:50");
				cluster.wipe();
				put(cluster, 2);
				follower.awaitLive().awaitInstances("http://10.0.0.1:2");
				put(cluster, 3);
				follower.awaitLive().awaitInstances("http://10.0.0.1:3");
			}
		}
	}

	/** Registers the instance at ports up to this one, a revision each. */
	private static void put(EtcdCluster cluster, int port) {
		try (EtcdKeys writer = new EtcdKeys(cluster.endpoints().getFirst())) {
			IntStream.rangeClosed(1, port).forEach((i) -> writer.put("/services/orders/a", "10.0.0.1:" + i));
		}
	}

	@Test
	void membersBesideTheProxyTakeOverWhenItDies() {
		try (Follower follower = Follower.of(Follower.settings(this.proxy.endpoint(), this.etcd.endpoint()))) {
			follower.awaitLive();
			this.proxy.kill();
			Follower.patiently().until(() -> follower.registry().generation() > 1);
			follower.awaitLive();
			this.keys.put("/services/orders/b", "10.0.0.1:8002");
			follower.awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002");
		}
	}

	private Follower follower() {
		return Follower.of(Follower.settings(this.proxy.endpoint()));
	}

}
