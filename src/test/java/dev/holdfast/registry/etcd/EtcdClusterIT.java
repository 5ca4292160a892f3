package dev.holdfast.registry.etcd;

import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RegistryConnection;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.Signal;
import dev.holdfast.testing.EtcdCluster;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.Patience;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The registry client on a real cluster.
 */
@Order(1) // Among the longest, so it begins first.
class EtcdClusterIT {

	private final EtcdCluster cluster = EtcdCluster.start();

	@BeforeEach
	void write() {
		put("/services/orders/a", "10.0.0.1:8001");
	}

	@AfterEach
	void stop() {
		this.cluster.close();
	}

	@Test
	void aMemberAtANewAddressIsFoundAndUsedWhenAllConfiguredOnesAreGone() {
		EtcdProcess seed = this.cluster.members().getFirst();
		try (Follower follower = Follower.of(Follower.discovering(seed.endpoint()))) {
			follower.awaitLive();
			assertMembers(follower, this.cluster.endpoints());
			EtcdProcess added = this.cluster.add();
			follower.refresh();
			assertMembers(follower, this.cluster.endpoints());
			this.cluster.remove(seed);
			follower.awaitLive();
			put("/services/orders/b", "10.0.0.1:8002");
			follower.awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002");
			assertThat(follower.registry().members()).extracting(MemberState::url)
				.contains(seed.endpoint(), added.endpoint());
			follower.refresh();
			Follower.patiently()
				.untilAsserted(() -> assertThat(follower.registry().members())
					.filteredOn((member) -> !member.url().equals(seed.endpoint()))
					.isNotEmpty()
					.allSatisfy((member) -> assertThat(member.version()).startsWith("3.")));
		}
	}

	@Test
	void aLearnerIsPassedOver() {
		try (Follower follower = Follower.of(Follower.discovering(this.cluster.endpoints().getFirst()))) {
			follower.awaitLive();
			assertMembers(follower, this.cluster.endpoints());
			List<String> voters = this.cluster.endpoints();
			this.cluster.addLearner();
			follower.refresh();
			put("/services/orders/b", "10.0.0.1:8002");
			follower.awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002");
			assertMembers(follower, voters);
		}
	}

	@Test
	void membersAreNotLookedForUnlessAsked() {
		try (Follower follower = Follower.of(Follower.settings(this.cluster.endpoints().getFirst()))) {
			follower.awaitLive().refresh();
			assertMembers(follower, this.cluster.endpoints().subList(0, 1));
		}
	}

	@Test
	void aWatchOnAMemberInTheMinorityEnds() throws InterruptedException {
		EtcdProcess alone = this.cluster.followers().getFirst();
		BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
		try (RegistryConnection connection = new EtcdSource(Follower.settings(alone.endpoint()))
			.connect(signals::add)) {
			connection.list();
			assertThat(signals.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS))
				.isInstanceOfSatisfying(Signal.Listed.class, (listed) -> connection.watch(listed.revision().number()));
			assertThat(signals.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS)).isInstanceOf(Signal.Delivered.class);
			this.cluster.members().stream().filter((member) -> member != alone).forEach(EtcdProcess::kill);
			assertThat(signals.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS))
				.isInstanceOfSatisfying(Signal.Failed.class, (failed) -> {
					assertThat(failed.cause()).isEqualTo(EndCause.WATCH_ERROR);
					assertThat(failed.message()).contains("no leader");
				});
		}
	}

	@Test
	void aLostQuorumIsNamedAndAReturnedOneFollowed() {
		try (Follower follower = Follower.of(Follower.settings(this.cluster.endpoints().toArray(String[]::new)))) {
			follower.awaitLive();
			List<EtcdProcess> majority = this.cluster.members().subList(1, 3);
			majority.forEach(EtcdProcess::kill);
			Follower.patiently().until(() -> follower.registry().status() instanceof RegistryStatus.Stale);
			assertThat(follower.orders()).containsExactly("http://10.0.0.1:8001");
			this.cluster.restart();
			follower.awaitLive();
		}
	}

	@Test
	void anotherMemberIsUsedWhenTheWatchedOneIsKilled() {
		try (Follower follower = Follower.of(Follower.settings(this.cluster.endpoints().toArray(String[]::new)))) {
			follower.awaitLive();
			this.cluster.members().getFirst().kill();
			put("/services/orders/b", "10.0.0.1:8002");
			follower.awaitInstances("http://10.0.0.1:8001", "http://10.0.0.1:8002");
			follower.awaitLive();
			assertThat(follower.registry().generation()).isLessThanOrEqualTo(3);
		}
	}

	private static void assertMembers(Follower follower, List<String> urls) {
		Follower.patiently()
			.untilAsserted(() -> assertThat(follower.registry().members()).extracting(MemberState::url)
				.containsExactlyInAnyOrderElementsOf(urls));
	}

	private void put(String key, String value) {
		List<String> alive = this.cluster.members()
			.stream()
			.filter(EtcdProcess::isAlive)
			.map(EtcdProcess::endpoint)
			.toList();
		try (EtcdKeys keys = new EtcdKeys(alive, UnaryOperator.identity())) {
			keys.put(key, value);
		}
	}

}
