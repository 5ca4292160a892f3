package dev.holdfast.admin;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.holdfast.override.Action;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.JournalEntry;
import dev.holdfast.registry.MemberState;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.SnapshotFileState;
import dev.holdfast.registry.UnreadableRecord;
import dev.holdfast.service.ServiceName;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.core.io.ClassPathResource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the running API answers is what the document that it serves says.
 */
class OpenApiAnswersTests {

	private static final Instant TIME = FakeRegistry.PROVEN_AT;

	private static final ObjectMapper mapper = new ObjectMapper();

	private static final SchemaRegistry schemas = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);

	/** To read one takes far longer than to compare with it. */
	private static final Map<JsonNode, Schema> read = new ConcurrentHashMap<>();

	@SuppressWarnings("NullAway.Init")
	private static JsonNode document;

	@BeforeAll
	static void read() throws Exception {
		try (InputStream file = new ClassPathResource(OpenApiController.FILE, OpenApiController.class)
			.getInputStream()) {
			document = mapper.readTree(file);
		}
	}

	@Test
	void everyReadAnswersWhatTheDocumentSays() throws Exception {
		try (AdminServer server = AdminServer.over(eventful(), (context) -> {
		})) {
			List<String> read = readAll(server);
			assertThat(read).contains("/registry", "/registry/services/{service}", "/registry/state")
				.hasSizeGreaterThanOrEqualTo(11);
		}
	}

	@Test
	void soDoesAGatewayThatHasNeverReachedItsRegistry() throws Exception {
		FakeRegistry registry = new FakeRegistry();
		registry.setMembers(MemberState.unknown("http://127.0.0.1:2379"));
		registry.setDiff(CompletableFuture.completedFuture(new RegistryDiff(1, 1, List.of(), List.of(), List.of())));
		try (AdminServer server = AdminServer.over(registry, (context) -> {
		})) {
			assertThat(readAll(server)).contains("/registry/status");
		}
	}

	@Test
	void everyWriteAnswersWhatTheDocumentSays() throws Exception {
		FakeRegistry registry = eventful();
		registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(0, 0, 0, 0, 1, 1)));
		Map<String, String> bodies = Map.of("put /registry/freeze", "{\"ttlSeconds\": 60}",
				"post /registry/held/cancel", "{\"service\": \"orders\"}", "post /registry/held/approve",
				"{\"all\": true}", "post /registry/refresh", "{}");
		try (AdminServer server = AdminServer.over(registry, (context) -> {
		})) {
			for (String call : List.of("post /registry/refresh", "put /registry/freeze", "post /registry/held/cancel",
					"post /registry/held/approve")) {
				String[] parts = call.split(" ", -1);
				HttpResponse<String> answer = server.send(parts[0].toUpperCase(Locale.ROOT), parts[1],
						bodies.getOrDefault(call, ""), "Content-Type", "application/json", "Authorization",
						"Bearer " + AdminApi.TOKEN);
				assertThat(answer.statusCode()).as(call + answer.body()).isEqualTo(200);
				check(call, parts[1], parts[0], "200", answer.body());
			}
		}
	}

	@Test
	void problemsAreWhatTheDocumentSays() throws Exception {
		try (AdminServer server = AdminServer.over(eventful(), (context) -> {
		})) {
			for (HttpResponse<String> answer : List.of(server.get("/registry/services/nobody"),
					server.get("/registry/services?sort=x"), server.send("PUT", "/registry/freeze", "{}"))) {
				JsonNode schema = document.at("/components/schemas/Problem");
				assertThat(errors((ObjectNode) schema, answer.body())).isEmpty();
			}
		}
	}

	@Test
	void textAndTagsAreWhereTheDocumentSaysAndNowhereElse() throws Exception {
		try (AdminServer server = AdminServer.over(eventful(), (context) -> {
		})) {
			for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
				JsonNode responses = path.getValue().path("get").path("responses");
				String target = target(path.getKey());
				if (responses.at("/200/content").has("application/json")) {
					boolean text = responses.at("/200/content").has("text/plain");
					assertThat(server.get(target, "Accept", "text/plain").statusCode()).as(target)
						.isEqualTo(text ? 200 : 406);
					String tag = server.get(target).headers().firstValue("ETag").orElse("none");
					assertThat(server.get(target, "If-None-Match", tag).statusCode()).as(target)
						.isEqualTo(responses.has("304") ? 304 : 200);
				}
			}
		}
	}

	@Test
	void theBodiesOfWritesAreDescribedAsTheWritesTakeThem() throws Exception {
		JsonNode weight = body("put", "/registry/services/{service}/instances/{instance}/weight");
		assertThat(weight.at("/required")).extracting(JsonNode::asText).containsExactly("weight", "ttlSeconds");
		assertThat(weight.at("/properties/weight").toString())
			.isEqualTo("{\"maximum\":%d,\"minimum\":0,\"type\":\"integer\"}".formatted(Action.Weight.MAX));
		JsonNode circuit = body("post", "/registry/services/{service}/circuit");
		assertThat(circuit.at("/properties/action/enum")).extracting(JsonNode::asText)
			.containsExactly("FORCE_OPEN", "RESET");
		assertThat(errors((ObjectNode) circuit, "{\"action\": \"RESET\"}")).isEmpty();
		assertThat(errors((ObjectNode) circuit, "{\"action\": \"FORCE_OPEN\"}")).isNotEmpty();
		assertThat(errors((ObjectNode) body("post", "/registry/held/approve"), "{\"all\": false}")).isNotEmpty();
		assertThat(errors((ObjectNode) body("put", "/registry/freeze"), "{\"ttlSeconds\": 86401}")).isNotEmpty();
		assertThat(document.at("/paths/~1registry~1refresh/post/requestBody/required").asBoolean(true)).isFalse();
		assertThat(document.at("/paths/~1registry~1freeze/put/requestBody/required").asBoolean()).isTrue();
	}

	@Test
	void whatAWriteIsRefusedWithIsInTheDocument() {
		FakeRegistry registry = new FakeRegistry().with("orders", "o1");
		try (AdminServer server = AdminServer.over(registry, (context) -> {
		})) {
			String drain = "/registry/services/orders/instances/o1/drain";
			String documented = "/registry/services/{service}/instances/{instance}/drain";
			isRefused(server, "put", drain, documented, "{\"ttlSeconds\": 60}", 409);
			isRefused(server, "put", drain, documented, "{\"ttlSeconds\": 60, \"scope\": \"CLUSTER\", \"force\": true}",
					503);
			assertThat(server
				.send("PUT", "/registry/freeze", "{\"ttlSeconds\": 60}", "Content-Type", "application/json",
						"Authorization", "Bearer " + AdminApi.TOKEN)
				.statusCode()).isEqualTo(200);
			isRefused(server, "post", "/registry/refresh", "/registry/refresh", "{}", 409);
		}
	}

	private static void isRefused(AdminServer server, String method, String target, String path, String body,
			int status) {
		HttpResponse<String> answer = server.send(method.toUpperCase(Locale.ROOT), target, body, "Content-Type",
				"application/json", "Authorization", "Bearer " + AdminApi.TOKEN);
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
		assertThat(document.path("paths").path(path).path(method).path("responses").has(String.valueOf(status)))
			.as("%d of %s", status, path)
			.isTrue();
	}

	private static JsonNode body(String method, String path) {
		return document.path("paths").path(path).path(method).at("/requestBody/content/application~1json/schema");
	}

	private static String target(String path) {
		return path.replace("{service}", "orders").replace("{instance}", "o1").replace("{id}", "by-path")
				+ (path.endsWith("/match") ? "?path=/orders/1" : "");
	}

	private static List<String> readAll(AdminServer server) throws Exception {
		List<String> read = new ArrayList<>();
		for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
			JsonNode operation = path.getValue().path("get");
			if (operation.at("/responses/200/content").has("application/json")) {
				String target = target(path.getKey());
				for (String query : target.contains("?") ? List.of("") : List.of("", "?traffic=true")) {
					HttpResponse<String> answer = server.get(target + query);
					if (answer.statusCode() == 200) {
						check(target + query, path.getKey(), "get", "200", answer.body());
						read.add(path.getKey());
					}
				}
			}
		}
		return read;
	}

	private static void check(String call, String path, String method, String status, String body) throws Exception {
		JsonNode schema = document.path("paths")
			.path(path)
			.path(method)
			.path("responses")
			.path(status)
			.path("content")
			.path("application/json")
			.path("schema");
		assertThat(schema.isObject()).as("a schema of " + call).isTrue();
		assertThat(errors((ObjectNode) schema, body)).as(call + " answered " + body).isEmpty();
	}

	private static List<String> errors(ObjectNode schema, String body) throws Exception {
		return read.computeIfAbsent(schema, (unread) -> closed((ObjectNode) unread))
			.validate(mapper.readTree(body))
			.stream()
			.map(String::valueOf)
			.toList();
	}

	/** A member that the document does not name is wrong as well. */
	private static Schema closed(ObjectNode schema) {
		ObjectNode whole = schema.deepCopy();
		ObjectNode components = document.path("components").deepCopy();
		components.path("schemas").properties().forEach((named) -> {
			ObjectNode closed = (ObjectNode) named.getValue();
			if (closed.has("properties") && !closed.has("additionalProperties") && !named.getKey().equals("Problem")) {
				closed.put("additionalProperties", false);
			}
		});
		whole.set("components", components);
		return schemas.getSchema(whole);
	}

	private static FakeRegistry eventful() {
		FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2-idle").with("users", "u1");
		Change change = new Change(12, TIME, Change.Cause.EXPIRED, "o1", "http://10.0.0.5:8080");
		registry.hold("orders", "o1");
		registry.setUnreadable(new UnreadableRecord("/services/x", "no JSON", 7, TIME));
		registry.setJournal(new JournalEntry(1, new ServiceName("orders"), change),
				new JournalEntry(2, new ServiceName("orders"), change));
		registry.setHistory(change);
		registry.setSnapshotFile(new SnapshotFileState("data/registry-snapshot.json", TIME, 12, ""));
		registry.setMembers(MemberState.answered("http://a:1"), MemberState.failed("http://b:1", "refused"),
				MemberState.unknown("http://c:1"));
		RegistryDiff.Difference difference = new RegistryDiff.Difference("/services/orders/o1", "orders", "o1", "held");
		registry.setDiff(CompletableFuture
			.completedFuture(new RegistryDiff(1, 2, List.of(difference), List.of(difference), List.of(difference))));
		registry.become(new RegistryStatus.Stale(TIME, "connection refused"));
		return registry;
	}

}
