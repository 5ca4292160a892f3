package dev.holdfast.route;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;

/**
 * Routes arranged by the segments of their paths. Immutable; a look-up costs by the
 * request's segments, not by the number of routes, and allocates nothing.
 */
final class PathTree {

	/** The segments that lead on from here, sorted. */
	private final String[] segments;

	/** Where each of the segments leads. */
	private final PathTree[] children;

	/** The routes whose path ends here, most conditions first. */
	private final Route[] exact;

	/** The routes for all that begins with the path up to here, most conditions first. */
	private final Route[] prefix;

	private PathTree(SortedMap<String, PathTree> children, List<Route> exact, List<Route> prefix) {
		this.segments = children.keySet().toArray(String[]::new);
		this.children = children.values().toArray(PathTree[]::new);
		this.exact = mostConditionsFirst(exact);
		this.prefix = mostConditionsFirst(prefix);
	}

	static PathTree of(List<Route> routes) {
		return of(routes, 0);
	}

	private static PathTree of(List<Route> routes, int depth) {
		List<Route> exact = new ArrayList<>();
		List<Route> prefix = new ArrayList<>();
		SortedMap<String, List<Route>> deeper = new TreeMap<>();
		for (Route route : routes) {
			String path = route.path();
			if (path.length() == depth) {
				exact.add(route);
			}
			else if (path.startsWith(Route.PREFIX, depth)) {
				prefix.add(route);
			}
			else {
				String segment = path.substring(depth + 1, segmentEnd(path, depth));
				deeper.computeIfAbsent(segment, (key) -> new ArrayList<>()).add(route);
			}
		}
		SortedMap<String, PathTree> children = new TreeMap<>();
		deeper.forEach((segment, below) -> children.put(segment, of(below, depth + 1 + segment.length())));
		return new PathTree(children, exact, prefix);
	}

	private static Route[] mostConditionsFirst(List<Route> routes) {
		return routes.stream().sorted(Comparator.comparingInt(Route::conditions).reversed()).toArray(Route[]::new);
	}

	/**
	 * Finds the most specific route that a request matches, falling back on shorter
	 * prefixes where method or headers do not fit.
	 */
	@Nullable Route find(String method, String path, Function<String, @Nullable String> headers) {
		return find(method, path, 0, headers);
	}

	private @Nullable Route find(String method, String path, int depth, Function<String, @Nullable String> headers) {
		Route found = null;
		if (path.length() == depth) {
			found = first(this.exact, method, headers);
		}
		else {
			int end = segmentEnd(path, depth);
			PathTree child = child(path, depth + 1, end);
			if (child != null) {
				found = child.find(method, path, end, headers);
			}
		}
		return (found != null) ? found : first(this.prefix, method, headers);
	}

	private static @Nullable Route first(Route[] routes, String method, Function<String, @Nullable String> headers) {
		for (Route route : routes) {
			if (route.accepts(method, headers)) {
				return route;
			}
		}
		return null;
	}

	private @Nullable PathTree child(String path, int from, int to) {
		int low = 0;
		int high = this.segments.length - 1;
		while (low <= high) {
			int middle = (low + high) >>> 1;
			int order = compare(this.segments[middle], path, from, to);
			if (order == 0) {
				return this.children[middle];
			}
			if (order < 0) {
				low = middle + 1;
			}
			else {
				high = middle - 1;
			}
		}
		return null;
	}

	private static int compare(String segment, String path, int from, int to) {
		int common = Math.min(segment.length(), to - from);
		for (int i = 0; i < common; i++) {
			int difference = segment.charAt(i) - path.charAt(from + i);
			if (difference != 0) {
				return difference;
			}
		}
		return segment.length() - (to - from);
	}

	private static int segmentEnd(String path, int slash) {
		int end = path.indexOf('/', slash + 1);
		return (end < 0) ? path.length() : end;
	}

}
