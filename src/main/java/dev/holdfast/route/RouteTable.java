package dev.holdfast.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;

/**
 * Finds the service that a request is for: by an explicit route first, then by the first
 * segment of the path.
 * <p>
 * Of the explicit routes that match, the most specific wins: an exact host before a
 * wildcard, the longer wildcard before the shorter, any host last; then, segment by
 * segment, the path that ends before a literal segment, that before a variable one, that
 * before all that follows, and regular expressions last; then one with a method before
 * one without, more header fields before fewer, more query parameters, more cookies, and
 * what was listed first.
 */
public final class RouteTable implements SnapshotListener {

	/** The id that stands for the rule by path. */
	public static final String BY_PATH = "by-path";

	private static final String UNRESERVED_IN_SEGMENT = "-._~!$&'()*+,;=:@";

	/** In the order of precedence. */
	private final List<RouteEntry> entries;

	/** In the order of precedence of the first entry of each. */
	private final List<Route> routes;

	/** Of the first route to each service. */
	private final Map<ServiceName, RoutePolicy> servicePolicies;

	private final HostTable hosts;

	private final boolean byPath;

	private final RoutePolicy byPathPolicy;

	/**
	 * By the slash and the segment as it appears in a canonical path. A service stays
	 * when its last instance goes: its requests deserve "unavailable", not "not found".
	 */
	private final Map<String, ServiceName> known;

	/**
	 * Creates a table.
	 * @param routes the explicit routes
	 * @param byPath whether a path's first segment names a service
	 * @param byPathPolicy how requests are treated that are routed by their path
	 * @throws IllegalArgumentException if two routes have the same id
	 */
	public RouteTable(List<Route> routes, boolean byPath, RoutePolicy byPathPolicy) {
		this(routes, byPath, byPathPolicy, new ConcurrentHashMap<>());
	}

	private RouteTable(List<Route> routes, boolean byPath, RoutePolicy byPathPolicy, Map<String, ServiceName> known) {
		this.known = known;
		Set<String> ids = HashSet.newHashSet(routes.size());
		for (Route route : routes) {
			if (!ids.add(route.id())) {
				throw new IllegalArgumentException(
						"id: \"%s\" (expected: unique among all routes)".formatted(route.id()));
			}
		}
		List<RouteEntry> entries = routes.stream().flatMap((route) -> RouteEntry.of(route).stream()).toList();
		this.entries = entries.stream().sorted(RouteEntry.PRECEDENCE).toList();
		Map<String, Route> first = LinkedHashMap.newLinkedHashMap(routes.size());
		this.entries.forEach((entry) -> first.putIfAbsent(entry.route().id(), entry.route()));
		this.routes = List.copyOf(first.values());
		this.servicePolicies = servicePolicies(this.routes);
		this.hosts = new HostTable(entries);
		this.byPath = byPath;
		this.byPathPolicy = byPathPolicy;
	}

	private static Map<ServiceName, RoutePolicy> servicePolicies(List<Route> routes) {
		Map<ServiceName, RoutePolicy> policies = new HashMap<>();
		for (Route route : routes) {
			route.backends().forEach((backend) -> policies.putIfAbsent(backend.service(), route.policy()));
		}
		return Map.copyOf(policies);
	}

	/**
	 * Return a table of other explicit routes, which knows the same services by path.
	 * @param others the explicit routes
	 * @return the other table
	 * @throws IllegalArgumentException if two routes have the same id
	 */
	public RouteTable replacing(List<Route> others) {
		return new RouteTable(others, this.byPath, this.byPathPolicy, this.known);
	}

	/**
	 * Finds the route of a request that has no query.
	 * @param method the method
	 * @param host the host in lower case without port
	 * @param path the canonical path
	 * @param headers gives a request header's value by its name in lower case,
	 * {@code null} when the request has none
	 * @return the match, or {@code null} when the request is for no service
	 */
	public @Nullable RouteMatch match(String method, String host, String path,
			Function<String, @Nullable String> headers) {
		return match(new GivenAttributes(method, "", headers), host, path);
	}

	/**
	 * Finds the route of a request. The spelling of the path that decides is the one that
	 * the backend sees: the path as it is, or, where the route found by it merges slashes
	 * (without a route, where requests routed by their path do), the merged one, by which
	 * the route is looked up anew.
	 * @param request what else decides
	 * @param host the host in lower case without port
	 * @param path the canonical path, without query
	 * @return the match, or {@code null} when the request is for no service
	 */
	public @Nullable RouteMatch match(RequestAttributes request, String host, String path) {
		if (path.isEmpty() || path.charAt(0) != '/') {
			return null;
		}
		Route route = this.hosts.find(request, host, path);
		String spelling = policyOf(route).paths().spelling(path);
		if (!spelling.equals(path)) {
			route = this.hosts.find(request, host, spelling);
		}
		if (route != null) {
			return route.match(spelling);
		}
		return this.byPath ? matchByPath(spelling) : null;
	}

	/**
	 * Gives the explicit routes.
	 * @return the routes, the most specific first: of those that a request matches it
	 * takes the first
	 */
	public List<Route> routes() {
		return this.routes;
	}

	/**
	 * Tells whether a path's first segment names a service where no explicit route is
	 * taken.
	 * @return whether it does
	 */
	public boolean isByPath() {
		return this.byPath;
	}

	/**
	 * Tells which route a request without query would take.
	 * @param method the method
	 * @param host the host in lower case without port
	 * @param path the canonical path
	 * @param headers gives a request header's value by its name in lower case,
	 * {@code null} when the request has none
	 * @return the explanation
	 */
	public RouteExplanation explain(String method, String host, String path,
			Function<String, @Nullable String> headers) {
		return explain(method, host, path, "", headers);
	}

	/**
	 * Tells which route a request would take, and why none of the others; costs by the
	 * number of routes. Values with names of secrets are taken to fit. Of several
	 * backends it is the one with the largest weight.
	 * @param method the method
	 * @param host the host in lower case without port
	 * @param path the canonical path, without query
	 * @param query the query with its question mark, empty when there is none
	 * @param headers gives a request header's value by its name in lower case,
	 * {@code null} when the request has none
	 * @return the explanation
	 */
	public RouteExplanation explain(String method, String host, String path, String query,
			Function<String, @Nullable String> headers) {
		RequestAttributes request = new GivenAttributes(method, query, headers);
		RouteEntry entry = firstExplained(request, host, path);
		String spelling = policyOf((entry != null) ? entry.route() : null).paths().spelling(path);
		if (!spelling.equals(path)) {
			entry = firstExplained(request, host, spelling);
		}
		Route route = (entry != null) ? entry.route() : null;
		RouteMatch match = (route != null) ? route.explain(spelling) : this.byPath ? matchByPath(spelling) : null;
		String taken = (match != null) ? match.route() : "";
		Map<String, RouteExplanation.Considered> considered = LinkedHashMap.newLinkedHashMap(this.routes.size());
		for (RouteEntry rule : this.entries) {
			considered.merge(rule.route().id(), consider(rule, request, host, spelling, taken),
					(before, now) -> before.or(now));
		}
		List<RouteExplanation.Considered> all = new ArrayList<>(considered.values());
		all.add(considerByPath(spelling, taken));
		return new RouteExplanation(match, route, all);
	}

	/** The entries stand in the order of precedence. */
	private @Nullable RouteEntry firstExplained(RequestAttributes request, String host, String path) {
		return this.entries.stream()
			.filter((entry) -> entry.mismatch(request, host, path).isEmpty())
			.findFirst()
			.orElse(null);
	}

	private static RouteExplanation.Considered consider(RouteEntry entry, RequestAttributes request, String host,
			String path, String taken) {
		String mismatch = entry.mismatch(request, host, path);
		String id = entry.route().id();
		return new RouteExplanation.Considered(id, mismatch.isEmpty(),
				mismatch.isEmpty() ? outcome(id, taken) + condition(entry) : mismatch);
	}

	private static String condition(RouteEntry entry) {
		SortedSet<String> untold = entry.untold();
		return untold.isEmpty() ? "" : "; whether its %s fits is not told".formatted(String.join(", ", untold));
	}

	private static String outcome(String id, String taken) {
		return id.equals(taken) ? "it is taken" : "it matches, and %s comes before it".formatted(taken);
	}

	private RouteExplanation.Considered considerByPath(String path, String taken) {
		if (!this.byPath) {
			return new RouteExplanation.Considered(BY_PATH, false, "requests are not routed by their path");
		}
		RouteMatch match = matchByPath(path);
		return (match != null) ? new RouteExplanation.Considered(BY_PATH, true, outcome(BY_PATH, taken))
				: new RouteExplanation.Considered(BY_PATH, false,
						"no service is or was registered whose name is the first segment of %s".formatted(path));
	}

	/**
	 * Gives what applies to a request.
	 * @param match its route, {@code null} when it is for no service
	 * @return how it is treated
	 */
	public RoutePolicy policy(@Nullable RouteMatch match) {
		return (match != null) ? match.policy() : this.byPathPolicy;
	}

	/**
	 * Gives what applies to a service where it is connected to without a request of its
	 * own.
	 * @param service the service
	 * @return how the requests of the first route to it are treated, and where no route
	 * names it, those that are routed by their path
	 */
	public RoutePolicy policyFor(ServiceName service) {
		return this.servicePolicies.getOrDefault(service, this.byPathPolicy);
	}

	private RoutePolicy policyOf(@Nullable Route route) {
		return (route != null) ? route.policy() : this.byPathPolicy;
	}

	private @Nullable RouteMatch matchByPath(String path) {
		int end = path.indexOf('/', 1);
		String prefix = (end < 0) ? path : path.substring(0, end);
		ServiceName service = this.known.get(prefix);
		if (service == null) {
			return null;
		}
		return new RouteMatch(BY_PATH, service, (end < 0) ? "/" : path.substring(end), prefix, false,
				this.byPathPolicy);
	}

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		for (ServiceName name : changed) {
			if (snapshot.find(name) != null) {
				this.known.putIfAbsent("/" + segment(name), name);
			}
		}
	}

	/**
	 * Writes a name as a canonical path has it (RFC 3986, section 3.3): all that may not
	 * stand there as it is becomes percent-encoded UTF-8.
	 */
	private static String segment(ServiceName name) {
		StringBuilder segment = new StringBuilder(name.value().length());
		for (byte octet : name.value().getBytes(StandardCharsets.UTF_8)) {
			char character = (char) (octet & 0xff);
			if (character < 0x80
					&& (Character.isLetterOrDigit(character) || UNRESERVED_IN_SEGMENT.indexOf(character) >= 0)) {
				segment.append(character);
			}
			else {
				segment.append('%').append("%02X".formatted((int) character));
			}
		}
		return segment.toString();
	}

	/**
	 * A request that is told by its parts.
	 *
	 * @param method the method
	 * @param query the query
	 * @param fields gives a header's value by its name
	 */
	private record GivenAttributes(String method, String query,
			Function<String, @Nullable String> fields) implements RequestAttributes {

		@Override
		public @Nullable String header(String name) {
			return this.fields.apply(name);
		}

	}

}
