package dev.holdfast.gateway;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.proxy.TrafficLabels;
import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.EventType;
import dev.holdfast.registry.RelistOutcome;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.SharedGateway;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What operators read and do on a gateway that is well. It has the shared one for itself.
 */
@ExtendWith(SharedGateway.Extension.class)
@Execution(ExecutionMode.SAME_THREAD)
class OperatorsIT {

	private static final String TOKEN = SharedGateway.TOKEN;

	private static EtcdProcess etcd;

	private static EtcdKeys keys;

	private static TestBackend backend;

	private static TestBackend gone;

	private static GatewayProcess gateway;

	@BeforeAll
	static void start(SharedGateway shared) {
		etcd = shared.etcd();
		keys = shared.keys();
		gateway = shared.process();
		backend = TestBackend.start("a");
		gone = TestBackend.start("b");
		gone.kill();
		keys.put("/services/orders/a", backend.address());
		keys.put("/services/ghosts/a", gone.address());
		await().until(() -> gateway.getAdmin("/registry/services/ghosts").statusCode() == 200);
	}

	@AfterAll
	static void stop() {
		try {
			assertThat(gateway.defects()).isEmpty();
			assertThat(gateway.log()).doesNotContain(TOKEN);
		}
		finally {
			keys.deletePrefix("/services/");
			backend.close();
			gone.close();
		}
	}

	@Test
	void overviewSaysInOneSentenceHowThingsStand() {
		JsonNode overview = json("/registry");
		assertThat(overview.path("state").asText()).isEqualTo("LIVE");
		assertThat(overview.path("sentence").asText()).isNotEmpty();
		assertThat(overview.path("instanceId").asText()).isNotEmpty();
		overview.path("links")
			.properties()
			.stream()
			.filter((link) -> !Set.of("refresh", "reconnect", "freeze", "events").contains(link.getKey()))
			.map((link) -> link.getValue().asText())
			.forEach((path) -> assertThat(gateway.getAdmin(path).statusCode()).as(path)
				// Which request is meant is to be said.
				.isEqualTo(path.equals("/registry/routes/match") ? 400 : 200));
	}

	@Test
	void statusTellsWhatIsKnownOfEtcdAndSnapshot() {
		await().untilAsserted(() -> assertThat(gateway.status().at("/snapshot/savedAt").asText()).contains("T"));
		JsonNode status = gateway.status();
		assertThat(status.at("/etcd/endpoints/0/url").asText()).isEqualTo(etcd.endpoint());
		assertThat(status.at("/etcd/endpoints/0/healthy").asBoolean()).isTrue();
		assertThat(status.at("/etcd/clusterId").asText()).matches("[0-9a-f]+");
		assertThat(status.at("/etcd/revision").asLong()).isPositive();
		assertThat(status.at("/etcd/provenAt").asText()).contains("T");
		// One, unless the machine was so busy that etcd's proofs were late.
		assertThat(status.at("/etcd/generation").asLong()).isPositive();
		assertThat(status.at("/etcd/reconnects").isIntegralNumber()).isTrue();
		assertThat(status.at("/etcd/reconnects").asLong()).isBetween(0L, status.at("/etcd/generation").asLong() - 1);
		assertThat(status.at("/snapshot/path").asText()).endsWith("registry-snapshot.json");
		assertThat(status.path("cause").asText()).isEmpty();
		assertThat(status.path("unreadable").asInt()).isZero();
		assertThat(status.path("version").asText()).isNotEmpty();
	}

	@Test
	void serviceIsFoundInTheListAndByItsName() {
		gateway.get("/orders/v1");
		JsonNode list = json("/registry/services?q=orders");
		assertThat(list.path("total").asInt()).isEqualTo(1);
		assertThat(list.at("/items/0/name").asText()).isEqualTo("orders");
		assertThat(list.at("/items/0/status").asText()).isEqualTo("HEALTHY");
		assertThat(list.at("/items/0/instances/routable").asInt()).isEqualTo(1);
		assertThat(list.at("/items/0/circuit").asText()).isEqualTo("CLOSED");
		JsonNode instance = json("/registry/services/orders?traffic=true").at("/instances/0");
		assertThat(instance.path("url").asText()).isEqualTo(backend.url());
		assertThat(instance.at("/registration/key").asText()).isEqualTo("/services/orders/a");
		assertThat(instance.at("/traffic/total").asLong()).isPositive();
		HttpResponse<String> unknown = gateway.getAdmin("/registry/services/nobody");
		assertThat(unknown.statusCode()).isEqualTo(404);
		assertThat(GatewayProcess.json(unknown).path("code").asText()).isEqualTo("unknown-service");
	}

	@Test
	void refreshNeedsTheToken() {
		HttpResponse<String> without = gateway.send(refresh());
		assertThat(without.statusCode()).isEqualTo(401);
		assertThat(without.headers().firstValue("content-type")).hasValue("application/problem+json");
		assertThat(gateway.send(refresh().header("Authorization", "Bearer other")).statusCode()).isEqualTo(401);
		assertThat(gateway.getAdmin("/registry/refresh").statusCode()).isEqualTo(405);
		HttpResponse<String> with = gateway.send(refresh().header("Authorization", "Bearer " + TOKEN));
		assertThat(with.statusCode()).as(with.body()).isEqualTo(200);
		JsonNode result = GatewayProcess.json(with);
		assertThat(result.path("added").asInt(-1)).isZero();
		assertThat(result.path("removed").asInt(-1)).isZero();
		assertThat(result.path("revisionAfter").asLong()).isPositive();
	}

	private static HttpRequest.Builder refresh() {
		return HttpRequest.newBuilder(URI.create(gateway.adminUrl("/registry/refresh")))
			.POST(HttpRequest.BodyPublishers.noBody());
	}

	@Test
	void healthShowsEtcdAndRegistry() {
		JsonNode health = json("/actuator/health");
		assertThat(health.path("status").asText()).isEqualTo("UP");
		assertThat(health.at("/components/etcd/status").asText()).isEqualTo("UP");
		assertThat(health.at("/components/etcd/details/state").asText()).isEqualTo("LIVE");
		assertThat(health.at("/components/etcd/details/members")).hasSize(1);
		assertThat(health.at("/components/registry/status").asText()).isEqualTo("UP");
		assertThat(json("/actuator/health/liveness").path("components").properties())
			.extracting((component) -> component.getKey())
			.containsExactly("livenessState");
		assertThat(json("/actuator/health/readiness").path("components").properties())
			.extracting((component) -> component.getKey())
			.containsExactlyInAnyOrder("readinessState", "registry");
		assertThat(gateway.get("/livez").statusCode()).isEqualTo(200);
		assertThat(gateway.get("/readyz").statusCode()).isEqualTo(200);
	}

	@Test
	void metersTellOfRequestsAndRegistry() {
		assertThat(gateway.get("/orders/v1").statusCode()).isEqualTo(200);
		assertThat(gateway.get("/nobody/v1").statusCode()).isEqualTo(404);
		assertThat(gateway.get("/ghosts/v1").statusCode()).isEqualTo(502);
		keys.put("/services/orders/z", backend.address());
		keys.delete("/services/orders/z");
		List<String> lines = List.of(
				"gateway_requests_seconds_count{method=\"GET\",outcome=\"SUCCESS\",route=\"by-path\",service=\"orders\",status=\"200\"}",
				"gateway_overhead_seconds_count",
				"gateway_upstream_requests_seconds_count{outcome=\"SUCCESS\",service=\"orders\"}",
				"gateway_active_requests", "gateway_connect_failures_total{reason=\"refused\",service=\"ghosts\"}",
				"gateway_errors_total{code=\"connect-failed\"}", "registry_state{state=\"LIVE\"} 1",
				"registry_state{state=\"STALE\"} 0", "registry_staleness_seconds", "registry_revision",
				"registry_head_revision", "registry_barrier_seconds_count", "registry_events_total{type=\"put\"}",
				"registry_events_total{type=\"delete\"}", "registry_propagation_seconds{quantile=\"0.99\"}",
				"registry_relists_total{outcome=\"success\",reason=\"start\"}", "registry_drift_total 0",
				"registry_instances{service=\"orders\",state=\"routable\"}", "registry_unreadable_records 0",
				"registry_snapshot_age_seconds", "resilience4j_circuitbreaker_state{", "jvm_memory_used_bytes{",
				"tomcat_sessions");
		await().untilAsserted(() -> {
			String meters = gateway.getAdmin("/actuator/prometheus").body();
			assertThat(lines).allSatisfy((line) -> assertThat(meters).contains("\n" + line));
		});
	}

	@Test
	void countersWhoseLabelsAreKnownAreThereBeforeTheFirstOfThem() {
		List<String> lines = new ArrayList<>(List.of("registry_drift_total "));
		TrafficLabels.errorCodes().forEach((code) -> lines.add("gateway_errors_total{code=\"%s\"} ".formatted(code)));
		TrafficLabels.rejectionReasons()
			.forEach((reason) -> lines.add("gateway_rejected_requests_total{reason=\"%s\"} ".formatted(reason)));
		for (EventType type : EventType.values()) {
			lines.add("registry_events_total{type=\"%s\"} ".formatted(label(type)));
		}
		for (EndCause cause : EndCause.values()) {
			lines.add("registry_generations_total{cause=\"%s\"} ".formatted(label(cause)));
		}
		for (RelistReason reason : RelistReason.values()) {
			for (RelistOutcome outcome : RelistOutcome.values()) {
				lines.add("registry_relists_total{outcome=\"%s\",reason=\"%s\"} ".formatted(label(outcome),
						label(reason)));
			}
		}
		String meters = gateway.getAdmin("/actuator/prometheus").body();
		assertThat(lines).allSatisfy((line) -> assertThat(meters).contains("\n" + line));
	}

	private static String label(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

	@Test
	void serviceThatIsGoneLeavesNoMetersAndIsStillKnown() {
		keys.put("/services/preview/a", backend.address());
		await().until(() -> gateway.get("/preview/").statusCode() == 200);
		assertThat(meters()).contains("service=\"preview\"", "name=\"preview\"");
		keys.delete("/services/preview/a");
		await().untilAsserted(() -> {
			assertThat(gateway.get("/preview/").headers().firstValue("Holdfast-Error")).hasValue("no-instance");
			assertThat(meters()).doesNotContain("\"preview\"");
		});
		assertThat(json("/registry/services/preview").path("service").path("status").asText()).isEqualTo("DOWN");
		keys.put("/services/preview/a", backend.address());
		await().until(() -> gateway.get("/preview/").statusCode() == 200);
		assertThat(meters()).contains("registry_instances{service=\"preview\",state=\"routable\"} 1.0");
	}

	private static String meters() {
		return gateway.getAdmin("/actuator/prometheus").body();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/registry", "/registry/status", "/registry/services", "/registry/services/orders",
			"/actuator", "/actuator/health", "/actuator/prometheus", "/actuator/env", "/", "//actuator/health",
			"/./actuator/health", "/orders/../actuator/health", "/%61ctuator/health" })
	void operatorsPagesAreNotOnTheTrafficPort(String path) {
		HttpResponse<String> answer = gateway.get(path);
		assertThat(answer.statusCode()).isBetween(400, 499);
		assertThat(answer.headers().firstValue("Holdfast-Error")).isPresent();
		assertThat(GatewayProcess.json(answer).path("code").asText()).isNotEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/actuator/env", "/actuator/heapdump", "/actuator/shutdown", "/actuator/configprops" })
	void operatorsPortShowsNoSecretsAndCannotEndTheProcess(String path) {
		assertThat(gateway.getAdmin(path).statusCode()).isEqualTo(404);
	}

	private static JsonNode json(String path) {
		HttpResponse<String> answer = gateway.getAdmin(path);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		return GatewayProcess.json(answer);
	}

}
