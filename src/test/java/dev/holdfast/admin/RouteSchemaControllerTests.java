package dev.holdfast.admin;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.route.document.RouteSchema;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteSchemaControllerTests {

	@Test
	void theSchemaThatIsShippedIsServed() {
		try (AdminServer server = AdminServer.over(new FakeRegistry(), (context) -> {
		})) {
			HttpResponse<String> answer = server.get("/registry/routes/schema");
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
			assertThat(answer.body()).isEqualTo(new String(RouteSchema.read(), StandardCharsets.UTF_8));
			String tag = answer.headers().firstValue("ETag").orElseThrow();
			assertThat(server.get("/registry/routes/schema", "If-None-Match", tag).statusCode()).isEqualTo(304);
		}
	}

}
