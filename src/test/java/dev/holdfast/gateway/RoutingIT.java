package dev.holdfast.gateway;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RoutingIT {

	private static final int SERVICES = 1_000;

	private static final int EVENTS = 2_000;

	private static final int FIRST_PORT = 20_000;

	private static final Pattern P99 = Pattern
		.compile("(?m)^registry_propagation_seconds\\{quantile=\"0\\.99\"} (\\S+)$");

	private final EtcdProcess etcd = EtcdProcess.start();

	private final EtcdKeys keys = new EtcdKeys(this.etcd.endpoint());

	private final TestBackend backend = TestBackend.start("a");

	@AfterEach
	void stop() {
		this.backend.close();
		this.keys.close();
		this.etcd.close();
	}

	@Test
	void eventsAmongAThousandServicesBecomeRoutableAndAreTimed() {
		this.keys.putEach(IntStream.range(0, SERVICES)
			.boxed()
			.collect(Collectors.toMap("/services/service-%d/a"::formatted, (i) -> this.backend.address())));
		try (GatewayProcess gateway = GatewayProcess.with(this.etcd.endpoint()).asOneJar().start()) {
			assertThat(gateway.status().path("services").asInt()).isEqualTo(SERVICES);
			// Another endpoint each, and none that anybody listens on: what listens at
			// the
			// same one is the same instance.
			this.keys.putEach(IntStream.range(0, EVENTS)
				.boxed()
				.collect(Collectors.toMap((i) -> "/services/service-%d/b-%d".formatted(i % SERVICES, i),
						(i) -> "127.1.0.1:" + (FIRST_PORT + i))));
			await().untilAsserted(
					() -> assertThat(gateway.status().path("instances").asInt()).isEqualTo(SERVICES + EVENTS));
			String meters = gateway.getAdmin("/actuator/prometheus").body();
			Matcher p99 = P99.matcher(meters);
			assertThat(p99.find()).isTrue();
			assertThat(Double.parseDouble(p99.group(1))).isPositive();
			assertThat(gateway.get("/service-%d/".formatted(SERVICES - 1)).statusCode()).isEqualTo(200);
		}
	}

}
