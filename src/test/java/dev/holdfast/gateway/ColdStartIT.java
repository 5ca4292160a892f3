package dev.holdfast.gateway;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ColdStartIT {

	private final EtcdProcess etcd = EtcdProcess.start();

	private final EtcdKeys keys = new EtcdKeys(this.etcd.endpoint());

	private final TestBackend backend = TestBackend.start("a");

	@TempDir
	private Path folder;

	@AfterEach
	void stop() {
		this.backend.close();
		this.keys.close();
		this.etcd.close();
	}

	@Test
	void gatewayKilledAndStartedWhileEtcdIsDownServesFromItsSnapshotAsSoonAsEver() {
		startFromSnapshot(this.etcd::kill, this.etcd::restart);
	}

	@Test
	void gatewayKilledAndStartedWhileEtcdHangsServesFromItsSnapshotAsSoonAsEver() {
		startFromSnapshot(this.etcd::pause, this.etcd::resume);
	}

	private void startFromSnapshot(Runnable begin, Runnable end) {
		this.keys.put("/services/orders/a", this.backend.address());
		Path snapshot = this.folder.resolve("data/snapshot.json");
		try (GatewayProcess gateway = start(snapshot)) {
			assertThat(gateway.get("/orders/v1").statusCode()).isEqualTo(200);
			await().until(() -> gateway.status().at("/snapshot/revision").asLong() > 0);
			gateway.kill();
		}
		begin.run();
		Instant begun = Instant.now();
		try (GatewayProcess gateway = start(snapshot)) {
			assertThat(gateway.get("/orders/v1").statusCode()).isEqualTo(200);
			assertThat(gateway.getAdmin("/actuator/health/readiness").statusCode()).isEqualTo(200);
			JsonNode status = gateway.status();
			assertThat(status.path("state").asText()).isEqualTo("FROM_DISK");
			assertThat(status.path("cause").asText()).isNotEmpty();
			assertThat(Instant.parse(status.path("asOf").asText())).isBefore(begun);
			assertThat(Instant.parse(status.at("/snapshot/savedAt").asText())).isBefore(begun);
			assertThat(GatewayProcess.json(gateway.getAdmin("/actuator/health")).path("status").asText())
				.isEqualTo("DEGRADED");
			// A hanging etcd is known for one only when the first call's deadline is
			// over.
			await().until(() -> gateway.log().contains("The registry does not answer: "));
			end.run();
			await().until(() -> gateway.status().path("state").asText().equals("LIVE"));
			assertThat(gateway.get("/orders/v1").statusCode()).isEqualTo(200);
			assertThat(gateway.log()).containsOnlyOnce("The registry does not answer: ");
			assertThat(gateway.defects()).isEmpty();
		}
	}

	private GatewayProcess start(Path snapshot) {
		return GatewayProcess.with(this.etcd.endpoint()).snapshot(snapshot).start();
	}

	@Test
	void gatewayWithoutSnapshotIsAliveButNotReadyUntilEtcdAppears() {
		this.keys.put("/services/orders/a", this.backend.address());
		this.etcd.kill();
		try (GatewayProcess gateway = GatewayProcess.with(this.etcd.endpoint()).startAlive()) {
			await().untilAsserted(() -> {
				HttpResponse<String> readyz = gateway.get("/readyz");
				assertThat(readyz.statusCode()).isEqualTo(503);
				assertThat(readyz.body()).contains("nothing has been read from the registry yet", "refused");
			});
			assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
			assertThat(gateway.getAdmin("/actuator/health/liveness").statusCode()).isEqualTo(200);
			HttpResponse<String> readiness = gateway.getAdmin("/actuator/health/readiness");
			assertThat(readiness.statusCode()).isEqualTo(503);
			assertThat(GatewayProcess.json(readiness).at("/components/registry/details/cause").asText())
				.contains("refused");
			assertThat(gateway.status().path("state").asText()).isEqualTo("EMPTY");
			assertThat(gateway.status().at("/etcd/endpoints/0/lastError").asText()).isNotEmpty();
			this.etcd.restart();
			await().untilAsserted(() -> assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200));
			assertThat(gateway.get("/orders/v1").statusCode()).isEqualTo(200);
			assertThat(gateway.log()).containsOnlyOnce("The registry does not answer: ");
			assertThat(gateway.defects()).isEmpty();
		}
	}

}
