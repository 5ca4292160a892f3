package dev.holdfast.route.document;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.FieldChanges;
import dev.holdfast.route.PathMatch;
import dev.holdfast.route.PathRewrite;
import dev.holdfast.route.Regex;
import dev.holdfast.route.RequestMatch;
import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteActions;
import dev.holdfast.route.RouteMatch;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.route.TimeLimits;
import dev.holdfast.route.WeightedBackend;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class GatewayRouteTests {

	@Test
	void ruleThatSaysNothingElseTakesAllRequests() {
		ParsedRoute parsed = http("{ backendRefs: [ { name: orders } ] }");
		assertThat(parsed.form()).isEqualTo(RouteForm.HTTP_ROUTE);
		assertThat(parsed.created()).isEqualTo(Instant.MAX);
		Route route = parsed.routes().getFirst();
		assertThat(route.id()).isEqualTo("test");
		assertThat(route.hosts()).isEmpty();
		assertThat(route.matches()).containsExactly(RequestMatch.ANY);
		assertThat(route.backends()).extracting(WeightedBackend::weight).containsExactly(1);
		assertThat(route.policy()).isEqualTo(RoutePolicy.DEFAULTS);
	}

	@ParameterizedTest
	@CsvSource({ "'{ value: /a }', /a/**", "'{ value: /a/ }', /a/**", "'{ value: / }', /**",
			"'{ type: Exact, value: /a/ }', /a/", "'{ type: Exact }', /", "'{}', /**",
			"'{ type: RegularExpression, value: \"/a.*\" }', /a.*" })
	void pathsAreThoseOfTheStandard(String path, String text) {
		Route route = http("{ matches: [ { path: %s } ], backendRefs: [ { name: a } ] }".formatted(path)).routes()
			.getFirst();
		assertThat(route.path()).isEqualTo(text);
	}

	@Test
	void rulesHaveNamesOfTheirOwn() {
		ParsedRoute parsed = http("""
				{ backendRefs: [ { name: a } ] }
				    - { name: read, backendRefs: [ { name: b } ] }
				    - { backendRefs: [ { name: c } ] }""");
		assertThat(parsed.routes()).extracting(Route::id).containsExactly("test", "test_read", "test_2");
	}

	@Test
	void oneBadRuleRejectsTheRouteAsAWhole() {
		RouteDocuments documents = parse(document("HTTPRoute", """
				{ backendRefs: [ { name: a } ] }
				    - { backendRefs: [ { name: a/b } ] }"""));
		assertThat(documents.parsed()).isEmpty();
		assertThat(documents.rejected()).singleElement().satisfies((rejected) -> {
			assertThat(rejected.name()).isEqualTo("test");
			assertThat(rejected.problems()).singleElement()
				.asString()
				.startsWith("test.yaml:7:32: spec.rules[1].backendRefs[0].name: \"a/b\" (expected: ");
		});
	}

	@Test
	void whatHasNoEffectIsTold() {
		RouteDocuments documents = parse("""
				apiVersion: gateway.networking.k8s.io/v1
				kind: HTTPRoute
				metadata: { name: test, namespace: shop, creationTimestamp: "2026-01-31T12:00:00Z" }
				spec:
				  parentRefs: [ { name: gateway } ]
				  rules: [ { backendRefs: [ { name: a, namespace: other, port: 80 } ] } ]
				status: { parents: [] }
				""");
		ParsedRoute parsed = documents.parsed().getFirst();
		assertThat(parsed.created()).isEqualTo("2026-01-31T12:00:00Z");
		assertThat(parsed.withoutEffect()).extracting(DocumentProblem::path)
			.containsExactlyInAnyOrder("status", "metadata.namespace", "spec.parentRefs",
					"spec.rules[0].backendRefs[0].namespace", "spec.rules[0].backendRefs[0].port");
		assertThat(parsed.withoutEffect()).allSatisfy((note) -> assertThat(note.what()).startsWith("without effect: "));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{ backendRefs: [ { name: a, filters: [] } ] } | 6:35: spec.rules[0].backendRefs[0].filters: not supported
					{ backendRefs: [ { name: a, kind: Bucket } ] } | 6:41: spec.rules[0].backendRefs[0].kind: "Bucket" (expected: Service)
					{ sessionPersistence: {}, backendRefs: [ { name: a } ] } | 6:9: spec.rules[0].sessionPersistence: not supported
					{ matches: [ { method: TRACE } ], backendRefs: [ { name: a } ] } | 6:30: spec.rules[0].matches[0].method: "TRACE" (expected: a method that the gateway forwards)
					{ filters: [ { type: ExtensionRef } ], backendRefs: [ { name: a } ] } | 6:28: spec.rules[0].filters[0].type: "ExtensionRef" is not supported
					{ filters: [ { type: CORS, cors: {}, urlRewrite: {} } ], backendRefs: [ { name: a } ] } | 6:44: spec.rules[0].filters[0].urlRewrite: of another type than "CORS" (expected: cors)
					{ backendRef: [ { name: a } ] } | 6:7: spec.rules[0]: it names no service
					{ backendRefs: [ { nam: a } ] } | 6:24: spec.rules[0].backendRefs[0]: "name" is missing
					{ backendRefs: [ { name: a, weight: 0 } ] } | 6:22: spec.rules[0].backendRefs: no backend with a weight (expected: one or more)
					""")
	void whatCannotBeUsedIsRefusedByName(String rule, String message) {
		assertThat(parse(document("HTTPRoute", rule)).problems()).first().asString().startsWith("test.yaml:" + message);
	}

	@Test
	void timeoutsAndRetriesAreThoseOfTheRule() {
		RoutePolicy policy = http(
				"""
						{ timeouts: { request: 1m30s, backendRequest: 500ms }, retry: { codes: [500], attempts: 1, backoff: 10ms },
						        backendRefs: [ { name: a } ] }""")
			.routes()
			.getFirst()
			.policy();
		assertThat(policy.times().total()).isEqualTo(Duration.ofSeconds(90));
		assertThat(policy.times().request()).isEqualTo(Duration.ofSeconds(90));
		assertThat(policy.times().perTry()).isEqualTo(Duration.ofMillis(500));
		assertThat(policy.retry()).isEqualTo(new RetryPolicy(1, Set.of(500), Duration.ofMillis(10)));
		RoutePolicy unlimited = http("{ timeouts: { request: 0s }, backendRefs: [ { name: a } ] }").routes()
			.getFirst()
			.policy();
		assertThat(unlimited.times().total()).isZero();
		assertThat(unlimited.times().request()).isEqualTo(TimeLimits.LONGEST);
	}

	@Test
	void filtersBecomeActions() {
		RouteActions actions = http(
				"""
						matches: [ { path: { value: /api } } ]
						      filters:
						        - { type: RequestHeaderModifier, requestHeaderModifier: { set: [ { name: X-A, value: b } ], remove: [X-B] } }
						        - { type: URLRewrite, urlRewrite: { hostname: a.internal, path: { type: ReplacePrefixMatch, replacePrefixMatch: /v2 } } }
						        - { type: RequestMirror, requestMirror: { backendRef: { name: shadow }, percent: 5 } }
						      backendRefs: [ { name: a } ]""")
			.routes()
			.getFirst()
			.policy()
			.actions();
		assertThat(actions.requestFields())
			.isEqualTo(new FieldChanges(List.of(new FieldChanges.Field("x-a", "b")), List.of(), List.of("x-b")));
		assertThat(actions.path()).isEqualTo(new PathRewrite.ReplacePrefix("/api", "/v2"));
		assertThat(actions.host()).isEqualTo("a.internal");
		assertThat(actions.mirrors()).singleElement().satisfies((mirror) -> assertThat(mirror.share()).isEqualTo(0.05));
	}

	@Test
	void redirectNeedsNoService() {
		Route route = http("""
				{ filters: [ { type: RequestRedirect, requestRedirect: { scheme: https, statusCode: 301 } } ] }""")
			.routes()
			.getFirst();
		assertThat(route.backends()).isEmpty();
		assertThat(route.policy().actions().response()).isEqualTo(new DirectResponse.Redirect(301, "https", "", 0));
	}

	@Test
	void callsOfGrpcAreFoundByServiceAndMethod() {
		ParsedRoute parsed = parse(document("GRPCRoute", """
				matches:
				        - method: { service: hello.Greeter, method: Say }
				        - method: { service: hello.Greeter }
				        - method: { method: Ping }
				        - method: { type: RegularExpression, service: "a|b" }
				      backendRefs: [ { name: greeter } ]""")).parsed().getFirst();
		assertThat(parsed.form()).isEqualTo(RouteForm.GRPC_ROUTE);
		assertThat(parsed.routes().getFirst().matches()).extracting(RequestMatch::path)
			.containsExactly(new PathMatch.Exact("/hello.Greeter/Say"), new PathMatch.Prefix("/hello.Greeter"),
					new PathMatch.Template("/{service}/Ping"), new PathMatch.Regular(Regex.of("/(?:a|b)/[^/]+")));
		RouteTable table = new RouteTable(parsed.routes(), false, RoutePolicy.DEFAULTS);
		assertThat(route(table, "POST", "/any.Service/Ping")).isEqualTo("test");
		assertThat(route(table, "POST", "/b/Anything")).isEqualTo("test");
		assertThat(route(table, "POST", "/c/Anything")).isNull();
		assertThat(route(table, "GET", "/hello.Greeter/Say")).isNull();
	}

	private static @Nullable String route(RouteTable table, String method, String path) {
		RouteMatch match = table.match(method, "", path, Map.<String, String>of()::get);
		return (match != null) ? match.route() : null;
	}

	private static ParsedRoute http(String rule) {
		RouteDocuments documents = parse(document("HTTPRoute", rule));
		assertThat(documents.problems()).isEmpty();
		return Objects.requireNonNull(documents.parsed().getFirst());
	}

	private static String document(String kind, String rule) {
		return """
				apiVersion: gateway.networking.k8s.io/v1
				kind: %s
				metadata: { name: test }
				spec:
				  rules:
				    - %s
				""".formatted(kind, rule);
	}

	private static RouteDocuments parse(String text) {
		return new RouteParser(RoutePolicy.DEFAULTS).parse(text, "test.yaml");
	}

}
