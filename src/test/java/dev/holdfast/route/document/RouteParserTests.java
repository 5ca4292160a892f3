package dev.holdfast.route.document;

import java.time.Duration;
import java.time.Instant;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.EncodedSlashes;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.route.WeightedBackend;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

class RouteParserTests {

	@Test
	void entryBecomesTheSameRouteAsInTheConfiguration() {
		RouteDocuments documents = parse("""
				holdfast:
				  routes:
				    - { id: users, host: API.example.org, path: /users/**, methods: [GET], headers: { X-Beta: "1" },
				        service: user-api, strip-prefix: /users, preserve-host: true }
				""");
		assertThat(documents.isComplete()).isTrue();
		assertThat(documents.routes()).containsExactly(new ParsedRoute("users", 3, RouteForm.SHORT, Instant.MAX,
				List.of(new Route("users", "api.example.org", "/users/**", Set.of("GET"), Map.of("x-beta", "1"),
						new ServiceName("user-api"), "/users", true, RoutePolicy.DEFAULTS)),
				List.of()));
	}

	@Test
	void entryOverridesWhatAppliesToTheOthers() {
		Route route = route("""
				{ id: chat, service: chat, protocol: h2, request-timeout: 10s, try-timeout: 0, total-timeout: 1h,
				  body-timeout: PT2M, stream-idle-timeout: 0s, max-body-size: 1KB, encoded-slashes: reject,
				  merge-slashes: true, ssl-bundle: own, server-name: Users.internal }
				""");
		assertThat(route.policy()).isEqualTo(new RoutePolicy(BackendProtocol.H2,
				new RouteTimes(Duration.ofSeconds(10), Duration.ZERO, Duration.ofHours(1), Duration.ofMinutes(2),
						Duration.ZERO),
				1024, new BackendSecurity("own", "users.internal"), new PathRules(EncodedSlashes.REJECT, true)));
	}

	@Test
	void backendsHaveWeightsAndSubsets() {
		assertThat(route("""
				id: a
				backends: [ { service: a, version: "1.4" }, { service: b, weight: 0, metadata: { track: canary } } ]
				""").backends()).containsExactly(
				new WeightedBackend(new ServiceName("a"), 1, new Subset("1.4", Map.of())),
				new WeightedBackend(new ServiceName("b"), 0, new Subset("", Map.of("track", "canary"))));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					{ id: a, pth: /a, service: a } | 1:10: pth: unknown key (expected: path)
					{ id: a, path: /a/*, service: a } | 1:16: path: "/a/*" (expected: a canonical path such as
					{ id: a, path: "/a{b}", service: a } | 1:16: path: "/a{b}" (expected: a canonical path with whole segments in braces
					{ id: a, path-regex: "/a(", service: a } | 1:22: path-regex: "/a(", missing closing ) (expected: a regular expression
					{ id: a, path: /a } | 1:1: it names no service (expected: "service" or "backends")
					{ path: /a, service: a } | 1:1: "id" is missing (expected: a unique name)
					{ id: a, backends: [ { service: a, weight: -1 } ] } | 1:44: backends[0].weight: "-1" (expected: a whole number from 0 to 1000000)
					{ id: a, service: a, service: b } | 1:22: service: a key that is there twice (expected: each key once)
					{ id: a, service: http://a } | 1:19: service: "http://a" (expected: 1 to 253 characters without slash
					{ id: a, service: a, headers: { X-A: 1 } } | 1:38: headers.X-A: "1" (expected: a text: put it into quotes)
					{ id: a, service: a, request-timeout: 30 } | 1:39: request-timeout: "30" (expected: a unit: 30s or 30ms)
					{ id: a, service: a, total-timeout: 25d } | 1:37: total-timeout: PT600H (expected: 1ms to 24d)
					{ id: a, service: a, total-timeout: PT9999999999999999S } | 1:37: total-timeout: PT2777777777777H46M39S (expected: 1ms to 24d)
					{ id: a, service: a, retry: { backoff: PT9999999999999999S } } | 1:29: retry: PT2777777777777H46M39S (expected: 1ms to 24d)
					{ id: a, service: a, max-body-size: -1 } | 1:37: max-body-size: -1 (expected: >= 0)
					{ id: a, service: a, methods: [POST, PSOT] } | 1:38: methods[1]: "PSOT" (expected: POST)
					{ id: a, service: a, path: /a/**, strip-prefix: /b } | 1:49: strip-prefix: "/b" (expected: whole segments
					{ id: a, service: a, preserve-host: yes } | 1:37: preserve-host: "yes" (expected: true or false)
					{ id: a, service: a, host: [] } | 1:28: host: a list (expected: a text)
					{ id: a, service: a, <<: { path: /a } } | 1:22: <<: unknown key (expected: id)
					just text | 1:1: "just text" (expected: keys with values)
					""")
	void eachProblemSaysWhereAndWhatAndWhatIsExpected(String document, String message) {
		assertThat(parse(document).problems()).first()
			.extracting(DocumentProblem::toString)
			.asString()
			.startsWith("routes.yaml:" + message);
	}

	@Test
	void secretThatNoFieldCouldHaveIsNotRepeated() {
		assertThat(parse("{ id: a, service: a, headers: { X-Api-Key: ' s3cret' } }").problems().toString())
			.contains("headers.X-Api-Key")
			.doesNotContain("s3cret");
	}

	@ParameterizedTest
	@ValueSource(strings = { "headers: { X-Api-Key: 5432112345 }", "header-regex: { X-Api-Key: '5432112345(' }",
			"cookies: { session: 5432112345 }", "request-headers: { set: { Authorization: 5432112345 } }" })
	void secretThatCannotBeUsedIsNotRepeated(String conditions) {
		assertThat(parse("{ id: a, service: a, %s }".formatted(conditions)).problems()).singleElement()
			.asString()
			.contains("a value of 1")
			.doesNotContain("54321");
	}

	@Test
	void secretOfGatewayApiThatCannotBeUsedIsNotRepeated() {
		assertThat(parse("""
				apiVersion: gateway.networking.k8s.io/v1
				kind: HTTPRoute
				metadata: { name: a }
				spec:
				  rules:
				  - matches:
				    - headers:
				      - { name: X-Api-Key, value: "5432112345(", type: RegularExpression }
				      - { name: X-Api-Key, value: 5432112345 }
				    filters:
				    - type: RequestHeaderModifier
				      requestHeaderModifier: { set: [ { name: Authorization, value: 5432112345 } ] }
				    backendRefs: [ { name: a } ]
				""").problems()).hasSize(3)
			.allSatisfy((problem) -> assertThat(problem.message()).contains("a value of 1").doesNotContain("54321"));
	}

	@Test
	void keyWithLineBreakIsToldInOneLine() {
		RouteDocuments documents = parse("{ id: \"b\\n::error::\", service: a, \"x\\n::error::y\": 1 }");
		assertThat(documents.problems()).hasSize(2)
			.allSatisfy((problem) -> assertThat(problem.toString()).doesNotContain("\n"));
		assertThat(documents.rejected()).extracting(RejectedRoute::name).containsExactly("b?::error::");
	}

	@Test
	void badRouteDoesNotBlockTheOthers() {
		RouteDocuments documents = parse("""
				- { id: a, path: /a, service: a }
				- { id: b, path: b, service: b }
				- { id: c, path: /c, service: c }
				- { id: c, path: /d, service: c }
				---
				routes: [ { id: d, service: d } ]
				""");
		assertThat(documents.parsed()).extracting(ParsedRoute::name).containsExactly("a", "c", "d");
		assertThat(documents.rejected()).extracting(RejectedRoute::name, RejectedRoute::line)
			.containsExactly(tuple("b", 2), tuple("c", 4));
		assertThat(documents.problems()).last()
			.hasToString("routes.yaml:4:3: [3]: \"c\" is the id of the route on line 3 (expected: each id once)");
	}

	@Test
	void rulesOfOneIdRejectTheirRouteAlone() {
		RouteDocuments documents = parse(gateway("HTTPRoute", "a", "x") + gateway("HTTPRoute", "b", "x", "x")
				+ gateway("HTTPRoute", "c", "1", "") + "{ id: d, service: d }");
		assertThat(documents.parsed()).extracting(ParsedRoute::name).containsExactly("a", "d");
		assertThat(documents.problems()).extracting(DocumentProblem::message)
			.containsExactly("\"b_x\" is the id of two of its rules (expected: each id once)",
					"\"c_1\" is the id of two of its rules (expected: each id once)");
	}

	@Test
	void ofTwoRoutesOfOneNameTheSecondIsRefusedAndNotLost() {
		RouteDocuments documents = parse(gateway("HTTPRoute", "orders", "a") + gateway("GRPCRoute", "orders", "b")
				+ gateway("HTTPRoute", "orders", "c"));
		assertThat(documents.parsed()).extracting(ParsedRoute::line).containsExactly(1);
		assertThat(documents.rejected()).extracting(RejectedRoute::name, RejectedRoute::line)
			.containsExactly(tuple("orders", 8), tuple("orders", 15));
		assertThat(documents.problems()).extracting(DocumentProblem::message)
			.containsOnly("\"orders\" is the name of the route on line 1 (expected: each name once)");
	}

	@Test
	void bundleThatTheConfigurationDoesNotNameIsRefused() {
		RouteDocuments documents = new RouteParser(RoutePolicy.DEFAULTS, Set.of("own", "other")).parse("""
				- { id: a, service: a, ssl-bundle: own }
				- { id: b, service: b, ssl-bundle: "" }
				- { id: c, service: c }
				- { id: d, service: d, ssl-bundle: onw }
				""", "routes.yaml");
		assertThat(documents.parsed()).extracting(ParsedRoute::name).containsExactly("a", "b", "c");
		assertThat(documents.problems()).singleElement()
			.hasToString("routes.yaml:4:36: [3].ssl-bundle: \"onw\" "
					+ "(expected: one that the configuration names for instances: other, own)");
		assertThat(new RouteParser(RoutePolicy.DEFAULTS, Set.of())
			.parse("{ id: a, service: a, ssl-bundle: own }", "routes.yaml")
			.problems()).singleElement()
			.asString()
			.endsWith("ssl-bundle: \"own\" (expected: nothing: the configuration names no bundle for instances)");
	}

	@Test
	void defectOfTheGatewayCostsOneRoute() {
		Set<String> failing = new AbstractSet<>() {

			@Override
			public boolean contains(Object name) {
				if (name.equals("deep")) {
					throw new StackOverflowError();
				}
				throw new IllegalStateException("broken");
			}

			@Override
			public Iterator<String> iterator() {
				return Collections.emptyIterator();
			}

			@Override
			public int size() {
				return 0;
			}

		};
		RouteDocuments documents = new RouteParser(RoutePolicy.DEFAULTS, failing).parse("""
				- { id: a, service: a }
				- { id: b, service: b, ssl-bundle: deep }
				- { id: c, service: c, ssl-bundle: own }
				- { id: d, service: d }
				""", "routes.yaml");
		assertThat(documents.parsed()).extracting(ParsedRoute::name).containsExactly("a", "d");
		assertThat(documents.rejected()).extracting(RejectedRoute::name, RejectedRoute::line)
			.containsExactly(tuple("b", 2), tuple("c", 3));
		assertThat(documents.problems()).allMatch((problem) -> problem.message().contains("internal error"));
	}

	@Test
	void textThatIsCutOffKeepsWhatStandsBefore() {
		RouteDocuments documents = parse("{ id: a, service: a }\n---\n{ id: b, serv");
		assertThat(documents.isComplete()).isFalse();
		assertThat(documents.parsed()).extracting(ParsedRoute::name).containsExactly("a");
		assertThat(documents.unreadable()).singleElement()
			.satisfies((problem) -> assertThat(problem.line()).isEqualTo(3));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "# nothing\n", "---\n---\n", "[]", "routes: []", "holdfast: { routes: [] }" })
	void textWithoutRoutesHasNone(String text) {
		assertThat(parse(text)).isEqualTo(new RouteDocuments(List.of(), List.of()));
	}

	@ParameterizedTest
	@ValueSource(strings = { "holdfast: { routes: }", "holdfast: 1", "{ routes: { id: a } }", "{ holdfast: {} }",
			"kind: List", "{ holdfast: { routes: [], server: { port: 1 } } }" })
	void textOfAnotherShapeIsRejected(String text) {
		assertThat(parse(text).problems()).isNotEmpty();
	}

	@Test
	void jsonIsTakenAlsoWithTabs() {
		assertThat(route("{\n\t\"id\":\t\"a\",\n\t\"service\": \"a\",\n\t\"path\": \"/a\"\n}").path()).isEqualTo("/a");
	}

	@Test
	void whatIsNoTextIsToldByItsPlace() {
		assertThat(parse("id: a\nservice: \u0001").unreadable()).singleElement()
			.hasToString("routes.yaml:2:10: a character that no text has, U+0001 (expected: YAML or JSON)");
	}

	@Test
	void aliasesCannotMakeMuchOfLittle() {
		String laughs = IntStream.range(1, 20)
			.mapToObj((i) -> "a%d: &a%d [%s]\n".formatted(i, i,
					String.join(", ", Collections.nCopies(9, "*a" + (i - 1)))))
			.collect(Collectors.joining("", "a0: &a0 [ha]\n", "routes: *a19\n"));
		assertThat(parse(laughs).problems()).isNotEmpty();
		assertThat(parse("routes: &r [ { id: a, service: a, matches: *r } ]").problems()).isNotEmpty();
	}

	@Test
	void textThatIsTooLargeIsNotRead() {
		assertThat(parse("#".repeat(RouteParser.MAX_LENGTH + 1)).unreadable()).hasSize(1);
		assertThat(parse("[".repeat(1000)).unreadable()).hasSize(1);
	}

	@Test
	void tenThousandRoutesAreTakenAndOneMoreIsNot() {
		String routes = IntStream.rangeClosed(0, RouteParser.MOST_ROUTES)
			.mapToObj((i) -> "{ id: r%d, path: /r%d, service: a }\n---\n".formatted(i, i))
			.collect(Collectors.joining());
		RouteDocuments documents = parse(routes);
		assertThat(documents.parsed()).hasSize(RouteParser.MOST_ROUTES);
		assertThat(documents.rejected()).singleElement()
			.satisfies((route) -> assertThat(route.problems()).singleElement()
				.asString()
				.endsWith("one route too many (expected: at most 10000 in a text)"));
	}

	/** With one rule for each name. */
	private static String gateway(String kind, String name, String... rules) {
		return """
				apiVersion: gateway.networking.k8s.io/v1
				kind: %s
				metadata: { name: %s }
				spec:
				  rules:
				%s---
				""".formatted(kind, name,
				Stream.of(rules)
					.map((rule) -> "  - { name: \"%s\", backendRefs: [ { name: a } ] }\n".formatted(rule))
					.collect(Collectors.joining()));
	}

	private static Route route(String text) {
		RouteDocuments documents = parse(text);
		assertThat(documents.problems()).isEmpty();
		return documents.parsed().getFirst().routes().getFirst();
	}

	private static RouteDocuments parse(String text) {
		return new RouteParser(RoutePolicy.DEFAULTS).parse(text, "routes.yaml");
	}

}
