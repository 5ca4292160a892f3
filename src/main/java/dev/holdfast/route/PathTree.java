package dev.holdfast.route;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

/**
 * Routes arranged by the segments of their paths. Immutable; a look-up costs by the
 * request's segments, not by the number of routes, and allocates nothing.
 */
final class PathTree {

	private static final RouteEntry[] NONE = {};

	/** The segments that lead on from here, sorted. */
	private final String[] segments;

	/** Where each of the segments leads. */
	private final PathTree[] children;

	/** Where any segment leads that is not empty and none of the others. */
	private final @Nullable PathTree any;

	/** The routes whose path ends here, most conditions first. */
	private final RouteEntry[] exact;

	/** The routes for all that begins with the path up to here, most conditions first. */
	private final RouteEntry[] prefix;

	private PathTree(SortedMap<String, PathTree> children, @Nullable PathTree any, List<RouteEntry> exact,
			List<RouteEntry> prefix) {
		this.segments = children.keySet().toArray(String[]::new);
		this.children = children.values().toArray(PathTree[]::new);
		this.any = any;
		this.exact = mostConditionsFirst(exact);
		this.prefix = mostConditionsFirst(prefix);
	}

	static PathTree of(List<RouteEntry> entries) {
		return grow(entries.stream().map((entry) -> new Step(entry, 0)).toList());
	}

	private static PathTree grow(List<Step> steps) {
		List<RouteEntry> exact = new ArrayList<>();
		List<RouteEntry> prefix = new ArrayList<>();
		List<Step> any = new ArrayList<>();
		SortedMap<String, List<Step>> deeper = new TreeMap<>();
		for (Step step : steps) {
			String path = step.path();
			if (path.length() == step.at) {
				exact.add(step.entry);
			}
			else if (PathSyntax.isRest(path, step.at)) {
				prefix.add(step.entry);
			}
			else {
				int end = PathSyntax.segmentEnd(path, step.at);
				List<Step> next = PathSyntax.isAny(path, step.at) ? any
						: deeper.computeIfAbsent(path.substring(step.at + 1, end), (key) -> new ArrayList<>());
				next.add(new Step(step.entry, end));
			}
		}
		SortedMap<String, PathTree> children = new TreeMap<>();
		deeper.forEach((segment, below) -> children.put(segment, grow(below)));
		return new PathTree(children, any.isEmpty() ? null : grow(any), exact, prefix);
	}

	static RouteEntry[] mostConditionsFirst(List<RouteEntry> entries) {
		return entries.isEmpty() ? NONE
				: entries.stream().sorted(RouteEntry::compareConditions).toArray(RouteEntry[]::new);
	}

	/**
	 * Finds the most specific route that a request matches, falling back on less specific
	 * ones where the rest of the path or the conditions do not fit.
	 */
	@Nullable Route find(RequestAttributes request, String path) {
		return find(request, path, 0);
	}

	private @Nullable Route find(RequestAttributes request, String path, int depth) {
		Route found = null;
		if (path.length() == depth) {
			found = first(this.exact, request);
		}
		else {
			int end = PathSyntax.segmentEnd(path, depth);
			PathTree child = child(path, depth + 1, end);
			if (child != null) {
				found = child.find(request, path, end);
			}
			if (found == null && this.any != null && end > depth + 1) {
				found = this.any.find(request, path, end);
			}
		}
		return (found != null) ? found : first(this.prefix, request);
	}

	private static @Nullable Route first(RouteEntry[] entries, RequestAttributes request) {
		for (RouteEntry entry : entries) {
			if (entry.match().accepts(request)) {
				return entry.route();
			}
		}
		return null;
	}

	private @Nullable PathTree child(String path, int from, int to) {
		int found = SortedTexts.find(this.segments, path, from, to);
		return (found >= 0) ? this.children[found] : null;
	}

	/**
	 * A route on its way down the tree.
	 *
	 * @param entry the route
	 * @param at how much of its path is above
	 */
	private record Step(RouteEntry entry, int at) {

		String path() {
			return this.entry.match().path().text();
		}

	}

}
