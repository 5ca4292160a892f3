package dev.holdfast.route;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * Routes by their hosts. Immutable; a look-up costs by the labels of the request's host
 * and allocates nothing.
 */
final class HostTable {

	private final Map<String, HostRoutes> exact;

	/** What follows the asterisks, so {@code .example.org}, sorted. */
	private final String[] suffixes;

	private final HostRoutes[] below;

	private final HostRoutes any;

	HostTable(List<RouteEntry> entries) {
		SortedMap<String, HostRoutes> hosts = new TreeMap<>();
		entries.stream()
			.collect(Collectors.groupingBy(RouteEntry::host))
			.forEach((host, routes) -> hosts.put(host, new HostRoutes(routes)));
		// An asterisk stands before all that a host may begin with.
		SortedMap<String, HostRoutes> wildcards = hosts.subMap("*", "+");
		this.suffixes = wildcards.keySet().stream().map((host) -> host.substring(1)).toArray(String[]::new);
		this.below = wildcards.values().toArray(HostRoutes[]::new);
		wildcards.clear();
		HostRoutes others = hosts.remove("");
		this.any = (others != null) ? others : HostRoutes.NONE;
		this.exact = Map.copyOf(hosts);
	}

	@Nullable Route find(RequestAttributes request, String host, String path) {
		HostRoutes named = this.exact.get(host);
		Route route = (named != null) ? named.find(request, path) : null;
		if (route == null && this.suffixes.length > 0) {
			route = findBelow(request, host, path);
		}
		return (route != null) ? route : this.any.find(request, path);
	}

	/** The longest suffix first. */
	private @Nullable Route findBelow(RequestAttributes request, String host, String path) {
		for (int dot = host.indexOf('.', 1); dot > 0; dot = host.indexOf('.', dot + 1)) {
			int found = SortedTexts.find(this.suffixes, host, dot, host.length());
			Route route = (found >= 0) ? this.below[found].find(request, path) : null;
			if (route != null) {
				return route;
			}
		}
		return null;
	}

}
