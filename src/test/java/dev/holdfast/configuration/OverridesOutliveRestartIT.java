package dev.holdfast.configuration;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.HoldfastApplication;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What an operator has set is in force behind a restart, also while etcd is away, and
 * ends there at its time.
 */
class OverridesOutliveRestartIT {

	private static final String TOKEN = "token-of-this-test";

	private static final String DRAIN = "/registry/services/orders/instances/a/drain";

	private static final JsonMapper JSON = JsonMapper.builder().build();

	@TempDir
	private Path folder;

	private final HttpClient client = HttpClient.newHttpClient();

	@Test
	void drainAndFreezeOutliveARestartWithinTheirTime() throws Exception {
		try (EtcdProcess etcd = EtcdProcess.start(); EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("/services/orders/a", "127.0.0.1:1");
			keys.put("/services/orders/b", "127.0.0.1:2");
			String before;
			try (ConfigurableApplicationContext gateway = start(etcd.endpoint())) {
				await()
					.until(() -> get(gateway, "/registry/services/orders").at("/service/instances/total").asInt() == 2);
				put(gateway, DRAIN, "{\"ttlSeconds\": 3600, \"reason\": \"new kernel\"}");
				put(gateway, "/registry/freeze", "{\"ttlSeconds\": 3600}");
				before = get(gateway, "/registry/overrides").path("items").toString();
				await().until(() -> get(gateway, "/registry/status").at("/snapshot/revision").asLong() > 0);
			}
			keys.put("/services/orders/c", "127.0.0.1:3");
			try (ConfigurableApplicationContext gateway = start(etcd.endpoint())) {
				assertThat(get(gateway, "/registry/overrides").path("items")).hasToString(before);
				await().until(() -> get(gateway, "/registry/status").path("state").asText().equals("LIVE"));
				JsonNode orders = get(gateway, "/registry/services/orders");
				assertThat(orders.at("/service/instances/total").asInt()).isEqualTo(2);
				assertThat(orders.at("/service/instances/draining").asInt()).isOne();
				assertThat(orders.at("/instances/0/health/status").asText()).isEqualTo("DRAINING");
				assertThat(get(gateway, "/registry/services/orders/history").toString()).contains("OVERRIDDEN",
						"new kernel");
				assertThat(get(gateway, "/registry/status").at("/frozen/until").asText()).contains("T");
				delete(gateway, "/registry/freeze");
				assertThat(get(gateway, "/registry/services/orders").at("/service/instances/total").asInt())
					.isEqualTo(3);
				put(gateway, DRAIN, "{\"ttlSeconds\": 1}");
				await().until(() -> get(gateway, "/registry/overrides").path("total").asInt() == 0);
				assertThat(get(gateway, "/registry/services/orders").at("/service/instances/draining").asInt())
					.isZero();
			}
			etcd.kill();
			try (ConfigurableApplicationContext gateway = start(etcd.endpoint())) {
				assertThat(get(gateway, "/registry/overrides").path("total").asInt()).isZero();
			}
		}
	}

	private ConfigurableApplicationContext start(String etcd) {
		return new SpringApplicationBuilder(HoldfastApplication.class).run("--server.address=127.0.0.1",
				"--server.port=0", "--holdfast.server.address=127.0.0.1", "--holdfast.server.port=0",
				"--holdfast.etcd.endpoints=" + etcd, "--holdfast.admin.token=" + TOKEN,
				"--holdfast.registry.snapshot.path=" + this.folder.resolve("snapshot.json"),
				"--holdfast.admin.overrides-path=" + this.folder.resolve("overrides.json"));
	}

	private JsonNode get(ConfigurableApplicationContext gateway, String path) throws Exception {
		return JSON.readTree(send(gateway, path, HttpRequest.newBuilder().GET(), 200));
	}

	private void put(ConfigurableApplicationContext gateway, String path, String body) throws Exception {
		send(gateway, path,
				HttpRequest.newBuilder()
					.PUT(HttpRequest.BodyPublishers.ofString(body))
					.header("Content-Type", "application/json"),
				200);
	}

	private void delete(ConfigurableApplicationContext gateway, String path) throws Exception {
		send(gateway, path, HttpRequest.newBuilder().DELETE(), 204);
	}

	private String send(ConfigurableApplicationContext gateway, String path, HttpRequest.Builder request, int status)
			throws Exception {
		String port = gateway.getEnvironment().getRequiredProperty("local.server.port");
		HttpResponse<String> response = this.client.send(request.uri(URI.create("http://127.0.0.1:" + port + path))
			.header("Authorization", "Bearer " + TOKEN)
			.build(), HttpResponse.BodyHandlers.ofString());
		assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
		return response.body();
	}

}
