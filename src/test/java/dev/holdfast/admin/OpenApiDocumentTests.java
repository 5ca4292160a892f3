package dev.holdfast.admin;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RefreshResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class OpenApiDocumentTests {

	private static final Path FILE = Path.of("src/main/resources/dev/holdfast/admin", OpenApiController.FILE);

	private static final String WRITE = "holdfast.openapi.write";

	@SuppressWarnings("NullAway.Init")
	private static AdminServer server;

	@BeforeAll
	static void start() {
		FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2");
		registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(0, 0, 0, 0, 1, 1)));
		server = AdminServer.over(registry, OpenApiDocument::register, OpenApiDocument.PROPERTIES);
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@Test
	void theDocumentThatIsShippedIsThatOfTheCode() throws Exception {
		ObjectNode document = OpenApiDocument.of(server);
		if (Boolean.getBoolean(WRITE)) {
			Files.writeString(FILE, OpenApiDocument.text(document));
		}
		assertThat(Files.readString(FILE))
			.as("%s; -D%s=true with this test writes it anew: ./mvnw test -Dtest=%s -D%s=true", FILE, WRITE,
					getClass().getSimpleName(), WRITE)
			.isEqualTo(OpenApiDocument.text(document));
	}

	@Test
	void theDocumentIsServedAndTheOverviewLeadsToIt() {
		HttpResponse<String> answer = server.get("/registry/openapi.json");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
		String tag = answer.headers().firstValue("ETag").orElseThrow();
		assertThat(server.get("/registry/openapi.json", "If-None-Match", tag).statusCode()).isEqualTo(304);
		assertThat(server.get("/registry").body()).contains("\"openapi\":\"/registry/openapi.json\"");
	}

}
