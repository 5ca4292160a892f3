package dev.holdfast.gateway;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class BackendLossIT {

	private static final int CONNECTIONS = 16;

	private static final int ROUNDS = 3;

	private final EtcdProcess etcd = EtcdProcess.start();

	private final EtcdKeys keys = new EtcdKeys(this.etcd.endpoint());

	private final TestBackend staying = TestBackend.start("staying");

	private final TestBackend leaving = TestBackend.start("leaving");

	@AfterEach
	void stop() {
		this.staying.close();
		this.leaving.close();
		this.keys.close();
		this.etcd.close();
	}

	@Test
	void backendKilledUnderLoadCostsNoIdempotentRequest() {
		this.keys.put("/services/orders/staying", this.staying.address());
		this.keys.put("/services/orders/leaving", this.leaving.address());
		try (GatewayProcess gateway = GatewayProcess.with(this.etcd.endpoint()).start();
				Load load = Load.start(gateway.url("/orders/v1/items"), CONNECTIONS)) {
			for (int i = 0; i < ROUNDS; i++) {
				awaitRequests(this.leaving);
				this.leaving.kill();
				awaitRequests(this.staying);
				this.leaving.restart();
				if (i < ROUNDS - 1) {
					// A refused connection keeps an instance away for a while; a new
					// registration brings it back at once.
					this.keys.delete("/services/orders/leaving");
					await().until(() -> instances(gateway) == 1);
					this.keys.put("/services/orders/leaving", this.leaving.address());
				}
			}
			Load.Result result = load.stop();
			assertThat(result.failures()).as("%s", result).isZero();
			assertThat(gateway.getAdmin("/actuator/prometheus").body())
				.contains("gateway_connect_failures_total{reason=\"refused\",service=\"orders\"}")
				.contains("gateway_retries_total{outcome=\"SUCCESS\",service=\"orders\"}");
			assertThat(gateway.defects()).isEmpty();
		}
	}

	private static int instances(GatewayProcess gateway) {
		return gateway.status().path("instances").asInt();
	}

	private static void awaitRequests(TestBackend backend) {
		long before = backend.requests();
		await().until(() -> backend.requests() > before + 500);
	}

}
