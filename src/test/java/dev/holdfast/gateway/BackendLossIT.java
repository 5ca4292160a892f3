package dev.holdfast.gateway;

import java.time.Duration;

import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.SharedGateway;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(SharedGateway.Extension.class)
@Execution(ExecutionMode.SAME_THREAD)
class BackendLossIT {

	private static final String SERVICE = "/services/losing/";

	private static final int CONNECTIONS = 16;

	/** Leaves the machine to the others. */
	private static final Duration PAUSE = Duration.ofMillis(2);

	private static final int ROUNDS = 3;

	private final TestBackend staying = TestBackend.start("staying");

	private final TestBackend leaving = TestBackend.start("leaving");

	@AfterEach
	void stop(SharedGateway shared) {
		shared.keys().deletePrefix(SERVICE);
		this.staying.close();
		this.leaving.close();
	}

	@Test
	void backendKilledUnderLoadCostsNoIdempotentRequest(SharedGateway shared) {
		GatewayProcess gateway = shared.process();
		shared.keys().put(SERVICE + "staying", this.staying.address());
		shared.keys().put(SERVICE + "leaving", this.leaving.address());
		await().until(() -> instances(gateway) == 2);
		try (Load load = Load.start(gateway.url("/losing/v1/items"), CONNECTIONS, PAUSE)) {
			for (int i = 0; i < ROUNDS; i++) {
				awaitRequests(this.leaving);
				this.leaving.kill();
				awaitRequests(this.staying);
				this.leaving.restart();
				if (i < ROUNDS - 1) {
					// A refused connection keeps an instance away for a while; a new
					// registration brings it back at once.
					shared.keys().delete(SERVICE + "leaving");
					await().until(() -> instances(gateway) == 1);
					shared.keys().put(SERVICE + "leaving", this.leaving.address());
				}
			}
			Load.Result result = load.stop();
			assertThat(result.failures()).as("%s", result).isZero();
			assertThat(gateway.getAdmin("/actuator/prometheus").body())
				.contains("gateway_connect_failures_total{reason=\"refused\",service=\"losing\"}")
				.contains("gateway_retries_total{outcome=\"SUCCESS\",service=\"losing\"}");
			assertThat(gateway.defects()).isEmpty();
		}
	}

	private static int instances(GatewayProcess gateway) {
		return GatewayProcess.json(gateway.getAdmin("/registry/services/losing"))
			.at("/service/instances/total")
			.asInt();
	}

	private static void awaitRequests(TestBackend backend) {
		long before = backend.requests();
		await().until(() -> backend.requests() > before + 500);
	}

}
