package dev.holdfast.route;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to find a route among ten thousand: 100 hosts, half of them wildcards,
 * with 100 paths each, every tenth of them with conditions, and a regular expression in
 * every tenth host.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class RouteTableBenchmark {

	private static final int HOSTS = 100;

	private static final int PATHS = 100;

	private static final Asked GET = new Asked("GET", "", Map.of());

	private static final Asked CANARY = new Asked("GET", "?v=2", Map.of("x-beta", "1"));

	private final RouteTable table = new RouteTable(routes(), false, RoutePolicy.DEFAULTS);

	private static List<Route> routes() {
		List<Route> routes = new ArrayList<>();
		for (int host = 0; host < HOSTS; host++) {
			for (int path = 0; path < PATHS; path++) {
				routes.add(route(host, path));
			}
		}
		return routes;
	}

	private static Route route(int host, int number) {
		PathMatch path = (number == 0 && host % 10 == 0) ? new PathMatch.Regular(Regex.of("/v[0-9]+/.*"))
				: PathMatch.of(switch (number % 3) {
					case 0 -> "/api/v1/resource-%d/**".formatted(number);
					case 1 -> "/api/v1/resource-%d/{id}".formatted(number);
					default -> "/api/v1/resource-%d".formatted(number);
				});
		List<FieldMatch> headers = (number % 10 == 0) ? List.of(FieldMatch.header("x-beta", new ValueMatch.Exact("1")))
				: List.of();
		return new Route("r%d-%d".formatted(host, number),
				List.of(((host % 2 == 0) ? "" : "*.") + "host-%d.example.org".formatted(host)),
				List.of(new RequestMatch(path, Set.of(), headers, List.of(), List.of())),
				List.of(WeightedBackend.all(new ServiceName("service-" + host))), "", false, RoutePolicy.DEFAULTS);
	}

	/**
	 * By an exact host and a prefix.
	 * @return the match
	 */
	@Benchmark
	public @Nullable RouteMatch prefix() {
		return this.table.match(GET, "host-42.example.org", "/api/v1/resource-63/items/7");
	}

	/**
	 * By a wildcard and a template.
	 * @return the match
	 */
	@Benchmark
	public @Nullable RouteMatch wildcardAndTemplate() {
		return this.table.match(GET, "a.host-43.example.org", "/api/v1/resource-64/7");
	}

	/**
	 * By a header.
	 * @return the match
	 */
	@Benchmark
	public @Nullable RouteMatch header() {
		return this.table.match(CANARY, "host-42.example.org", "/api/v1/resource-30/items/7");
	}

	/**
	 * By the only regular expression of the host.
	 * @return the match
	 */
	@Benchmark
	public @Nullable RouteMatch regex() {
		return this.table.match(CANARY, "host-50.example.org", "/v12/items/7");
	}

	/**
	 * By nothing.
	 * @return nothing
	 */
	@Benchmark
	public @Nullable RouteMatch none() {
		return this.table.match(GET, "host-42.example.org", "/api/v1/resource-999/items");
	}

	/**
	 * A request.
	 *
	 * @param method its method
	 * @param query its query
	 * @param fields its header fields
	 */
	private record Asked(String method, String query, Map<String, String> fields) implements RequestAttributes {

		@Override
		public @Nullable String header(String name) {
			return this.fields.get(name);
		}

	}

}
