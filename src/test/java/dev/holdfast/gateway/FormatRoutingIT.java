package dev.holdfast.gateway;

import java.util.List;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.SharedGateway;
import dev.holdfast.testing.TestBackend;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

@ExtendWith(SharedGateway.Extension.class)
@Execution(ExecutionMode.SAME_THREAD)
class FormatRoutingIT {

	private static final List<String> PREFIXES = List.of("/services/in-", "openim/", "/microservices/");

	private final TestBackend backend = TestBackend.start("a");

	@AfterEach
	void stop(SharedGateway shared) {
		PREFIXES.forEach(shared.keys()::deletePrefix);
		this.backend.close();
	}

	@Test
	void keysOfEveryFormatBecomeRoutable(SharedGateway shared) {
		GatewayProcess gateway = shared.process();
		EtcdKeys keys = shared.keys();
		assertThat(gateway.get("/in-json/v1").statusCode()).isEqualTo(404);
		String address = this.backend.address();
		keys.put("openim/user-rpc-service/" + address,
				"{\"Op\":0,\"Addr\":\"%s\",\"Metadata\":null}".formatted(address));
		keys.put("/microservices/helloworld/h1", """
				{"id":"h1","name":"helloworld","version":"v1","metadata":{},\
				"endpoints":["http://%s","grpc://127.0.0.1:9"]}""".formatted(address));
		keys.put("/services/in-json/o1",
				"{\"url\":\"%s\",\"weight\":100,\"zone\":\"eu-1a\"}".formatted(this.backend.url()));
		keys.put("/services/in-plain/u1", address);
		assertRouted(gateway, "user-rpc-service", "grpc");
		assertRouted(gateway, "helloworld", "kratos");
		assertRouted(gateway, "in-json", "json");
		assertRouted(gateway, "in-plain", "plain");
		keys.delete("/services/in-plain/u1");
		await().untilAsserted(() -> assertThat(gateway.get("/in-plain/v1").statusCode()).isGreaterThanOrEqualTo(400));
		assertThat(gateway.get("/in-json/v1").statusCode()).isEqualTo(200);
		assertThat(gateway.defects()).isEmpty();
	}

	private static void assertRouted(GatewayProcess gateway, String service, String format) {
		await()
			.untilAsserted(() -> assertThat(gateway.get("/" + service + "/v1/items?x=1").statusCode()).isEqualTo(200));
		assertThat(GatewayProcess.json(gateway.get("/" + service + "/v1/items?x=1")).path("path").asText())
			.isEqualTo("/v1/items?x=1");
		assertThat(GatewayProcess.json(gateway.getAdmin("/registry/services/" + service))
			.at("/instances/0/registration/format")
			.asText()).isEqualTo(format);
	}

}
