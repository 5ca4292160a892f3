package dev.holdfast.gateway;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Routes that change while a gateway has traffic.
 */
class RouteChangesIT {

	private final Closer closer = new Closer();

	private final EtcdProcess etcd = this.closer.register(EtcdProcess.start());

	private final EtcdKeys keys = this.closer.register(new EtcdKeys(this.etcd.endpoint()));

	private final TestBackend backend = this.closer.register(TestBackend.start("a"));

	@TempDir
	Path folder;

	@AfterEach
	void stop() {
		this.closer.close();
	}

	@Test
	void badRoutesAmongGoodOnesAndAWipedEtcdFailNoRequest() throws IOException {
		this.keys.put("/services/orders/a", this.backend.address());
		this.keys.put("/holdfast/routes/kept", "{id: kept, path: /kept/**, service: orders}");
		GatewayProcess gateway = this.closer.register(GatewayProcess.with(this.etcd.endpoint())
			.arguments("--holdfast.routing.folder=" + this.folder, "--holdfast.registry.barrier-interval=1s")
			.start());
		assertThat(gateway.get("/kept/1").statusCode()).isEqualTo(200);
		Load load = this.closer.register(Load.start(gateway.url("/kept/1"), 2));
		Files.writeString(this.folder.resolve("a.yml"),
				"routes:\n- {id: good, path: /good/**, service: orders}\n- {id: bad, path: /bad/**, weight: -1}\n");
		await().untilAsserted(() -> assertThat(gateway.get("/good/1").statusCode()).isEqualTo(200));
		this.keys.put("/holdfast/routes/good", "{id: good, path: /other/**, service: orders}");
		this.keys.put("/holdfast/routes/kept", "{id: kept, path: /kept/**, servise: orders}");
		await().untilAsserted(() -> assertThat(route(gateway, "kept").path("state").asText()).isEqualTo("LAST_GOOD"));
		assertThat(route(gateway, "kept").path("reason").asText()).contains("servise");
		assertThat(route(gateway, "kept").path("origin").path("place").asText()).isEqualTo("/holdfast/routes/kept");
		assertThat(route(gateway, "bad").path("state").asText()).isEqualTo("QUARANTINED");
		assertThat(route(gateway, "bad").path("origin").path("line").asInt()).isEqualTo(3);
		JsonNode other = route(gateway, "good").path("others").path(0);
		assertThat(other.path("reason").asText()).contains("/holdfast/routes/good", "a.yml");
		assertThat(route(gateway, "good").path("valueOrigins").path("times.requestSeconds").asText())
			.isEqualTo("default");
		this.etcd.wipe();
		this.keys.put("/services/orders/a", this.backend.address());
		await().untilAsserted(() -> assertThat(route(gateway, "kept").path("state").asText()).isEqualTo("HELD"));
		assertThat(gateway.getAdmin("/actuator/prometheus").body()).contains("gateway_routes{state=\"held\"} 1.0");
		Load.Result result = load.stop();
		assertThat(result.failures()).isZero();
		assertThat(result.statuses()).containsOnlyKeys(200);
		assertThat(gateway.defects()).isEmpty();
	}

	private static JsonNode route(GatewayProcess gateway, String id) {
		return GatewayProcess.json(gateway.getAdmin("/registry/routes/" + id));
	}

}
