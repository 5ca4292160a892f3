package dev.holdfast.gateway;

import java.util.concurrent.atomic.AtomicReference;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Instances that answer every request and say of themselves that they are not well.
 */
class HealthChecksIT {

	/** Whose health check fails. */
	private final AtomicReference<String> sick = new AtomicReference<>("b");

	@Test
	void whoFailsItsCheckGetsNoRequestsAndThatIsFoundOutWhileEtcdIsAway() {
		try (EtcdProcess etcd = EtcdProcess.start();
				EtcdKeys keys = new EtcdKeys(etcd.endpoint());
				TestBackend first = backend("a");
				TestBackend second = backend("b")) {
			try (GatewayProcess gateway = GatewayProcess.with(etcd.endpoint())
				.arguments("--holdfast.upstream.checks.interval=1s", "--holdfast.upstream.checks.timeout=1s")
				.start()) {
				register(keys, first);
				register(keys, second);
				await().until(() -> status(gateway, "b").equals("FAILING_CHECK"));
				assertThat(status(gateway, "a")).isEqualTo("ROUTABLE");
				assertOnly("a", gateway);
				etcd.kill();
				await().until(() -> gateway.status().path("state").asText().equals("STALE"));
				this.sick.set("a");
				await().until(() -> status(gateway, "a").equals("FAILING_CHECK"));
				await().until(() -> status(gateway, "b").equals("ROUTABLE"));
				assertOnly("b", gateway);
				assertThat(instance(gateway, "a").path("check").path("lastError").asText())
					.isEqualTo("status 503 (expected: 200-299)");
				assertThat(gateway.getAdmin("/actuator/prometheus").body())
					.contains("registry_instances{service=\"orders\",state=\"failing-check\"} 1.0")
					.contains("gateway_health_checks_total{outcome=\"passed\",service=\"orders\"}");
				assertThat(gateway.defects()).isEmpty();
			}
		}
	}

	private TestBackend backend(String id) {
		return TestBackend.start(id, (request) -> {
			boolean fails = request.path().equals("/health") && id.equals(this.sick.get());
			request.response().setStatusCode(fails ? 503 : 200).end(id);
		});
	}

	private static void register(EtcdKeys keys, TestBackend backend) {
		keys.put("/services/orders/" + backend.id(), """
				{"url":"%s","metadata":{"holdfast.check":"http","holdfast.check.path":"/health"}}"""
			.formatted(backend.url()));
	}

	private static JsonNode instance(GatewayProcess gateway, String id) {
		for (JsonNode instance : GatewayProcess.json(gateway.getAdmin("/registry/services/orders")).path("instances")) {
			if (instance.path("id").asText().equals(id)) {
				return instance;
			}
		}
		return MissingNode.getInstance();
	}

	private static String status(GatewayProcess gateway, String id) {
		return instance(gateway, id).path("health").path("status").asText();
	}

	private static void assertOnly(String id, GatewayProcess gateway) {
		for (int i = 0; i < 20; i++) {
			assertThat(gateway.get("/orders/v1/items").body()).isEqualTo(id);
		}
	}

}
