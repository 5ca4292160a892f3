package dev.holdfast.route;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;

/**
 * Finds the service that a request is for: by an explicit route first, then by the first
 * segment of the path.
 * <p>
 * Of the explicit routes that match, the most specific wins: an exact host before a
 * wildcard, the longer wildcard before the shorter, any host last; then the longer path,
 * an exact path before a prefix, more conditions (methods, each header) before fewer, and
 * what was declared first.
 */
public final class RouteTable implements SnapshotListener {

	/** The id that stands for the rule by path. */
	public static final String BY_PATH = "by-path";

	private static final String UNRESERVED_IN_SEGMENT = "-._~!$&'()*+,;=:@";

	/** In the order of precedence. */
	private final List<Route> routes;

	private final Map<String, PathTree> byHost;

	/** By what follows the asterisk, so {@code .example.org}. */
	private final Map<String, PathTree> byHostSuffix;

	private final PathTree anyHost;

	private final boolean byPath;

	private final RoutePolicy byPathPolicy;

	/**
	 * By the slash and the segment as it appears in a canonical path. A service stays
	 * when its last instance goes: its requests deserve "unavailable", not "not found".
	 */
	private final Map<String, ServiceName> known = new ConcurrentHashMap<>();

	/**
	 * Creates a table.
	 * @param routes the explicit routes
	 * @param byPath whether a path's first segment names a service
	 * @param byPathPolicy how requests are treated that are routed by their path
	 * @throws IllegalArgumentException if two routes have the same id
	 */
	public RouteTable(List<Route> routes, boolean byPath, RoutePolicy byPathPolicy) {
		Set<String> ids = HashSet.newHashSet(routes.size());
		for (Route route : routes) {
			if (!ids.add(route.id())) {
				throw new IllegalArgumentException(
						"id: \"%s\" (expected: unique among all routes)".formatted(route.id()));
			}
		}
		Map<String, PathTree> hosts = routes.stream()
			.collect(Collectors.groupingBy(Route::host,
					Collectors.collectingAndThen(Collectors.toList(), PathTree::of)));
		this.routes = routes.stream().sorted(Route.PRECEDENCE).toList();
		this.byHost = hosts.entrySet()
			.stream()
			.filter((entry) -> !entry.getKey().startsWith("*"))
			.collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));
		this.byHostSuffix = hosts.entrySet()
			.stream()
			.filter((entry) -> entry.getKey().startsWith("*"))
			.collect(Collectors.toUnmodifiableMap((entry) -> entry.getKey().substring(1), Map.Entry::getValue));
		this.anyHost = hosts.getOrDefault("", PathTree.of(List.of()));
		this.byPath = byPath;
		this.byPathPolicy = byPathPolicy;
	}

	/**
	 * Finds the route of a request. The spelling of the path that decides is the one that
	 * the backend sees: the path as it is, or, where the route found by it merges slashes
	 * (without a route, where requests routed by their path do), the merged one, by which
	 * the route is looked up anew.
	 * @param method the method
	 * @param host the host in lower case without port
	 * @param path the canonical path, without query
	 * @param headers gives a request header's value by its name in lower case,
	 * {@code null} when the request has none
	 * @return the match, or {@code null} when the request is for no service
	 */
	public @Nullable RouteMatch match(String method, String host, String path,
			Function<String, @Nullable String> headers) {
		if (path.isEmpty() || path.charAt(0) != '/') {
			return null;
		}
		RouteMatch match = matchAsSpelled(method, host, path, headers);
		String spelling = policy(match).paths().spelling(path);
		return spelling.equals(path) ? match : matchAsSpelled(method, host, spelling, headers);
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
	 * Tells which route a request would take, and why none of the others; costs by the
	 * number of routes. Headers with names of secrets are taken to fit.
	 * @param method the method
	 * @param host the host in lower case without port
	 * @param path the canonical path, without query
	 * @param headers gives a request header's value by its name in lower case,
	 * {@code null} when the request has none
	 * @return the explanation
	 */
	public RouteExplanation explain(String method, String host, String path,
			Function<String, @Nullable String> headers) {
		Route route = firstExplained(method, host, path, headers);
		String spelling = policy(match(route, path)).paths().spelling(path);
		if (!spelling.equals(path)) {
			route = firstExplained(method, host, spelling, headers);
		}
		RouteMatch match = match(route, spelling);
		String taken = (match != null) ? match.route() : "";
		List<RouteExplanation.Considered> considered = new ArrayList<>(this.routes.size() + 1);
		for (Route rule : this.routes) {
			String mismatch = rule.mismatch(method, host, spelling, headers);
			considered.add(new RouteExplanation.Considered(rule.id(), mismatch.isEmpty(),
					mismatch.isEmpty() ? outcome(rule.id(), taken) + condition(rule) : mismatch));
		}
		considered.add(considerByPath(spelling, taken));
		return new RouteExplanation(match, route, considered);
	}

	/** The explicit routes stand in the order of precedence. */
	private @Nullable Route firstExplained(String method, String host, String path,
			Function<String, @Nullable String> headers) {
		return this.routes.stream()
			.filter((route) -> route.mismatch(method, host, path, headers).isEmpty())
			.findFirst()
			.orElse(null);
	}

	private @Nullable RouteMatch match(@Nullable Route route, String path) {
		if (route != null) {
			return route.match(path);
		}
		return this.byPath ? matchByPath(path) : null;
	}

	private static String condition(Route route) {
		SortedSet<String> untold = route.untold();
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

	private @Nullable RouteMatch matchAsSpelled(String method, String host, String path,
			Function<String, @Nullable String> headers) {
		return match(find(method, host, path, headers), path);
	}

	private @Nullable Route find(String method, String host, String path, Function<String, @Nullable String> headers) {
		PathTree exact = this.byHost.get(host);
		Route route = (exact != null) ? exact.find(method, path, headers) : null;
		if (route == null && !this.byHostSuffix.isEmpty()) {
			route = findBySuffix(method, host, path, headers);
		}
		return (route != null) ? route : this.anyHost.find(method, path, headers);
	}

	private @Nullable Route findBySuffix(String method, String host, String path,
			Function<String, @Nullable String> headers) {
		for (int dot = host.indexOf('.', 1); dot > 0; dot = host.indexOf('.', dot + 1)) {
			PathTree tree = this.byHostSuffix.get(host.substring(dot));
			Route route = (tree != null) ? tree.find(method, path, headers) : null;
			if (route != null) {
				return route;
			}
		}
		return null;
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

}
