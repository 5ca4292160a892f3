package dev.holdfast.shipping;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The compose file's backend, started as there.
 */
class DemoBackendTests {

	@Test
	void backendRegistersAgainAfterItsLeaseWasLostAndDeregistersWhenItIsStopped() throws Exception {
		try (EtcdJsonGateway etcd = new EtcdJsonGateway()) {
			Process backend = start("http://127.0.0.1:1," + etcd.url());
			try {
				await().until(() -> etcd.puts().size() == 1);
				assertThat(etcd.puts().get(0).key()).isEqualTo("/services/orders/orders-1");
				assertThat(etcd.puts().get(0).underTheLease()).isTrue();
				assertThat(get(etcd.puts().get(0))).contains("\"instance\":\"orders-1\"");
				etcd.expireTheLease();
				await().until(() -> etcd.puts().size() == 2);
				assertThat(etcd.puts().get(1)).isEqualTo(etcd.puts().get(0));
				backend.destroy();
				await().until(() -> !etcd.holdsALease());
			}
			finally {
				backend.destroyForcibly().waitFor();
			}
		}
	}

	private static Process start(String etcd) throws IOException {
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-Xmx64m", "-XX:TieredStopAtLevel=1", "demo/DemoBackend.java")
			.redirectErrorStream(true)
			.redirectOutput(Path.of("target", "demo-backend.log").toFile());
		builder.environment()
			.putAll(Map.of("DEMO_ETCD", etcd, "DEMO_SERVICE", "orders", "DEMO_INSTANCE", "orders-1", "DEMO_HOST",
					"127.0.0.1", "DEMO_PORT", "0"));
		return builder.start();
	}

	private static String get(EtcdJsonGateway.Put record) throws IOException, InterruptedException {
		String url = new ObjectMapper().readTree(record.value()).path("url").asText();
		try (HttpClient client = HttpClient.newHttpClient()) {
			return client.send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.ofString())
				.body();
		}
	}

}
