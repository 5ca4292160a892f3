package dev.holdfast.testing;

import java.nio.file.Path;
import java.util.function.UnaryOperator;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class EtcdClusterIT {

	private EtcdCluster cluster;

	@BeforeEach
	void start() {
		this.cluster = EtcdCluster.start();
		put("/a", "1");
	}

	@AfterEach
	void stop() {
		this.cluster.close();
	}

	@Test
	void anotherMemberLeadsAfterTheLeaderWasKilled() {
		EtcdProcess first = this.cluster.leader();
		first.kill();
		assertThat(this.cluster.leader()).isNotSameAs(first);
		put("/b", "2");
		first.restart();
		try (EtcdKeys keys = new EtcdKeys(first.endpoint())) {
			assertThat(keys.get("/b")).contains("2");
		}
	}

	@Test
	void aMemberIsReplacedAtANewAddress() {
		EtcdProcess gone = this.cluster.members().getFirst();
		gone.kill();
		this.cluster.remove(gone);
		EtcdProcess added = this.cluster.add();
		assertThat(added.address()).isEqualTo("127.0.0.4");
		try (EtcdKeys keys = new EtcdKeys(added.endpoint())) {
			assertThat(keys.get("/a")).contains("1");
		}
	}

	@Test
	void aWipedClusterKeepsItsIdAndAReplacedOneHasAnother() {
		long id = clusterId();
		this.cluster.wipe();
		assertThat(clusterId()).isEqualTo(id);
		this.cluster.replace();
		assertThat(clusterId()).isNotEqualTo(id);
		try (EtcdKeys keys = keys()) {
			assertThat(keys.get("/a")).isEmpty();
		}
	}

	@Test
	void aRestoredClusterHasWhatItHadAtTheBackup(@TempDir Path folder) {
		this.cluster.backUp(folder);
		put("/a", "2");
		this.cluster.restore(folder);
		try (EtcdKeys keys = keys()) {
			assertThat(keys.get("/a")).contains("1");
		}
	}

	private void put(String key, String value) {
		try (EtcdKeys keys = keys()) {
			keys.put(key, value);
		}
	}

	private long clusterId() {
		try (EtcdKeys keys = keys()) {
			return keys.call((client) -> client.getClusterClient().listMember()).getHeader().getClusterId();
		}
	}

	private EtcdKeys keys() {
		return new EtcdKeys(
				this.cluster.members().stream().filter(EtcdProcess::isAlive).map(EtcdProcess::endpoint).toList(),
				UnaryOperator.identity());
	}

}
