package dev.holdfast.configuration;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.HoldfastApplication;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.Scope;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Gateways as they are configured usually, on one etcd.
 */
class SeveralGatewaysIT {

	private static final String TOKEN = "token-of-this-test";

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void gatewaysSeeEachOtherAndObeyWhatOneOfThemWasToldForAll() throws Exception {
		try (EtcdProcess etcd = EtcdProcess.start();
				EtcdKeys keys = new EtcdKeys(etcd.endpoint());
				ConfigurableApplicationContext first = gateway(etcd)) {
			keys.put("/services/orders/a", "10.0.0.1:1");
			keys.put("/services/orders/b", "10.0.0.1:2");
			try (ConfigurableApplicationContext second = gateway(etcd)) {
				Awaitility.await().untilAsserted(() -> assertThat(gateways(first).path("items")).hasSize(2));
				JsonNode seen = gateways(first);
				assertThat(seen.path("available").booleanValue()).isTrue();
				assertThat(seen.findValues("adminPort")).extracting(JsonNode::intValue)
					.containsExactlyInAnyOrder(port(first), port(second));
				Awaitility.await()
					.untilAsserted(() -> assertThat(gateways(second).findValuesAsText("state")).containsOnly("LIVE"));
				HttpResponse<String> drained = write(first, "PUT", "/registry/services/orders/instances/a/drain",
						"{\"ttlSeconds\": 600, \"scope\": \"CLUSTER\", \"reason\": \"disk\"}");
				assertThat(drained.statusCode()).as(drained.body()).isEqualTo(200);
				assertThat(shared(first)).containsExactly("drain/orders/a");
				Awaitility.await().untilAsserted(() -> assertThat(shared(second)).containsExactly("drain/orders/a"));
				HttpResponse<String> listed = write(second, "POST", "/registry/refresh?scope=CLUSTER", "");
				assertThat(listed.statusCode()).as(listed.body()).isEqualTo(202);
				etcd.kill();
				Awaitility.await()
					.untilAsserted(
							() -> assertThat(gateways(first).path("reason").asText()).contains("connection refused"));
				HttpResponse<String> refused = write(first, "DELETE",
						"/registry/services/orders/instances/a/drain?scope=CLUSTER", "");
				assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
				assertThat(refused.body()).contains("cluster-scope-unavailable", "connection refused (UNAVAILABLE)");
				assertThat(shared(second)).containsExactly("drain/orders/a");
				HttpResponse<String> lifted = write(second, "DELETE",
						"/registry/services/orders/instances/a/drain?scope=LOCAL", "");
				assertThat(lifted.statusCode()).as(lifted.body()).isEqualTo(204);
				assertThat(shared(second)).isEmpty();
				etcd.restart();
				Awaitility.await()
					.untilAsserted(() -> assertThat(gateways(first).path("available").asBoolean()).isTrue());
				assertThat(shared(first)).containsExactly("drain/orders/a");
				Awaitility.await().untilAsserted(() -> assertThat(shared(second)).containsExactly("drain/orders/a"));
				Awaitility.await().untilAsserted(() -> assertThat(gateways(first).path("items")).hasSize(2));
			}
			Awaitility.await().untilAsserted(() -> assertThat(gateways(first).path("items")).hasSize(1));
		}
	}

	@Test
	void overrideThatAWipedEtcdHasLostIsInForceUntilItIsEndedForAll() throws Exception {
		try (EtcdProcess etcd = EtcdProcess.start();
				EtcdKeys keys = new EtcdKeys(etcd.endpoint());
				ConfigurableApplicationContext first = gateway(etcd);
				ConfigurableApplicationContext second = gateway(etcd)) {
			keys.put("/services/orders/a", "10.0.0.1:1");
			keys.put("/services/orders/b", "10.0.0.1:2");
			String drain = "/registry/services/orders/instances/a/drain";
			Awaitility.await()
				.untilAsserted(() -> assertThat(
						write(first, "PUT", drain, "{\"ttlSeconds\": 600, \"scope\": \"CLUSTER\"}").statusCode())
					.isEqualTo(200));
			Awaitility.await().untilAsserted(() -> assertThat(shared(second)).containsExactly("drain/orders/a"));
			etcd.wipe();
			for (ConfigurableApplicationContext gateway : List.of(first, second)) {
				Awaitility.await()
					.untilAsserted(() -> assertThat(
							get(gateway, "/registry/overrides").path("items").path(0).path("note").asText())
						.contains("etcd was wiped"));
				Awaitility.await()
					.untilAsserted(() -> assertThat(gateways(gateway).path("available").asBoolean()).isTrue());
				assertThat(shared(gateway)).containsExactly("drain/orders/a");
			}
			HttpResponse<String> ended = write(second, "DELETE", drain + "?scope=CLUSTER", "");
			assertThat(ended.statusCode()).as(ended.body()).isEqualTo(204);
			Awaitility.await().untilAsserted(() -> assertThat(shared(first)).isEmpty());
			assertThat(shared(second)).isEmpty();
		}
	}

	@Test
	void gatewayThatIsToShareNothingWritesNothing() throws Exception {
		try (EtcdProcess etcd = EtcdProcess.start();
				EtcdKeys keys = new EtcdKeys(etcd.endpoint());
				ConfigurableApplicationContext alone = gateway(etcd, "--holdfast.cluster.enabled=false")) {
			JsonNode seen = gateways(alone);
			assertThat(seen.path("reason").asText()).isEqualTo("holdfast.cluster.enabled is false");
			assertThat(seen.path("items")).hasSize(1);
			assertThat(seen.path("items").path(0).path("adminPort").intValue()).isEqualTo(port(alone));
			assertThat(keys.deletePrefix("/holdfast/")).isZero();
		}
	}

	private static ConfigurableApplicationContext gateway(EtcdProcess etcd, String... more) {
		Stream<String> fixed = Stream.of("--server.port=0", "--server.address=127.0.0.1", "--holdfast.server.port=0",
				"--holdfast.server.address=127.0.0.1", "--holdfast.registry.snapshot.path=",
				"--holdfast.admin.overrides-path=", "--holdfast.server.shutdown-grace=0s",
				"--holdfast.admin.token=" + TOKEN, "--holdfast.etcd.endpoints=" + etcd.endpoint());
		return new SpringApplicationBuilder(HoldfastApplication.class)
			.run(Stream.concat(fixed, Stream.of(more)).toArray(String[]::new));
	}

	private static int port(ConfigurableApplicationContext gateway) {
		return gateway.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
	}

	private static List<String> shared(ConfigurableApplicationContext gateway) {
		return List.copyOf(gateway.getBean(Overrides.class).active().of(Scope.CLUSTER).keySet());
	}

	private JsonNode gateways(ConfigurableApplicationContext gateway) throws Exception {
		return get(gateway, "/registry/gateways");
	}

	private JsonNode get(ConfigurableApplicationContext gateway, String path) throws Exception {
		HttpRequest request = HttpRequest.newBuilder(uri(gateway, path)).build();
		return JsonMapper.builder()
			.build()
			.readTree(this.client.send(request, HttpResponse.BodyHandlers.ofString()).body());
	}

	private HttpResponse<String> write(ConfigurableApplicationContext gateway, String method, String path, String body)
			throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(uri(gateway, path))
			.header("Authorization", "Bearer " + TOKEN)
			.method(method, HttpRequest.BodyPublishers.ofString(body));
		if (!body.isEmpty()) {
			request.header("Content-Type", "application/json");
		}
		return this.client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static URI uri(ConfigurableApplicationContext gateway, String path) {
		return URI.create("http://127.0.0.1:%d%s".formatted(port(gateway), path));
	}

}
