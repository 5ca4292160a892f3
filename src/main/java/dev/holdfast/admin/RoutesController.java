package dev.holdfast.admin;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.route.RouteTable;
import dev.holdfast.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/**
 * The table of routes, and where a request would go by it. Nothing is sent, and no state
 * of an instance changes.
 */
@RestController
@RequestMapping("/registry/routes")
class RoutesController {

	private final RouteTable routes;

	private final Upstreams upstreams;

	private final Registry registry;

	private final Overrides overrides;

	private final PortAnswers answers;

	RoutesController(RouteTable routes, Upstreams upstreams, Registry registry, Overrides overrides,
			PortAnswers answers) {
		this.routes = routes;
		this.upstreams = upstreams;
		this.registry = registry;
		this.overrides = overrides;
		this.answers = answers;
	}

	@GetMapping
	@TextColumns({ "id", "host", "path", "methods", "headers", "service", "STRIP=stripPrefix", "protocol" })
	Page<RouteView> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		List<RouteView> all = all(this.routes);
		Map<String, Integer> places = new HashMap<>();
		IntStream.range(0, all.size()).forEach((i) -> places.put(all.get(i).id(), i));
		Comparator<RouteView> byId = Comparator.comparing(RouteView::id);
		Comparator<RouteView> order = new Sorting<>(Map.of("precedence",
				Comparator.comparing((RouteView route) -> places.getOrDefault(route.id(), 0)), "id", byId, "service",
				Comparator.comparing(RouteView::service, Comparator.nullsLast(Comparator.<String>naturalOrder()))
					.thenComparing(byId)),
				"precedence")
			.by(sort);
		return Page.of(all.stream().filter((route) -> q == null || route.matches(q)).sorted(order).toList(), request);
	}

	/**
	 * All rules in the order of precedence.
	 */
	static List<RouteView> all(RouteTable routes) {
		Stream<RouteView> explicit = routes.routes().stream().map(RouteView::of);
		return (routes.isByPath() ? Stream.concat(explicit, Stream.of(RouteView.byPath(routes.policy(null))))
				: explicit)
			.toList();
	}

	@GetMapping("/match")
	@TextColumns(rows = "candidates", value = { "id", "url", "zone", "weight", "EFFECTIVE=effectiveWeight", "share",
			"active", "eligible", "reasons" })
	MatchView match(@RequestParam(required = false) @Nullable String method,
			@RequestParam(required = false) @Nullable String host,
			@RequestParam(required = false) @Nullable String path, HttpServletRequest read) {
		String[] headers = read.getParameterValues("header");
		ImaginedRequest request = ImaginedRequest.of(method, host, path,
				(headers != null) ? List.of(headers) : List.of());
		return new RouteTrial(this.routes, this.upstreams, this.registry, this.overrides, this.answers).of(request);
	}

}
