package dev.holdfast.route;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * What routes may ask of requests besides host, path, method and exact fields, and which
 * of them comes first.
 */
class RouteConditionsTests {

	@Test
	void templateStandsForSegmentsThatAreNotEmpty() {
		RouteTable table = table(route("a", path("/users/{id}/orders")), route("b", path("/files/{name}/**")));
		assertThat(id(table, "/users/7/orders")).isEqualTo("a");
		assertThat(id(table, "/users/%2F/orders")).isEqualTo("a");
		assertThat(id(table, "/users//orders")).isNull();
		assertThat(id(table, "/users/7")).isNull();
		assertThat(id(table, "/users/7/orders/1")).isNull();
		assertThat(id(table, "/files/a")).isEqualTo("b");
		assertThat(id(table, "/files/a/b/c")).isEqualTo("b");
		assertThat(id(table, "/files")).isNull();
	}

	@Test
	void segmentAsItStandsComesBeforeAnyAndAnyBeforeTheRest() {
		RouteTable table = table(route("rest", path("/users/**")), route("any", path("/users/{id}")),
				route("me-below", path("/users/me/**")), route("exact", path("/users/you")),
				route("all", path("/{a}/{b}")));
		assertThat(id(table, "/users/you")).isEqualTo("exact");
		assertThat(id(table, "/users/me")).isEqualTo("me-below");
		assertThat(id(table, "/users/7")).isEqualTo("any");
		assertThat(id(table, "/users/7/8")).isEqualTo("rest");
		assertThat(id(table, "/orders/7")).isEqualTo("all");
		assertThat(table.routes()).extracting(Route::id).containsExactly("me-below", "exact", "any", "rest", "all");
	}

	@Test
	void templateThatLeadsNowhereGivesWayToTheRest() {
		RouteTable table = table(route("rest", path("/a/**")), route("deep", path("/a/{x}/c")));
		assertThat(id(table, "/a/b/d")).isEqualTo("rest");
	}

	@Test
	void regexMatchesTheWholePathAndComesLastWithinItsHost() {
		RouteTable table = table(route("regex", new PathMatch.Regular(Regex.of("/v[0-9]+/.*"))),
				route("v1", path("/v1/**")),
				new Route("host", List.of("a.test"), List.of(match(new PathMatch.Regular(Regex.of("/v1/.*")))),
						backends(), "", false, RoutePolicy.DEFAULTS));
		assertThat(id(table, "/v1/x")).isEqualTo("v1");
		assertThat(id(table, "/v2/x")).isEqualTo("regex");
		assertThat(id(table, "/x/v2/x")).isNull();
		assertThat(id(table, "GET", "a.test", "/v1/x", "", Map.of())).isEqualTo("host");
	}

	@Test
	void routeHasSeveralHostsAndSeveralMatches() {
		RouteTable table = table(new Route("a", List.of("a.test", "*.b.test"),
				List.of(match(path("/one")), match(path("/two/**"))), backends(), "", false, RoutePolicy.DEFAULTS));
		assertThat(id(table, "GET", "a.test", "/one", "", Map.of())).isEqualTo("a");
		assertThat(id(table, "GET", "x.b.test", "/two/3", "", Map.of())).isEqualTo("a");
		assertThat(id(table, "GET", "b.test", "/one", "", Map.of())).isNull();
		assertThat(id(table, "GET", "a.test", "/three", "", Map.of())).isNull();
		assertThat(table.routes()).hasSize(1);
		assertThat(table.explain("GET", "a.test", "/three", Map.<String, String>of()::get).considered()).first()
			.satisfies((rule) -> assertThat(rule.why()).contains("path: /three (expected: /one)")
				.contains("; or path: /three (expected: /two/**)")
				.contains("; or host: a.test (expected: *.b.test)"));
		assertThat(table.explain("GET", "a.test", "/one", Map.<String, String>of()::get).considered()).first()
			.isEqualTo(new RouteExplanation.Considered("a", true, "it is taken"));
	}

	@Test
	void fieldsParametersAndCookiesMayBeExactPresentOrByRegex() {
		ValueMatch regex = new ValueMatch.Regular(Regex.of("[0-9]+"));
		RouteTable table = table(route("h", List.of(FieldMatch.header("X-V", regex)), List.of(), List.of()),
				route("q", List.of(), List.of(FieldMatch.queryParameter("v", new ValueMatch.Exact("a b"))), List.of()),
				route("c", List.of(), List.of(), List.of(FieldMatch.cookie("beta", new ValueMatch.Present()))));
		assertThat(id(table, "GET", "", "/", "", Map.of("x-v", "12"))).isEqualTo("h");
		assertThat(id(table, "GET", "", "/", "", Map.of("x-v", "12a"))).isNull();
		assertThat(id(table, "GET", "", "/", "?u=1&v=a+b&v=c", Map.of())).isEqualTo("q");
		assertThat(id(table, "GET", "", "/", "?v=c&v=a+b", Map.of())).isNull();
		assertThat(id(table, "GET", "", "/", "", Map.of("cookie", "a=1; beta=; c=2"))).isEqualTo("c");
		assertThat(id(table, "GET", "", "/", "", Map.of("cookie", "a=1; xbeta=1"))).isNull();
	}

	@Test
	void methodComesBeforeHeadersBeforeParametersBeforeCookies() {
		FieldMatch header = FieldMatch.header("h", new ValueMatch.Present());
		FieldMatch parameter = FieldMatch.queryParameter("q", new ValueMatch.Present());
		FieldMatch other = FieldMatch.queryParameter("r", new ValueMatch.Present());
		FieldMatch cookie = FieldMatch.cookie("c", new ValueMatch.Present());
		Route none = route("none", List.of(), List.of(), List.of());
		Route cookies = route("cookie", List.of(), List.of(), List.of(cookie));
		Route one = route("one-parameter", List.of(), List.of(parameter), List.of(cookie));
		Route two = route("two-parameters", List.of(), List.of(parameter, other), List.of());
		Route headers = route("header", List.of(header), List.of(), List.of());
		Route method = new Route("method", List.of(),
				List.of(new RequestMatch(PathMatch.ANY, Set.of("GET"), List.of(), List.of(), List.of())), backends(),
				"", false, RoutePolicy.DEFAULTS);
		RouteTable table = table(none, cookies, one, two, headers, method);
		assertThat(table.routes()).extracting(Route::id)
			.containsExactly("method", "header", "two-parameters", "one-parameter", "cookie", "none");
		Map<String, String> fields = Map.of("h", "1", "cookie", "c=1");
		assertThat(id(table, "GET", "", "/", "?q=1&r=1", fields)).isEqualTo("method");
		assertThat(id(table, "PUT", "", "/", "?q=1&r=1", fields)).isEqualTo("header");
		assertThat(id(table, "PUT", "", "/", "?q=1&r=1", Map.of("cookie", "c=1"))).isEqualTo("two-parameters");
	}

	@Test
	void backendsGetRequestsByTheirWeights() {
		Subset canary = new Subset("2", Map.of());
		RouteTable table = table(new Route("a", List.of(), List.of(RequestMatch.ANY),
				List.of(new WeightedBackend(new ServiceName("none"), 0, Subset.ALL),
						new WeightedBackend(new ServiceName("most"), 9, Subset.ALL),
						new WeightedBackend(new ServiceName("few"), 1, canary)),
				"", false, RoutePolicy.DEFAULTS));
		Map<String, Long> counts = IntStream.range(0, 10_000)
			.mapToObj((i) -> table.match("GET", "", "/", Map.<String, String>of()::get))
			.collect(Collectors.groupingBy((match) -> match.service() + match.subset().version(),
					Collectors.counting()));
		assertThat(counts).containsOnlyKeys("most", "few2");
		// Six standard deviations.
		assertThat(counts.get("few2")).isBetween(820L, 1180L);
		assertThat(table.explain("GET", "", "/", Map.<String, String>of()::get).match()).extracting(RouteMatch::service)
			.isEqualTo(new ServiceName("most"));
	}

	@Test
	void backendsWithoutAnyWeightAreRejected() {
		assertThatIllegalArgumentException()
			.isThrownBy(() -> new Route("a", List.of(), List.of(RequestMatch.ANY),
					List.of(new WeightedBackend(new ServiceName("a"), 0, Subset.ALL)), "", false, RoutePolicy.DEFAULTS))
			.withMessage("service: none with a weight (expected: one or more)");
	}

	@ParameterizedTest
	@CsvSource({ "?v=1, v, 1", "?a=1&v=2, v, 2", "?v, v, ''", "?v=, v, ''", "?v=%61%20b, v, a b", "?%76=1, v, 1",
			"?v=%zz, v, %zz", "?v=1%2, v, 1%2", "?v=a=b, v, a=b", "?vv=1, v,", "?, v,", "'', v,", "?a=v, v,",
			"?%C3%BC=1, ü, 1" })
	void parameterIsTheFirstOfItsNameDecoded(String query, String name, @Nullable String value) {
		assertThat(QueryParameters.first(query, name)).isEqualTo(value);
	}

	@ParameterizedTest
	@CsvSource({ "a=1, a, 1", "b=2; a=1, a, 1", "a=1;a=2, a, 1", "a=, a, ''", "aa=1, a,", "a, a,", "b=a=1, a,",
			"a=\"x\", a, \"x\"", "'', a,", "'a=b=c ', a, b=c" })
	void cookieIsTheFirstOfItsName(String field, String name, @Nullable String value) {
		assertThat(Cookies.first(field, name)).isEqualTo(value);
	}

	@ParameterizedTest
	@ValueSource(strings = { "((a{100}){100}){100}", "(a{1000}){1000}", "(a{2,1000}b){100}", "[])](a{1000}){9}",
			"\\Q[\\E(a{1000}){9}", "(?:(?:x{99}){99})" })
	void regexThatIsHugeWrittenOutIsRejected(String regex) {
		assertThatIllegalArgumentException().isThrownBy(() -> Regex.of(regex))
			.withMessageContaining("(expected: repetitions that come to less than 5000 steps");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/v[0-9]+/.*", "[a-z]{1,63}(\\.[a-z]{1,63}){1,8}", "a{", "a{x}", "x{1000}", "[{(]{3}" })
	void regexOfOrdinarySizeIsTaken(String regex) {
		assertThat(Regex.of(regex)).hasToString(regex).isEqualTo(Regex.of(regex));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "a(", "(?<a>", "(a)\\1", "(?=a)", "a**", "[" })
	void whatIsNoRegexOfRe2IsRejected(String regex) {
		assertThatIllegalArgumentException().isThrownBy(() -> Regex.of(regex)).withMessageStartingWith("regex: ");
	}

	@Test
	void regexIsBounded() {
		assertThatIllegalArgumentException().isThrownBy(() -> Regex.of("a".repeat(64 * 1024)))
			.withMessage("regex: 65536 characters (expected: 1 to 1024)");
		assertThat(Regex.of("(a*)*b").matches("a".repeat(8000))).isFalse();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/{a", "/a{b}", "/{a}b", "/{}", "/{1}", "/{a}//b", "/{a}/../b", "/{a}/", "{a}", "/{a}/*" })
	void templateThatIsNotOfWholeSegmentsIsRejected(String path) {
		assertThatIllegalArgumentException().isThrownBy(() -> PathMatch.of(path))
			.withMessageStartingWith("path: \"%s\" (expected: a canonical path with whole segments".formatted(path));
	}

	private static PathMatch path(String text) {
		return PathMatch.of(text);
	}

	private static RequestMatch match(PathMatch path) {
		return new RequestMatch(path, Set.of(), List.of(), List.of(), List.of());
	}

	private static Route route(String id, PathMatch path) {
		return new Route(id, List.of(), List.of(match(path)), backends(), "", false, RoutePolicy.DEFAULTS);
	}

	private static Route route(String id, List<FieldMatch> headers, List<FieldMatch> parameters,
			List<FieldMatch> cookies) {
		return new Route(id, List.of(),
				List.of(new RequestMatch(PathMatch.ANY, Set.of(), headers, parameters, cookies)), backends(), "", false,
				RoutePolicy.DEFAULTS);
	}

	private static List<WeightedBackend> backends() {
		return List.of(WeightedBackend.all(new ServiceName("a")));
	}

	private static RouteTable table(Route... routes) {
		return new RouteTable(Arrays.asList(routes), false, RoutePolicy.DEFAULTS);
	}

	private static @Nullable String id(RouteTable table, String path) {
		return id(table, "GET", "", path, "", Map.of());
	}

	private static @Nullable String id(RouteTable table, String method, String host, String path, String query,
			Map<String, String> headers) {
		RouteMatch match = table.match(new RequestAttributes() {

			@Override
			public String method() {
				return method;
			}

			@Override
			public String query() {
				return query;
			}

			@Override
			public @Nullable String header(String name) {
				return headers.get(name);
			}

		}, host, path);
		RouteExplanation explanation = table.explain(method, host, path, query, headers::get);
		String explained = (explanation.route() != null) ? explanation.route().id() : null;
		String id = (match != null) ? match.route() : null;
		assertThat(explained).isEqualTo(id);
		return id;
	}

}
