package dev.holdfast.gateway;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.TcpProxy;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Each test takes etcd away under load for {@code holdfast.outage.away} seconds.
 */
class OutageIT {

	private static final Duration AWAY = Duration.ofSeconds(Long.getLong("holdfast.outage.away", 20));

	private static final Duration NOTICE = Duration.ofSeconds(15);

	private static final Duration LEAST_REST = Duration.ofSeconds(5);

	private static final int CONNECTIONS = 8;

	private static final int MOST_EQUAL_LINES = 3;

	private final EtcdProcess etcd = EtcdProcess.start();

	private final EtcdKeys keys = new EtcdKeys(this.etcd.endpoint());

	private final TestBackend first = TestBackend.start("a");

	private final TestBackend second = TestBackend.start("b");

	@BeforeEach
	void register() {
		this.keys.put("/services/orders/a", this.first.address());
		this.keys.put("/services/orders/b", this.second.address());
	}

	@AfterEach
	void stop() {
		this.first.close();
		this.second.close();
		this.keys.close();
		this.etcd.close();
	}

	@Test
	void etcdKilledAndStartedAgainCostsNoRequest() {
		outage(this.etcd.endpoint(), this.etcd::kill, this.etcd::restart);
	}

	@Test
	void etcdHaltedAndContinuedCostsNoRequest() {
		outage(this.etcd.endpoint(), this.etcd::pause, this.etcd::resume);
	}

	@Test
	void networkThatSwallowsEverythingForAWhileCostsNoRequest() {
		try (TcpProxy proxy = TcpProxy.before("127.0.0.1", this.etcd.port())) {
			outage(proxy.url(), proxy::blackhole, proxy::pass);
		}
	}

	private void outage(String endpoint, Runnable begin, Runnable end) {
		try (GatewayProcess gateway = GatewayProcess.with(endpoint).start();
				Load load = Load.start(gateway.url("/orders/v1/items"), CONNECTIONS)) {
			awaitState(gateway, "LIVE");
			String instanceId = gateway.status().path("instanceId").asText();
			await().until(() -> load.soFar().requests() > 1_000);
			long begun = System.nanoTime();
			begin.run();
			awaitState(gateway, "STALE");
			Duration left = AWAY.minusNanos(System.nanoTime() - begun);
			Duration rest = (left.compareTo(LEAST_REST) < 0) ? LEAST_REST : left;
			await().pollInterval(Duration.ofMillis(500))
				.during(rest)
				.atMost(rest.plusSeconds(5))
				.untilAsserted(() -> assertServesDegraded(gateway));
			end.run();
			awaitState(gateway, "LIVE");
			this.keys.put("/services/users/a", this.first.address());
			await().atMost(Duration.ofSeconds(2))
				.untilAsserted(() -> assertThat(gateway.get("/users/v1").statusCode()).isEqualTo(200));
			assertHealth(gateway, "UP", "UP");
			Load.Result result = load.stop();
			assertThat(result.failures()).as("%s", result).isZero();
			assertThat(result.requests()).isGreaterThan(10_000);
			assertThat(gateway.isAlive()).isTrue();
			assertThat(gateway.status().path("instanceId").asText()).isEqualTo(instanceId);
			assertQuiet(gateway);
		}
	}

	private static void awaitState(GatewayProcess gateway, String state) {
		await().atMost(NOTICE).pollInterval(Duration.ofMillis(100)).untilAsserted(() -> {
			JsonNode status = gateway.status();
			assertThat(status.path("state").asText()).as("%s", status).isEqualTo(state);
		});
	}

	private static void assertServesDegraded(GatewayProcess gateway) {
		assertHealth(gateway, "DEGRADED", "DEGRADED");
		assertThat(gateway.getAdmin("/actuator/health/readiness").statusCode()).isEqualTo(200);
		assertThat(gateway.getAdmin("/actuator/health/liveness").statusCode()).isEqualTo(200);
		assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
		JsonNode status = gateway.status();
		assertThat(status.path("state").asText()).as("%s", status).isEqualTo("STALE");
		assertThat(status.path("cause").asText()).as("%s", status).isNotEmpty();
		assertThat(status.path("instances").asInt()).as("%s", status).isEqualTo(2);
	}

	private static void assertHealth(GatewayProcess gateway, String overall, String ofEtcd) {
		HttpResponse<String> health = gateway.getAdmin("/actuator/health");
		assertThat(health.statusCode()).as(health.body()).isEqualTo(200);
		JsonNode body = GatewayProcess.json(health);
		assertThat(body.path("status").asText()).as(health.body()).isEqualTo(overall);
		assertThat(body.at("/components/etcd/status").asText()).as(health.body()).isEqualTo(ofEtcd);
		assertThat(body.at("/components/registry/status").asText()).as(health.body()).isEqualTo("UP");
	}

	private static void assertQuiet(GatewayProcess gateway) {
		assertThat(gateway.defects()).isEmpty();
		// Without time and numbers, lines that say the same are the same.
		Map<String, Long> lines = gateway.log()
			.lines()
			.map((line) -> line.replaceFirst("^\\S+", "").replaceAll("[0-9]+", "#"))
			.collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
		assertThat(lines).allSatisfy((line, count) -> assertThat(count).isLessThanOrEqualTo(MOST_EQUAL_LINES));
		assertThat(gateway.log()).containsOnlyOnce("The registry is stale");
	}

}
