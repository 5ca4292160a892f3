package dev.holdfast.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class RouteTableTests {

	@ParameterizedTest
	@CsvSource({ "/orders/v1/items, /v1/items", "/orders, /", "/orders/, /", "/orders//, //",
			"/orders/orders, /orders" })
	void firstSegmentNamesTheServiceAndIsTakenOff(String path, String rest) {
		RouteTable table = byPath("orders", "order");
		assertThat(match(table, "GET", "", path)).isEqualTo(
				new RouteMatch("by-path", new ServiceName("orders"), rest, "/orders", false, RoutePolicy.DEFAULTS));
	}

	@ParameterizedTest
	@ValueSource(strings = { "/", "/order", "/orders2", "/Orders", "/users/orders", "*", "", "orders" })
	void pathOfNoKnownServiceMatchesNothing(String path) {
		assertThat(match(byPath("orders"), "GET", "", path)).isNull();
	}

	@Test
	void matchByPathCanBeTurnedOff() {
		RouteTable table = new RouteTable(List.of(), false, RoutePolicy.DEFAULTS);
		announce(table, "orders");
		assertThat(match(table, "GET", "", "/orders")).isNull();
	}

	@Test
	void serviceWhoseInstancesAllWentStaysKnown() {
		RouteTable table = byPath("orders");
		ServiceName orders = new ServiceName("orders");
		table.onSnapshot(Snapshot.EMPTY.with(new Service(orders, List.of(), 2)), Set.of(orders));
		assertThat(match(table, "GET", "", "/orders")).isNotNull();
		table.onSnapshot(Snapshot.EMPTY, Set.of(orders));
		assertThat(match(table, "GET", "", "/orders")).isNotNull();
	}

	@Test
	void onSnapshotLooksAtTheChangedServicesAlone() {
		RouteTable table = new RouteTable(List.of(), true, RoutePolicy.DEFAULTS);
		ServiceName orders = new ServiceName("orders");
		ServiceName users = new ServiceName("users");
		Snapshot both = Snapshot.EMPTY.with(service(orders)).with(service(users));
		table.onSnapshot(both, Set.of(users));
		assertThat(match(table, "GET", "", "/orders")).isNull();
		assertThat(match(table, "GET", "", "/users")).isNotNull();
	}

	@ParameterizedTest
	@CsvSource({ "user.rpc, /user.rpc", "a:b@c, /a:b@c", "größe, /gr%C3%B6%C3%9Fe", "100%, /100%25",
			"a?b#c, /a%3Fb%23c", "订单, /%E8%AE%A2%E5%8D%95" })
	void serviceIsFoundByItsNameAsACanonicalPathHasIt(String name, String path) {
		RouteMatch match = match(byPath(name), "GET", "", path + "/x");
		assertThat(match)
			.isEqualTo(new RouteMatch("by-path", new ServiceName(name), "/x", path, false, RoutePolicy.DEFAULTS));
	}

	@Test
	void explicitRouteComesBeforeThePath() {
		RouteTable table = table(route("explicit").path("/orders/**"));
		announce(table, "orders");
		assertThat(id(table, "GET", "", "/orders/1")).isEqualTo("explicit");
	}

	@Test
	void explicitRouteNeedsNoKnownService() {
		assertThat(id(table(route("a").path("/x")), "GET", "", "/x")).isEqualTo("a");
	}

	@Test
	void requestThatNoConditionFitsFallsBackOnThePath() {
		RouteTable table = table(route("explicit").path("/orders/**").methods("GET"));
		announce(table, "orders");
		assertThat(id(table, "POST", "", "/orders/1")).isEqualTo("by-path");
	}

	@Test
	void prefixMatchesWholeSegmentsAndItself() {
		RouteTable table = table(route("a").path("/users/**"));
		assertThat(id(table, "GET", "", "/users")).isEqualTo("a");
		assertThat(id(table, "GET", "", "/users/")).isEqualTo("a");
		assertThat(id(table, "GET", "", "/users/1/2")).isEqualTo("a");
		assertThat(id(table, "GET", "", "/users2")).isNull();
		assertThat(id(table, "GET", "", "/user")).isNull();
	}

	@Test
	void exactPathMatchesNothingElse() {
		RouteTable table = table(route("a").path("/users"), route("root").path("/"));
		assertThat(id(table, "GET", "", "/users")).isEqualTo("a");
		assertThat(id(table, "GET", "", "/users/")).isNull();
		assertThat(id(table, "GET", "", "/users/1")).isNull();
		assertThat(id(table, "GET", "", "/")).isEqualTo("root");
	}

	@Test
	void longerPathWinsAndExactWinsOverPrefix() {
		RouteTable table = table(route("all").path("/**"), route("users").path("/users/**"),
				route("admins").path("/users/admins/**"), route("exact").path("/users/admins"));
		assertThat(id(table, "GET", "", "/x")).isEqualTo("all");
		assertThat(id(table, "GET", "", "/users/1")).isEqualTo("users");
		assertThat(id(table, "GET", "", "/users/admins/1")).isEqualTo("admins");
		assertThat(id(table, "GET", "", "/users/admins")).isEqualTo("exact");
	}

	@Test
	void shorterPathIsTakenWhenTheConditionsOfTheLongerDoNotFit() {
		RouteTable table = table(route("all").path("/**"), route("users").path("/users/**").header("x-beta", "1"),
				route("exact").path("/users/1").methods("GET"));
		assertThat(id(table, "GET", "", "/users/1")).isEqualTo("exact");
		assertThat(id(table, "PUT", "", "/users/1", Map.of("x-beta", "1"))).isEqualTo("users");
		assertThat(id(table, "PUT", "", "/users/1", Map.of("x-beta", "2"))).isEqualTo("all");
		assertThat(id(table, "PUT", "", "/users/1")).isEqualTo("all");
	}

	@Test
	void exactHostWinsOverWildcardOverAny() {
		RouteTable table = table(route("any").path("/a/b/c"), route("org").host("*.org").path("/a/b/**"),
				route("wild").host("*.example.org").path("/a/**"), route("exact").host("api.example.org").path("/**"));
		assertThat(id(table, "GET", "api.example.org", "/a/b/c")).isEqualTo("exact");
		assertThat(id(table, "GET", "www.example.org", "/a/b/c")).isEqualTo("wild");
		assertThat(id(table, "GET", "a.b.example.org", "/a/b/c")).isEqualTo("wild");
		assertThat(id(table, "GET", "example.org", "/a/b/c")).isEqualTo("org");
		assertThat(id(table, "GET", "org", "/a/b/c")).isEqualTo("any");
		assertThat(id(table, "GET", "", "/a/b/c")).isEqualTo("any");
	}

	@Test
	void lessSpecificHostIsTakenWhenThePathOfTheOtherDoesNotFit() {
		RouteTable table = table(route("any").path("/c/**"), route("wild").host("*.example.org").path("/b/**"),
				route("exact").host("api.example.org").path("/a/**"));
		assertThat(id(table, "GET", "api.example.org", "/a/1")).isEqualTo("exact");
		assertThat(id(table, "GET", "api.example.org", "/b/1")).isEqualTo("wild");
		assertThat(id(table, "GET", "api.example.org", "/c/1")).isEqualTo("any");
		assertThat(id(table, "GET", "api.example.org", "/d/1")).isNull();
	}

	@Test
	void moreConditionsWinAndThenTheOrderOfDeclaration() {
		RouteTable table = table(route("none").path("/x"), route("first").path("/x").header("a", "1"),
				route("second").path("/x").header("b", "1"), route("two").path("/x").header("b", "1").methods("PUT"));
		assertThat(id(table, "GET", "", "/x", Map.of("a", "1", "b", "1"))).isEqualTo("first");
		assertThat(id(table, "GET", "", "/x", Map.of("b", "1"))).isEqualTo("second");
		assertThat(id(table, "PUT", "", "/x", Map.of("a", "1", "b", "1"))).isEqualTo("two");
		assertThat(id(table, "PUT", "", "/x")).isEqualTo("none");
	}

	@Test
	void prefixIsStrippedAndHostPreservedAsTheRouteSays() {
		ServiceName service = new ServiceName("users");
		RouteTable table = new RouteTable(
				List.of(new Route("a", "", "/api/users/**", Set.of(), Map.of(), service, "/api", true,
						RoutePolicy.DEFAULTS),
						new Route("b", "", "/v1/**", Set.of(), Map.of(), service, "/v1", false, RoutePolicy.DEFAULTS)),
				true, RoutePolicy.DEFAULTS);
		assertThat(match(table, "GET", "", "/api/users/1"))
			.isEqualTo(new RouteMatch("a", service, "/users/1", "/api", true, RoutePolicy.DEFAULTS));
		assertThat(match(table, "GET", "", "/v1"))
			.isEqualTo(new RouteMatch("b", service, "/", "/v1", false, RoutePolicy.DEFAULTS));
	}

	@ParameterizedTest
	@CsvSource({ "/orders/a%2Fb, /a%2Fb", "/orders//a, //a", "/orders/%2F, /%2F" })
	void slashesThatAreDataBelongToTheirSegments(String path, String rest) {
		assertThat(match(byPath("orders", "a"), "GET", "", path)).isEqualTo(
				new RouteMatch("by-path", new ServiceName("orders"), rest, "/orders", false, RoutePolicy.DEFAULTS));
		assertThat(id(table(route("a").path("/orders/a/**")), "GET", "", path)).isNull();
	}

	@ParameterizedTest
	@ValueSource(strings = { "//orders/a", "//", "/orders%2Fa", "/%2Forders" })
	void pathWhoseFirstSegmentIsNoServiceMatchesNothing(String path) {
		assertThat(match(byPath("orders"), "GET", "", path)).isNull();
	}

	@ParameterizedTest
	@CsvSource({ "/orders/a//b, /a/b", "//orders///a, /a", "/orders//, /", "/orders/a%2F%2Fb, /a%2F%2Fb" })
	void mergedPathDecidesTheServiceAndIsWhatItSees(String path, String rest) {
		RouteTable table = new RouteTable(List.of(), true, policy(true));
		announce(table, "orders");
		assertThat(match(table, "GET", "", path))
			.isEqualTo(new RouteMatch("by-path", new ServiceName("orders"), rest, "/orders", false, policy(true)));
	}

	@Test
	void routeThatMergesIsFoundByThePathAsItIsAndThenTheMergedOneDecides() {
		RouteTable table = new RouteTable(List.of(route("all", "/a/**", true), route("one", "/a/b", false)), true,
				RoutePolicy.DEFAULTS);
		assertThat(match(table, "GET", "", "/a//c")).extracting(RouteMatch::route, RouteMatch::path)
			.containsExactly("all", "/a/c");
		assertThat(match(table, "GET", "", "/a//b")).extracting(RouteMatch::route, RouteMatch::path)
			.containsExactly("one", "/a/b");
		assertThat(match(table, "GET", "", "//a/b")).isNull();
	}

	@Test
	void routeThatDoesNotMergeSeesThePathAsItIsWhereOthersAreMerged() {
		RouteTable table = new RouteTable(List.of(route("git", "/git/**", false), route("rest", "/**", true)), true,
				policy(true));
		assertThat(match(table, "GET", "", "/git//x")).extracting(RouteMatch::route, RouteMatch::path)
			.containsExactly("git", "/git//x");
		assertThat(match(table, "GET", "", "//git/x")).extracting(RouteMatch::route, RouteMatch::path)
			.containsExactly("git", "/git/x");
		assertThat(match(table, "GET", "", "//x//y")).extracting(RouteMatch::route, RouteMatch::path)
			.containsExactly("rest", "/x/y");
	}

	private static Route route(String id, String path, boolean mergeSlashes) {
		return new Route(id, "", path, Set.of(), Map.of(), new ServiceName("users"), "", false, policy(mergeSlashes));
	}

	private static RoutePolicy policy(boolean mergeSlashes) {
		RoutePolicy usual = RoutePolicy.DEFAULTS;
		return new RoutePolicy(usual.protocol(), usual.times(), 0, usual.security(),
				new PathRules(EncodedSlashes.PASS, mergeSlashes));
	}

	@Test
	void duplicateIdsAreRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> table(route("a").path("/x"), route("a").path("/y")))
			.withMessage("id: \"a\" (expected: unique among all routes)");
	}

	@Test
	void findsWhatAScanOverAllRoutesWouldFind() {
		Random random = new Random(42);
		for (int round = 0; round < 200; round++) {
			List<Route> routes = randomRoutes(random);
			RouteTable table = new RouteTable(routes, false, RoutePolicy.DEFAULTS);
			for (int i = 0; i < 50; i++) {
				String method = pick(random, "GET", "PUT");
				String host = pick(random, "a.org", "x.a.org", "y.x.a.org", "b.org");
				String path = randomPath(random);
				Map<String, String> headers = random.nextBoolean() ? Map.of("h", "1") : Map.of();
				assertThat(id(table, method, host, path, headers)).as("%s %s %s %s", method, host, path, headers)
					.isEqualTo(scan(routes, method, host, path, headers));
			}
		}
	}

	private static List<Route> randomRoutes(Random random) {
		List<Route> routes = new ArrayList<>();
		for (int i = 0; i < 12; i++) {
			String path = randomPath(random);
			RouteDraft draft = route("r" + i).host(pick(random, "", "a.org", "*.a.org", "*.x.a.org"))
				.path(random.nextBoolean() ? path : (path.endsWith("/") ? "/**" : path + "/**"));
			draft = random.nextBoolean() ? draft : draft.methods("GET");
			routes.add((random.nextBoolean() ? draft : draft.header("h", "1")).build());
		}
		return routes;
	}

	private static String randomPath(Random random) {
		StringBuilder path = new StringBuilder();
		int depth = random.nextInt(4);
		for (int i = 0; i < depth; i++) {
			path.append('/').append(pick(random, "a", "b", "ab"));
		}
		return path.isEmpty() ? "/" : path.toString();
	}

	/**
	 * The rule as it is told to users, without a thought for speed.
	 */
	private static @Nullable String scan(List<Route> routes, String method, String host, String path,
			Map<String, String> headers) {
		Route best = null;
		for (Route route : routes) {
			boolean fits = hostFits(route.host(), host) && pathFits(route.path(), path)
					&& (route.methods().isEmpty() || route.methods().contains(method))
					&& route.headers()
						.entrySet()
						.stream()
						.allMatch((h) -> h.getValue().equals(headers.get(h.getKey())));
			if (fits && (best == null || Arrays.compare(rank(route), rank(best)) > 0)) {
				best = route;
			}
		}
		return (best != null) ? best.id() : null;
	}

	private static boolean hostFits(String pattern, String host) {
		return pattern.isEmpty() || pattern.equals(host)
				|| (pattern.startsWith("*") && host.endsWith(pattern.substring(1)));
	}

	private static boolean pathFits(String pattern, String path) {
		return pattern.equals(path)
				|| (pattern.endsWith("/**") && (path + "/").startsWith(pattern.substring(0, pattern.length() - 2)));
	}

	private static int[] rank(Route route) {
		int host = route.host().isEmpty() ? 0 : (route.host().startsWith("*") ? route.host().length() : 1000);
		boolean prefix = route.path().endsWith("/**");
		return new int[] { host, prefix ? route.path().length() - 3 : 1000, route.methods().isEmpty() ? 0 : 1,
				route.headers().size() };
	}

	private static String pick(Random random, String... choices) {
		return choices[random.nextInt(choices.length)];
	}

	private static @Nullable String id(RouteTable table, String method, String host, String path) {
		return id(table, method, host, path, Map.of());
	}

	private static @Nullable String id(RouteTable table, String method, String host, String path,
			Map<String, String> headers) {
		RouteMatch match = table.match(method, host, path, headers::get);
		return (match != null) ? match.route() : null;
	}

	private static @Nullable RouteMatch match(RouteTable table, String method, String host, String path) {
		return table.match(method, host, path, (name) -> null);
	}

	private static RouteTable byPath(String... services) {
		RouteTable table = new RouteTable(List.of(), true, RoutePolicy.DEFAULTS);
		announce(table, services);
		return table;
	}

	private static void announce(RouteTable table, String... services) {
		for (String name : services) {
			ServiceName service = new ServiceName(name);
			table.onSnapshot(Snapshot.EMPTY.with(service(service)), Set.of(service));
		}
	}

	private static Service service(ServiceName name) {
		Registration registration = new Registration("/services/" + name + "/a", "plain", 1, 1, 0,
				Registration.Origin.WATCH);
		return new Service(name, List.of(new Instance("a", new Endpoint(Scheme.HTTP, "127.0.0.1", 80),
				Instance.DEFAULT_WEIGHT, "", "", Map.of(), registration)), 1);
	}

	private static RouteTable table(RouteDraft... routes) {
		return new RouteTable(Arrays.stream(routes).map(RouteDraft::build).toList(), true, RoutePolicy.DEFAULTS);
	}

	private static RouteDraft route(String id) {
		return new RouteDraft(id, "", "/**", Set.of(), Map.of());
	}

	private record RouteDraft(String id, String host, String path, Set<String> methods, Map<String, String> headers) {

		RouteDraft host(String other) {
			return new RouteDraft(this.id, other, this.path, this.methods, this.headers);
		}

		RouteDraft path(String other) {
			return new RouteDraft(this.id, this.host, other, this.methods, this.headers);
		}

		RouteDraft methods(String... others) {
			return new RouteDraft(this.id, this.host, this.path, Set.of(others), this.headers);
		}

		RouteDraft header(String name, String value) {
			return new RouteDraft(this.id, this.host, this.path, this.methods, Map.of(name, value));
		}

		Route build() {
			return new Route(this.id, this.host, this.path, this.methods, this.headers, new ServiceName("users"), "",
					false, RoutePolicy.DEFAULTS);
		}

	}

}
