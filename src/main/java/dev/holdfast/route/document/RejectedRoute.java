package dev.holdfast.route.document;

import java.util.List;

/**
 * A route that cannot be used.
 *
 * @param name its name, empty when it has none
 * @param line the line that it begins on
 * @param problems what is wrong with it, at least one
 */
public record RejectedRoute(String name, int line, List<DocumentProblem> problems) implements RouteResult {

	/**
	 * Copies the list.
	 */
	public RejectedRoute {
		problems = List.copyOf(problems);
	}

}
