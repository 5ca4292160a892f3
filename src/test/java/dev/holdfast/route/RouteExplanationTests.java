package dev.holdfast.route;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteExplanationTests {

	private static final List<String> HOSTS = List.of("", "a.example.org", "b.a.example.org", "*.example.org",
			"*.a.example.org");

	private static final List<String> PATHS = List.of("/**", "/orders", "/orders/**", "/orders/1", "/orders/1/**",
			"/users/**", "/orders/");

	private static final List<String> REQUESTED = List.of("/", "/orders", "/orders/", "/orders/1", "/orders/1/2",
			"/orders/2", "/users", "/users/7", "/users7", "/other", "//orders/1");

	private final Random random = new Random(11);

	@Test
	void theFirstRouteThatMatchesInTheOrderOfPrecedenceIsTheOneThatIsTaken() {
		int taken = 0;
		for (int i = 0; i < 2000; i++) {
			RouteTable table = table();
			String method = one(List.of("GET", "PUT"));
			String host = one(List.of("", "a.example.org", "b.a.example.org", "c.b.a.example.org", "x.example.org"));
			String path = one(REQUESTED);
			Map<String, String> headers = this.random.nextBoolean() ? Map.of()
					: Map.of("x-beta", one(List.of("1", "2")));
			RouteExplanation explanation = table.explain(method, host, path, headers::get);
			RouteMatch match = table.match(method, host, path, headers::get);
			assertThat(explanation.match()).isEqualTo(match);
			List<String> matched = explanation.considered()
				.stream()
				.filter(RouteExplanation.Considered::matched)
				.map(RouteExplanation.Considered::route)
				.toList();
			if (match == null) {
				assertThat(matched).isEmpty();
			}
			else {
				taken++;
				assertThat(matched).as("%s %s%s", method, host, path).first().isEqualTo(match.route());
			}
		}
		assertThat(taken).isBetween(500, 1990);
	}

	@Test
	void eachRouteSaysWhatTheRequestLacksAndNoneSaysTheValueOfAField() {
		RouteTable table = new RouteTable(List.of(route("h", "a.example.org", "/**", Set.of(), Map.of()),
				route("p", "", "/users/**", Set.of(), Map.of()),
				route("m", "", "/**", Set.of("PUT", "DELETE"), Map.of()),
				route("f", "", "/**", Set.of(), Map.of("X-Beta", "s3cret"))), false, RoutePolicy.DEFAULTS);
		Map<String, String> reasons = new HashMap<>();
		table.explain("GET", "b.example.org", "/orders", Map.of("x-beta", "guess")::get)
			.considered()
			.forEach((rule) -> reasons.put(rule.route(), rule.why()));
		assertThat(reasons).containsEntry("h", "host: b.example.org (expected: a.example.org)")
			.containsEntry("p", "path: /orders (expected: /users/**)")
			.containsEntry("m", "method: GET (expected: DELETE, PUT)")
			.containsEntry("f", "header x-beta: another value")
			.containsEntry("by-path", "requests are not routed by their path");
	}

	@Test
	void nobodyFindsTheValueOfASecretHeaderByAsking() {
		RouteTable table = new RouteTable(List.of(route("f", "", "/**", Set.of(), Map.of("X-Key", "s3cret")),
				route("all", "", "/**", Set.of(), Map.of())), false, RoutePolicy.DEFAULTS);
		RouteExplanation wrong = table.explain("GET", "", "/orders", Map.of("x-key", "guess")::get);
		assertThat(table.explain("GET", "", "/orders", Map.of("x-key", "s3cret")::get)).isEqualTo(wrong);
		assertThat(wrong.considered().getFirst().why()).isEqualTo("it is taken; whether its x-key fits is not told");
		assertThat(wrong.match()).extracting(RouteMatch::route).isEqualTo("f");
		RouteExplanation none = table.explain("GET", "", "/orders", Map.<String, String>of()::get);
		assertThat(none.match()).extracting(RouteMatch::route).isEqualTo("all");
		assertThat(none.considered().getFirst().why()).isEqualTo("header x-key: none");
	}

	private RouteTable table() {
		List<Route> routes = new ArrayList<>();
		int count = this.random.nextInt(8);
		for (int i = 0; i < count; i++) {
			routes.add(route("r" + i, one(HOSTS), one(PATHS), this.random.nextBoolean() ? Set.of() : Set.of("GET"),
					this.random.nextInt(3) > 0 ? Map.of() : Map.of("X-Beta", "1")));
		}
		boolean merges = this.random.nextBoolean();
		RouteTable table = new RouteTable(routes, this.random.nextBoolean(), new RoutePolicy(BackendProtocol.AUTO,
				RouteTimes.DEFAULTS, 0, BackendSecurity.DEFAULTS, new PathRules(EncodedSlashes.PASS, merges)));
		ServiceName orders = new ServiceName("orders");
		table.onSnapshot(Snapshot.EMPTY.with(new Service(orders, List.of(), 1)), Set.of(orders));
		return table;
	}

	private static Route route(String id, String host, String path, Set<String> methods, Map<String, String> headers) {
		return new Route(id, host, path, methods, headers, new ServiceName("target"), "", false, RoutePolicy.DEFAULTS);
	}

	private String one(List<String> values) {
		return values.get(this.random.nextInt(values.size()));
	}

}
