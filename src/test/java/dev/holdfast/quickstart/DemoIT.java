package dev.holdfast.quickstart;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

import dev.holdfast.testing.EtcdBinary;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class DemoIT {

	private static final List<String> KEYS = List.of("/services/orders/orders-1", "/services/orders/orders-2",
			"/services/users/users-1");

	private Demo demo;

	private EtcdKeys keys;

	@BeforeEach
	void start() {
		this.demo = Demo.start(EtcdBinary.find());
		this.keys = new EtcdKeys(this.demo.etcd().endpoint());
		awaitRegistrations();
	}

	@AfterEach
	void stop() {
		this.keys.close();
		this.demo.close();
	}

	@Test
	void registeredUrlLeadsToTheBackend() throws Exception {
		JsonObject registered = new JsonObject(this.keys.get("/services/users/users-1").orElseThrow());
		try (HttpClient client = HttpClient.newHttpClient()) {
			HttpResponse<String> response = client.send(
					HttpRequest.newBuilder(URI.create(registered.getString("url") + "/v1/me?x=1")).build(),
					HttpResponse.BodyHandlers.ofString());
			assertThat(new JsonObject(response.body())).isEqualTo(new JsonObject("""
					{"service": "users", "instance": "users-1", "method": "GET", "path": "/v1/me?x=1"}"""));
		}
	}

	@Test
	void lostLeaseIsReplaced() {
		long lease = this.keys.leaseOf(KEYS.getFirst());
		this.keys.revoke(lease);
		await().untilAsserted(() -> assertThat(this.keys.get(KEYS.getFirst())).isPresent());
		assertThat(this.keys.leaseOf(KEYS.getFirst())).isNotEqualTo(lease).isNotZero();
	}

	@Test
	void printedCommandsStopEtcdAndStartItAgainAndBackendsStayRegistered() throws Exception {
		EtcdProcess etcd = this.demo.etcd();
		Instructions instructions = new Instructions("http://localhost:8080", "http://localhost:8081", etcd.endpoint(),
				"kill " + etcd.pid(), etcd.startScript().toString());
		List<String> commands = instructions.text()
			.lines()
			.filter((line) -> line.startsWith("$ "))
			.map((line) -> line.substring(2))
			.toList();
		assertThat(commands).hasSize(4)
			.allSatisfy((command) -> assertThat(command).hasSizeLessThan(80))
			.startsWith("curl -s http://localhost:8080/orders/v1/items",
					"curl -s http://localhost:8081/registry/status");
		shell(commands.get(2));
		await().until(() -> !etcd.isAlive());
		shell(commands.get(3));
		awaitRegistrations();
	}

	private void awaitRegistrations() {
		await().untilAsserted(() -> assertThat(KEYS).allSatisfy((key) -> assertThat(this.keys.get(key)).isPresent()));
	}

	private static void shell(String command) throws IOException, InterruptedException {
		assertThat(new ProcessBuilder("sh", "-c", command).redirectErrorStream(true)
			.redirectOutput(ProcessBuilder.Redirect.appendTo(Path.of("target", "demo-commands.log").toFile()))
			.start()
			.waitFor()).isZero();
	}

}
