package dev.holdfast.admin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.Registry;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.Route;
import dev.holdfast.route.RouteTable;
import dev.holdfast.route.source.RouteCatalog;
import dev.holdfast.route.source.RouteSources;
import dev.holdfast.route.source.RouteStatus;
import dev.holdfast.route.source.SourceStatus;
import dev.holdfast.upstream.Upstreams;
import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
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

	private final ActiveRoutes routes;

	private final RouteCatalog catalog;

	private final RouteSources sources;

	private final ObjectMapper mapper;

	private final Upstreams upstreams;

	private final Registry registry;

	private final Overrides overrides;

	private final PortAnswers answers;

	RoutesController(ActiveRoutes routes, RouteCatalog catalog, RouteSources sources, ObjectMapper mapper,
			Upstreams upstreams, Registry registry, Overrides overrides, PortAnswers answers) {
		this.routes = routes;
		this.catalog = catalog;
		this.sources = sources;
		this.mapper = mapper;
		this.upstreams = upstreams;
		this.registry = registry;
		this.overrides = overrides;
		this.answers = answers;
	}

	@GetMapping
	@TextColumns({ "id", "state", "host", "path", "methods", "headers", "service", "STRIP=stripPrefix", "protocol",
			"ORIGIN=origin.place", "LINE=origin.line", "reason" })
	Page<ListedRoute> list(@RequestParam(required = false) @Nullable String q,
			@RequestParam(required = false) @Nullable String sort,
			@RequestParam(required = false) @Nullable String page,
			@RequestParam(required = false) @Nullable String size) {
		PageRequest request = PageRequest.of(page, size);
		List<ListedRoute> all = all(this.routes.table(), this.catalog);
		IdentityHashMap<ListedRoute, Integer> places = new IdentityHashMap<>();
		IntStream.range(0, all.size()).forEach((i) -> places.put(all.get(i), i));
		Comparator<ListedRoute> byId = Comparator.comparing((ListedRoute listed) -> listed.route().id());
		Comparator<ListedRoute> order = new Sorting<>(
				Map.of("precedence", Comparator.comparing((ListedRoute listed) -> places.getOrDefault(listed, 0)), "id",
						byId, "service",
						Comparator
							.comparing((ListedRoute listed) -> listed.route().service(),
									Comparator.nullsLast(Comparator.<String>naturalOrder()))
							.thenComparing(byId),
						"state",
						Comparator.comparing((ListedRoute listed) -> listed.state().name()).thenComparing(byId)),
				"precedence")
			.by(sort);
		return Page.of(all.stream().filter((route) -> q == null || route.matches(q)).sorted(order).toList(), request);
	}

	/**
	 * All rules in the order of precedence, behind them what is not in force.
	 */
	static List<ListedRoute> all(RouteTable table, RouteCatalog catalog) {
		List<RouteStatus> statuses = catalog.statuses();
		Map<String, RouteStatus> inForce = new HashMap<>();
		statuses.stream()
			.filter((status) -> status.route() != null)
			.forEach((status) -> inForce.put(status.id(), status));
		List<ListedRoute> all = new ArrayList<>(statuses.size() + 1);
		for (Route route : table.routes()) {
			RouteStatus status = inForce.get(route.id());
			if (status != null) {
				all.add(ListedRoute.of(status));
			}
		}
		if (table.isByPath()) {
			all.add(ListedRoute.byPath(table.policy(null), catalog.begun()));
		}
		statuses.stream().filter((status) -> status.route() == null).map(ListedRoute::of).forEach(all::add);
		return all;
	}

	@GetMapping("/sources")
	Page<SourceStatus> sources() {
		return Page.of(this.sources.statuses(), PageRequest.of(null, null));
	}

	@GetMapping("/{id}")
	RouteDetail find(@PathVariable String id) throws HttpMediaTypeNotAcceptableException {
		if (id.equals(RouteSchemaController.NAME)) {
			// Asked for in another form than the only one that it has.
			throw new HttpMediaTypeNotAcceptableException(List.of(MediaType.APPLICATION_JSON));
		}
		List<RouteStatus> found = this.catalog.statuses().stream().filter((status) -> status.id().equals(id)).toList();
		RouteTable table = this.routes.table();
		ValueOrigins origins = new ValueOrigins(this.mapper, table.policy(null));
		if (table.isByPath() && id.equals(RouteTable.BY_PATH)) {
			return new RouteDetail(ListedRoute.byPath(table.policy(null), this.catalog.begun()),
					origins.of(RouteView::byPath), List.of());
		}
		if (found.isEmpty()) {
			throw new ProblemException(HttpStatus.NOT_FOUND, "unknown-route",
					"route: \"%s\" (expected: the id of one that GET /registry/routes lists)".formatted(id));
		}
		RouteStatus shown = found.stream()
			.filter((status) -> status.route() != null)
			.findFirst()
			.orElse(found.getFirst());
		ListedRoute listed = ListedRoute.of(shown);
		return new RouteDetail(listed,
				(shown.route() == null) ? Map.of() : origins
					.of((defaults) -> this.catalog.under(shown, defaults).map(RouteView::of).orElse(listed.route())),
				found.stream().filter((status) -> !status.equals(shown)).map(ListedRoute::of).toList());
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
