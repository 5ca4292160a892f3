package dev.holdfast.gateway;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.Load;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The outage that the product began with, to its end: etcd is away for longer than every
 * lease, no provider can reach it, and when it is back it lets all registrations run out.
 */
class LeasesRunOutIT {

	private static final Duration TTL = Duration.ofSeconds(8);

	/** Leaves the machine to others. */
	private static final Duration PAUSE = Duration.ofMillis(10);

	/** Longer than a test. */
	private static final Duration LONG_TTL = Duration.ofMinutes(10);

	@Test
	void noRequestFailsTheDeadInstanceGoesAndEveryHoldEndsWithTheRegistration() {
		try (EtcdProcess etcd = EtcdProcess.start();
				EtcdKeys keys = new EtcdKeys(etcd.endpoint());
				TestBackend first = TestBackend.start("a");
				TestBackend second = TestBackend.start("b");
				TestBackend dying = TestBackend.start("c")) {
			List<TestBackend> backends = List.of(first, second, dying);
			try (GatewayProcess gateway = GatewayProcess.with(etcd.endpoint()).start()) {
				List<Long> leases = backends.stream().map((backend) -> register(keys, backend, TTL)).toList();
				Runnable keepAlive = () -> leases.forEach(keys::keepAlive);
				until(() -> {
					keepAlive.run();
					return gateway.status().path("instances").asInt() == 3;
				});
				outage(gateway, etcd, keys, keepAlive, backends);
			}
		}
	}

	private static void outage(GatewayProcess gateway, EtcdProcess etcd, EtcdKeys keys, Runnable keepAlive,
			List<TestBackend> backends) {
		try (Load load = Load.start(gateway.url("/orders/v1/items"), 4, PAUSE)) {
			until(() -> {
				keepAlive.run();
				return load.soFar().requests() > 100;
			});
			etcd.kill();
			until(() -> gateway.status().path("state").asText().equals("STALE"));
			backends.getLast().kill();
			await().during(TTL.plusSeconds(1))
				.atMost(Patience.TIME)
				.until(() -> gateway.status().path("instances").asInt() == 3);
			etcd.restart();
			until(() -> keys.get("/services/orders/a").isEmpty());
			until(() -> gateway.status().path("held").asInt() >= 2);
			until(() -> instances(gateway).equals(List.of("a", "b")));
			assertThat(causes(gateway, "c")).startsWith("DROPPED_BY_PROBE", "HELD");
			JsonNode held = GatewayProcess.json(gateway.getAdmin("/registry/held"));
			assertThat(held.path("total").asInt()).as("%s", held).isEqualTo(2);
			assertThat(held.path("items")).allSatisfy((item) -> {
				assertThat(item.path("evidence").asText()).isEqualTo("EXPIRED");
				assertThat(item.path("reason").asText()).contains("the registry came back");
				assertThat(item.path("deadline").asText()).isNotEmpty();
				assertThat(item.at("/probe/failures").asInt()).isZero();
			});
			assertThat(
					GatewayProcess.json(gateway.getAdmin("/registry/services/orders")).at("/service/status").asText())
				.isEqualTo("DEGRADED");
			backends.subList(0, 2).forEach((backend) -> register(keys, backend, LONG_TTL));
			until(() -> gateway.status().path("held").asInt() == 0);
			assertThat(causes(gateway, "a")).startsWith("PUT", "HELD");
			assertThat(instances(gateway)).containsExactly("a", "b");
			Load.Result result = load.stop();
			assertThat(result.failures()).as("%s", result).isZero();
			assertThat(gateway.defects()).isEmpty();
		}
	}

	private static long register(EtcdKeys keys, TestBackend backend, Duration ttl) {
		long lease = keys.grant(ttl);
		keys.put("/services/orders/" + backend.id(), backend.address(), lease);
		return lease;
	}

	private static void until(Callable<Boolean> condition) {
		await().pollInterval(Duration.ofMillis(100)).until(condition);
	}

	private static List<String> instances(GatewayProcess gateway) {
		JsonNode service = GatewayProcess.json(gateway.getAdmin("/registry/services/orders"));
		return stream(service.path("instances")).map((instance) -> instance.path("id").asText()).toList();
	}

	private static List<String> causes(GatewayProcess gateway, String instance) {
		JsonNode history = GatewayProcess.json(gateway.getAdmin("/registry/services/orders/history"));
		return stream(history.path("items")).filter((change) -> change.path("instance").asText().equals(instance))
			.map((change) -> change.path("cause").asText())
			.toList();
	}

	private static Stream<JsonNode> stream(JsonNode array) {
		return StreamSupport.stream(array.spliterator(), false);
	}

}
