package dev.holdfast.gateway;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class ColdStartIT {

	private static final Closer closer = new Closer();

	@TempDir
	private static Path saved;

	private static EtcdProcess etcd;

	@TempDir
	private Path folder;

	/** The gateway that is killed, and leaves its snapshot. */
	@BeforeAll
	static void start() {
		etcd = closer.register(EtcdProcess.start());
		TestBackend backend = closer.register(TestBackend.start("a"));
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/orders/a", backend.address());
		}
		try (GatewayProcess gateway = launch(saved).start()) {
			assertThat(gateway.get("/orders/v1").statusCode()).isEqualTo(200);
			await().until(() -> gateway.status().at("/snapshot/revision").asLong() > 0);
			gateway.kill();
		}
	}

	@AfterAll
	static void stop() {
		closer.close();
	}

	@AfterEach
	void mend() {
		etcd.restart();
	}

	@Test
	void gatewayKilledAndStartedWhileEtcdIsDownServesFromItsSnapshotAsSoonAsEver() throws IOException {
		startFromSnapshot(etcd::kill, etcd::restart);
	}

	@Test
	void gatewayKilledAndStartedWhileEtcdHangsServesFromItsSnapshotAsSoonAsEver() throws IOException {
		startFromSnapshot(etcd::pause, etcd::resume);
	}

	private void startFromSnapshot(Runnable begin, Runnable end) throws IOException {
		FileSystemUtils.copyRecursively(saved, this.folder);
		begin.run();
		Instant begun = Instant.now();
		try (GatewayProcess gateway = launch(this.folder).start()) {
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

	private static GatewayProcess.Launch launch(Path folder) {
		return GatewayProcess.with(etcd.endpoint()).snapshot(folder.resolve("data/snapshot.json"));
	}

	@Test
	void gatewayWithoutSnapshotIsAliveButNotReadyUntilEtcdAppears() {
		etcd.kill();
		try (GatewayProcess gateway = launch(this.folder).startAlive()) {
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
			etcd.restart();
			await().untilAsserted(() -> assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200));
			assertThat(gateway.get("/orders/v1").statusCode()).isEqualTo(200);
			assertThat(gateway.log()).containsOnlyOnce("The registry does not answer: ");
			assertThat(gateway.defects()).isEmpty();
		}
	}

}
