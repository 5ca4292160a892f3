package dev.holdfast.admin;

import java.net.http.HttpResponse;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.holdfast.registry.FakeRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What reads of operators are asked for, and cannot be.
 */
class ReadParametersTests {

	private static AdminServer server;

	@BeforeAll
	static void start() {
		server = AdminServer.over(new FakeRegistry().with("orders", "o1").with("users", "u1"), (context) -> {
		});
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/registry/routes?sort=host", "/registry/routes?page=-1", "/registry/routes/match",
			"/registry/routes/match?path=orders", "/registry/routes/match?path=/a&header=nocolon",
			"/registry/routes/match?path=/a&method=G%20T", "/registry/traffic?sort=p99", "/registry/traffic?size=0",
			"/registry/certificates?status=fine", "/registry/certificates?sort=age", "/registry/audit?sort=who",
			"/registry/audit?status=ok", "/registry/held?status=gone", "/registry/held?sort=name",
			"/registry/unreadable?sort=reason", "/registry/services/orders/history?sort=name",
			"/registry/services/orders/history?cause=none", "/registry/services?sort=p99",
			"/registry/services?size=1001", "/registry/services?status=", "/registry/journal?since=yesterday" })
	void whatAParameterCannotBeIsRefusedWithWhatItCan(String path) throws JsonProcessingException {
		HttpResponse<String> answer = server.get(path);
		assertThat(answer.statusCode()).isEqualTo(400);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		JsonNode problem = JsonMapper.builder().build().readTree(answer.body());
		assertThat(problem.path("code").asText()).isEqualTo("bad-parameter");
		assertThat(problem.path("expected").asText()).isNotEmpty();
	}

}
