package dev.holdfast.admin;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
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

	/** What any write may be refused with. */
	private static final Map<String, String> REFUSALS = Map.of("401", "No token, or none that counts", "403",
			"No token is set, the token permits something else, or the request has a foreign name or origin", "503",
			"Nobody could be told, or the issuer's keys could not be fetched");

	/** Writes that the present state may forbid. */
	private static final Map<String, String> CONFLICTS = Map.of("post /registry/refresh", "The registry is frozen",
			"put /registry/freeze", "Too many overrides are in force", "post /registry/services/{service}/circuit",
			"Too many overrides are in force", "put /registry/services/{service}/instances/{instance}/drain",
			"It is the last routable instance, or too many overrides are in force",
			"put /registry/services/{service}/instances/{instance}/weight",
			"It is the last routable instance, or too many overrides are in force");

	/** Parameters that handlers read from the request itself. */
	private static final Map<String, List<String>> PARAMETERS = Map.of("get /registry/services", List.of("traffic"),
			"get /registry/services/{service}", List.of("traffic"), "get /registry/journal",
			List.of("since", "until", "sinceRevision", "untilRevision", "after", "cause", "q", "sort", "page", "size"));

	/**
	 * What springdoc takes for parameters of the query: all of them as a map, and bodies.
	 */
	private static final List<String> READ_OTHERWISE = List.of("parameters", "body");

	private static final Pattern RANGE = Pattern.compile("a whole number from (\\d+) to (\\d+)");

	private static final Pattern CALL = Pattern.compile("^\\| `(GET|PUT|POST|DELETE) (/[^`? ]*)[^`]*` \\| (.*) \\|$",
			Pattern.MULTILINE);

	private static final ObjectMapper mapper = JsonMapper.builder()
		.enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
		.enable(SerializationFeature.INDENT_OUTPUT)
		.build();

	private final AdminServer server;

	private final ObjectNode document;

	/** The methods that answer, by method and path of the call. */
	private final Map<String, Method> handlers = new TreeMap<>();

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
		findHandlers();
		for (Map.Entry<String, JsonNode> path : this.document.path("paths").properties()) {
			for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
				String call = operation.getKey() + " " + path.getKey();
				assertThat(purposes).as("the calls in docs/operating.md").containsKey(call);
				complete(call, (ObjectNode) operation.getValue(), purposes.getOrDefault(call, ""));
			}
		}
		RecordSchemas records = new RecordSchemas(schemas);
		this.handlers.values().forEach((handler) -> records.complete(handler.getGenericReturnType()));
		schemas.set("Problem", mapper.readTree("""
				{"type": "object", "required": ["title", "status", "code"], "properties": {
				"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
				"detail": {"type": "string"}, "instance": {"type": "string"}, "code": {"type": "string"}}}"""));
	}

	private void findHandlers() {
		this.server.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
			.getHandlerMethods()
			.forEach((mapping, handler) -> {
				for (String pattern : mapping.getPatternValues()) {
					if (pattern.startsWith("/registry")) {
						mapping.getMethodsCondition()
							.getMethods()
							.forEach((method) -> this.handlers
								.put(method.name().toLowerCase(Locale.ROOT) + " " + pattern, handler.getMethod()));
					}
				}
			});
	}

	private Method handler(String call) {
		return Objects.requireNonNull(this.handlers.get(call), call);
	}

	private void complete(String call, ObjectNode operation, String purpose) throws IOException {
		boolean write = !call.startsWith("get ");
		operation.remove(List.of("operationId", "tags", "requestBody"));
		operation.put("description", purpose);
		parameters(call, operation, write);
		ObjectNode responses = operation.withObjectProperty("responses");
		problem(responses, "default", "A problem (RFC 9457)");
		contents(handler(call), responses);
		if (write) {
			operation.putArray("security").addObject().putArray("bearer");
			writeResponses(call, responses);
			body(call, operation);
		}
		else if ((handler(call).isAnnotationPresent(GetMapping.class) && !isStream(responses))
				|| Stream.of(OpenApiController.FILE, "/state", "/traffic").anyMatch(call::endsWith)) {
			responses.putObject("304").put("description", "Nothing has changed since If-None-Match");
		}
	}

	private static void problem(ObjectNode responses, String status, String description) {
		ObjectNode content = responses.putObject(status).put("description", description).withObjectProperty("content");
		content.putObject("application/problem+json").putObject("schema").put("$ref", "#/components/schemas/Problem");
		content.putObject("text/plain").putObject("schema").put("type", "string");
	}

	/**
	 * What is sent to all gateways is only accepted, which a method tells by its type.
	 */
	private void writeResponses(String call, ObjectNode responses) throws IOException {
		REFUSALS.forEach((status, description) -> problem(responses, status, description));
		if (CONFLICTS.containsKey(call)) {
			problem(responses, "409", CONFLICTS.getOrDefault(call, ""));
		}
		if (ask(call, mapper.createObjectNode(), "If-Match", "\"no-such-state\"").path("status").asInt() == 412) {
			problem(responses, "412", "If-Match names another state than the present one");
		}
		if (handler(call).getReturnType() == ResponseEntity.class) {
			if (call.startsWith("delete ")) {
				responses.putObject("204").put("description", "Done, or nothing to be done");
			}
			else {
				responses.putObject("202").put("description", "Every gateway does it when it hears of it");
			}
		}
	}

	private static boolean isStream(ObjectNode responses) {
		return responses.path("200").path("content").has("text/event-stream");
	}

	private static void contents(Method handler, ObjectNode responses) {
		ObjectNode content = ((ObjectNode) responses.path("200")).withObjectProperty("content");
		if (content.isEmpty()) {
			content.putObject("text/event-stream").putObject("schema").put("type", "string");
			return;
		}
		JsonNode schema = content.path("application/json").path("schema");
		if (schema.path("format").asText().equals("byte")) {
			((ObjectNode) schema).removeAll().put("type", "object");
		}
		RequestMapping mapping = AnnotatedElementUtils.findMergedAnnotation(handler, RequestMapping.class);
		if (mapping != null && mapping.produces().length == 0) {
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
	 * Describes a write's body by what the write itself says to bodies that are wrong.
	 */
	private void body(String call, ObjectNode operation) throws IOException {
		List<Type> parameters = List.of(handler(call).getGenericParameterTypes());
		boolean required = parameters.contains(WriteBody.class);
		if (!required && parameters.stream().noneMatch((type) -> type.getTypeName().contains("WriteBody"))) {
			return;
		}
		JsonNode problem = ask(call, mapper.createObjectNode().put("no-such-member", 1));
		assertThat(problem.path("code").asText()).as(call).isEqualTo("unknown-member");
		ObjectNode body = operation.putObject("requestBody").put("required", required);
		ObjectNode schema = body.withObjectProperty("content").putObject("application/json").putObject("schema");
		schema.put("type", "object").put("additionalProperties", false);
		ObjectNode properties = schema.putObject("properties");
		// Such a write is for others, of whom there are none here, so that nothing is
		// done.
		ObjectNode sent = mapper.createObjectNode().put("scope", "CLUSTER");
		require(call, sent, schema);
		for (String name : problem.path("expected").asText().split(", ", -1)) {
			ObjectNode wrong = sent.deepCopy();
			wrong.putObject(name);
			JsonNode refusal = ask(call, wrong);
			assertThat(refusal.path("member").asText()).as("%s with %s: %s", call, wrong, refusal).isEqualTo(name);
			properties.set(name, member(refusal.path("expected").asText()));
		}
	}

	/**
	 * Finds the members that must be there. Where they depend on one that has several
	 * values, each value has those that it needs.
	 * @param sent what is sent, which becomes what is enough
	 */
	private void require(String call, ObjectNode sent, ObjectNode schema) throws IOException {
		JsonNode problem = ask(call, sent);
		while (problem.path("code").asText().equals("missing-member")) {
			String name = problem.path("member").asText();
			String expected = problem.path("expected").asText();
			assertThat(sent.has(name)).as("%s: %s", call, problem).isFalse();
			schema.withArrayProperty("required").add(name);
			if (expected.contains(" or ")) {
				for (String value : expected.split(" or ", -1)) {
					ObjectNode branch = schema.withArrayProperty("anyOf").addObject();
					branch.putObject("properties").putObject(name).put("const", value);
					ObjectNode enough = sent.deepCopy().put(name, value);
					require(call, enough, branch);
					if (!sent.has(name)) {
						sent.setAll(enough);
					}
				}
				return;
			}
			sent.set(name, expected.startsWith("a whole number") ? sent.numberNode(60) : sent.textNode("orders"));
			problem = ask(call, sent);
		}
		if (problem.path("code").asText().equals("missing-selection")) {
			ArrayNode either = schema.putArray("anyOf");
			either.addObject().putArray("required").add("service");
			ObjectNode all = either.addObject();
			all.putArray("required").add("all");
			all.putObject("properties").putObject("all").put("const", true);
			sent.put("service", "orders");
		}
	}

	/**
	 * Makes the schema of a member out of what its write expects.
	 */
	private static ObjectNode member(String expected) {
		ObjectNode schema = mapper.createObjectNode();
		Matcher range = RANGE.matcher(expected);
		if (range.matches()) {
			return schema.put("type", "integer")
				.put("minimum", Long.parseLong(range.group(1)))
				.put("maximum", Long.parseLong(range.group(2)));
		}
		if (expected.equals("true or false")) {
			return schema.put("type", "boolean");
		}
		schema.put("type", "string");
		if (expected.equals("a text that is not empty")) {
			return schema.put("minLength", 1);
		}
		if (!expected.equals("a text")) {
			ArrayNode constants = schema.putArray("enum");
			for (String constant : expected.split(" or ", -1)) {
				assertThat(constant).as("what is expected").matches("[A-Z_]+");
				constants.add(constant);
			}
		}
		return schema;
	}

	private JsonNode ask(String call, JsonNode body, String... headers) throws IOException {
		String method = call.substring(0, call.indexOf(' ')).toUpperCase(Locale.ROOT);
		String path = call.substring(call.indexOf(' ') + 1).replace("{service}", "orders").replace("{instance}", "o1");
		List<String> all = new ArrayList<>(
				List.of("Content-Type", "application/json", "Authorization", "Bearer " + AdminApi.TOKEN));
		all.addAll(List.of(headers));
		HttpResponse<String> answer = this.server.send(method, path, body.toString(), all.toArray(String[]::new));
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
