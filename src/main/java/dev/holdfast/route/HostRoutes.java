package dev.holdfast.route;

import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * The routes of one host, or of all hosts below one: those that are found by the segments
 * of the path, and behind them those that are found by trying.
 */
final class HostRoutes {

	static final HostRoutes NONE = new HostRoutes(List.of());

	private final PathTree tree;

	private final RouteEntry[] regexes;

	HostRoutes(List<RouteEntry> entries) {
		this.tree = PathTree.of(entries.stream().filter(Predicate.not(RouteEntry::isByRegex)).toList());
		this.regexes = PathTree.mostConditionsFirst(entries.stream().filter(RouteEntry::isByRegex).toList());
	}

	@Nullable Route find(RequestAttributes request, String path) {
		Route route = this.tree.find(request, path);
		return (route != null || this.regexes.length == 0) ? route : findByRegex(request, path);
	}

	private @Nullable Route findByRegex(RequestAttributes request, String path) {
		for (RouteEntry entry : this.regexes) {
			// The conditions first: they cost less.
			if (entry.match().accepts(request) && entry.match().path().matches(path)) {
				return entry.route();
			}
		}
		return null;
	}

}
