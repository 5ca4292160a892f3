package dev.holdfast;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Finds the knots of a graph: what can all be reached from each other (Tarjan, 1972).
 */
final class Knots {

	private final Map<String, Set<String>> edges;

	private final Map<String, Integer> seen = new HashMap<>();

	private final Map<String, Integer> lowest = new HashMap<>();

	private final Deque<String> path = new ArrayDeque<>();

	private final Set<String> onPath = new TreeSet<>();

	private final List<Set<String>> found = new ArrayList<>();

	private Knots(Map<String, Set<String>> edges) {
		this.edges = edges;
	}

	/**
	 * Return the knots of two nodes or more.
	 * @param edges where the edges of each node lead; nodes that are no key are passed
	 * over
	 */
	static List<Set<String>> in(Map<String, Set<String>> edges) {
		Knots knots = new Knots(edges);
		edges.keySet().forEach((node) -> {
			if (!knots.seen.containsKey(node)) {
				knots.visit(node);
			}
		});
		return knots.found;
	}

	private int visit(String node) {
		int number = this.seen.size();
		this.seen.put(node, number);
		this.lowest.put(node, number);
		this.path.push(node);
		this.onPath.add(node);
		for (String next : this.edges.getOrDefault(node, Set.of())) {
			if (!this.edges.containsKey(next)) {
				continue;
			}
			Integer known = this.seen.get(next);
			if (known == null) {
				this.lowest.merge(node, visit(next), Math::min);
			}
			else if (this.onPath.contains(next)) {
				this.lowest.merge(node, known, Math::min);
			}
		}
		int low = this.lowest.getOrDefault(node, number);
		if (low == number) {
			take(node);
		}
		return low;
	}

	private void take(String node) {
		Set<String> knot = new TreeSet<>();
		String last;
		do {
			last = this.path.pop();
			this.onPath.remove(last);
			knot.add(last);
		}
		while (!last.equals(node));
		if (knot.size() > 1) {
			this.found.add(knot);
		}
	}

}
