package dev.holdfast.admin;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.springdoc.core.configuration.SpringDocConfiguration;
import org.springdoc.core.properties.SpringDocConfigProperties;
import org.springdoc.core.utils.SpringDocUtils;
import org.springdoc.webmvc.core.configuration.SpringDocWebMvcConfiguration;
import org.springframework.context.annotation.AnnotatedBeanDefinitionReader;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The description of the operators' API, made of its code: springdoc finds the calls,
 * their parameters and what they answer; the records tell what may be absent; the running
 * API tells the members of its writes; and {@code docs/operating.md} says what each call
 * is for.
 */
final class OpenApiDocument {

	static final String[] PROPERTIES = { "springdoc.api-docs.enabled=true",
			"springdoc.default-produces-media-type=application/json", "springdoc.paths-to-match=/registry/**" };

	/** What a member of a write may be, whichever write has it. */
	private static final Map<String, String> MEMBERS = Map.of("reason", "{\"type\":\"string\"}", "ttlSeconds",
			"{\"type\":\"integer\",\"format\":\"int64\",\"minimum\":1}", "service", "{\"type\":\"string\"}", "instance",
			"{\"type\":\"string\"}", "all", "{\"type\":\"boolean\"}", "force", "{\"type\":\"boolean\"}", "weight",
			"{\"type\":\"integer\",\"format\":\"int32\",\"minimum\":0}", "action", "{\"type\":\"string\"}", "scope",
			"{\"type\":\"string\",\"enum\":[\"LOCAL\",\"CLUSTER\"]}");

	/** Parameters that handlers read from the request itself. */
	private static final Map<String, List<String>> PARAMETERS = Map.of("get /registry/services", List.of("traffic"),
			"get /registry/services/{service}", List.of("traffic"), "get /registry/journal",
			List.of("since", "until", "sinceRevision", "untilRevision", "after", "cause", "q", "sort", "page", "size"));

	/**
	 * What springdoc takes for parameters of the query: all of them as a map, and bodies.
	 */
	private static final List<String> READ_OTHERWISE = List.of("parameters", "body");

	private static final Pattern CALL = Pattern.compile("^\\| `(GET|PUT|POST|DELETE) (/[^`? ]*)[^`]*` \\| (.*) \\|$",
			Pattern.MULTILINE);

	private static final ObjectMapper mapper = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		.enable(SerializationFeature.INDENT_OUTPUT)
		.build();

	private final AdminServer server;

	private final ObjectNode document;

	private OpenApiDocument(AdminServer server, ObjectNode document) {
		this.server = server;
		this.document = document;
	}

	/**
	 * Adds springdoc to an admin port.
	 */
	static void register(GenericApplicationContext context) {
		SpringDocUtils.getConfig().addRequestWrapperToIgnore(WriteBody.class);
		new AnnotatedBeanDefinitionReader(context).register(SpringDocConfigProperties.class,
				SpringDocConfiguration.class, SpringDocWebMvcConfiguration.class);
	}

	/**
	 * Describes a running API.
	 * @param server the admin port, with springdoc
	 */
	static ObjectNode of(AdminServer server) throws IOException {
		HttpResponse<String> answer = server.get("/v3/api-docs");
		assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
		OpenApiDocument document = new OpenApiDocument(server, (ObjectNode) mapper.readTree(answer.body()));
		document.complete();
		return document.document;
	}

	/**
	 * Writes a document as it is checked in.
	 */
	static String text(JsonNode document) throws IOException {
		return mapper.writeValueAsString(mapper.treeToValue(document, Object.class)) + "\n";
	}

	private void complete() throws IOException {
		this.document.remove(List.of("servers", "tags"));
		this.document.putObject("info")
			.put("title", "Holdfast: the operators' API")
			.put("description", "Reads are open to whoever reaches the admin port; writes need a bearer token.")
			.put("version", "1");
		ObjectNode components = this.document.withObjectProperty("components");
		components.withObjectProperty("securitySchemes")
			.putObject("bearer")
			.put("type", "http")
			.put("scheme", "bearer");
		ObjectNode schemas = components.withObjectProperty("schemas");
		schemas.remove(List.of("MultiValueMapStringString", "WriteBody"));
		Map<String, String> purposes = purposes();
		for (Map.Entry<String, JsonNode> path : this.document.path("paths").properties()) {
			for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
				String call = operation.getKey() + " " + path.getKey();
				assertThat(purposes).as("the calls in docs/operating.md").containsKey(call);
				complete(call, (ObjectNode) operation.getValue(), purposes.getOrDefault(call, ""));
			}
		}
		RecordSchemas records = new RecordSchemas(schemas);
		this.server.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.getHandlerMethods()
			.forEach((mapping, handler) -> {
				if (mapping.getPatternValues().stream().allMatch((pattern) -> pattern.startsWith("/registry"))) {
					records.complete(handler.getMethod().getGenericReturnType());
				}
			});
		schemas.set("Problem", mapper.readTree("""
				{"type": "object", "required": ["title", "status", "code"], "properties": {
				"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
				"detail": {"type": "string"}, "instance": {"type": "string"}, "code": {"type": "string"}}}"""));
	}

	private void complete(String call, ObjectNode operation, String purpose) throws IOException {
		boolean write = !call.startsWith("get ");
		operation.remove(List.of("operationId", "tags", "requestBody"));
		operation.put("description", purpose);
		parameters(call, operation, write);
		ObjectNode responses = operation.withObjectProperty("responses");
		ObjectNode problem = responses.putObject("default").put("description", "A problem (RFC 9457)");
		problem.withObjectProperty("content")
			.putObject("application/problem+json")
			.putObject("schema")
			.put("$ref", "#/components/schemas/Problem");
		if (write) {
			operation.putArray("security").addObject().putArray("bearer");
			if (call.startsWith("delete ")) {
				responses.putObject("204").put("description", "Done, or nothing to be done");
			}
			members(call, operation);
		}
		else {
			contents(call, responses);
		}
	}

	private static void contents(String call, ObjectNode responses) {
		ObjectNode content = ((ObjectNode) responses.path("200")).withObjectProperty("content");
		if (content.isEmpty()) {
			content.putObject("text/event-stream").putObject("schema").put("type", "string");
			return;
		}
		responses.putObject("304").put("description", "Nothing has changed since If-None-Match");
		JsonNode schema = content.path("application/json").path("schema");
		if (schema.path("format").asText().equals("byte")) {
			((ObjectNode) schema).removeAll().put("type", "object");
		}
		else if (!call.endsWith("/state")) {
			content.putObject("text/plain").putObject("schema").put("type", "string");
		}
	}

	private void parameters(String call, ObjectNode operation, boolean write) {
		ArrayNode parameters = operation.withArrayProperty("parameters");
		for (Iterator<JsonNode> each = parameters.iterator(); each.hasNext();) {
			if (READ_OTHERWISE.contains(each.next().path("name").asText())) {
				each.remove();
			}
		}
		List<String> undeclared = new ArrayList<>(PARAMETERS.getOrDefault(call, List.of()));
		if (write) {
			undeclared.add("reason");
		}
		for (String name : undeclared) {
			ObjectNode parameter = parameters.addObject().put("name", name).put("in", "query");
			parameter.putObject("schema").put("type", "string");
		}
		if (parameters.isEmpty()) {
			operation.remove("parameters");
		}
	}

	/**
	 * Asks the write for the members that it knows, by one that it does not.
	 */
	private void members(String call, ObjectNode operation) throws IOException {
		String method = call.substring(0, call.indexOf(' ')).toUpperCase(Locale.ROOT);
		String path = call.substring(call.indexOf(' ') + 1).replace("{service}", "orders").replace("{instance}", "o1");
		ObjectNode sent = mapper.createObjectNode().put("no-such-member", 1);
		JsonNode problem = ask(method, path, sent);
		while (problem.path("code").asText().equals("missing-member") && sent.size() < MEMBERS.size()) {
			String expected = problem.path("expected").asText();
			sent.set(problem.path("member").asText(), expected.startsWith("a whole number") ? sent.numberNode(60)
					: sent.textNode(expected.replaceFirst(" or .*", "")));
			problem = ask(method, path, sent);
		}
		if (!problem.path("code").asText().equals("unknown-member")) {
			return;
		}
		ObjectNode body = operation.putObject("requestBody").put("required", true);
		ObjectNode schema = body.withObjectProperty("content").putObject("application/json").putObject("schema");
		schema.put("type", "object").put("additionalProperties", false);
		ObjectNode properties = schema.putObject("properties");
		for (String member : problem.path("expected").asText().split(", ", -1)) {
			assertThat(MEMBERS).as("the members of writes, of " + call).containsKey(member);
			properties.set(member, mapper.readTree(MEMBERS.get(member)));
		}
	}

	private JsonNode ask(String method, String path, JsonNode body) throws IOException {
		HttpResponse<String> answer = this.server.send(method, path, body.toString(), "Content-Type",
				"application/json", "Authorization", "Bearer " + AdminApi.TOKEN);
		return mapper.readTree(answer.body().isEmpty() ? "{}" : answer.body());
	}

	private static Map<String, String> purposes() throws IOException {
		Map<String, String> purposes = new TreeMap<>();
		Matcher call = CALL.matcher(Files.readString(Path.of("docs/operating.md")));
		while (call.find()) {
			purposes.put(call.group(1).toLowerCase(Locale.ROOT) + " " + call.group(2),
					call.group(3).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1"));
		}
		return purposes;
	}

}
