package dev.holdfast.route.document;

import java.util.List;
import java.util.stream.Stream;

/**
 * All that a text says.
 *
 * @param routes what became of each route, in their order
 * @param unreadable why the text could not be read to its end, empty when it could: then
 * nothing can be said of routes that are not among these
 */
public record RouteDocuments(List<RouteResult> routes, List<DocumentProblem> unreadable) {

	/**
	 * Copies the lists.
	 */
	public RouteDocuments {
		routes = List.copyOf(routes);
		unreadable = List.copyOf(unreadable);
	}

	/**
	 * Return whether all of the text was read. Routes of it may be rejected even so.
	 * @return whether it was
	 */
	public boolean isComplete() {
		return this.unreadable.isEmpty();
	}

	/**
	 * Return the routes that can be used.
	 * @return the routes in their order
	 */
	public List<ParsedRoute> parsed() {
		return this.routes.stream().filter(ParsedRoute.class::isInstance).map(ParsedRoute.class::cast).toList();
	}

	/**
	 * Return the routes that cannot be used.
	 * @return the routes in their order
	 */
	public List<RejectedRoute> rejected() {
		return this.routes.stream().filter(RejectedRoute.class::isInstance).map(RejectedRoute.class::cast).toList();
	}

	/**
	 * Return all that is wrong.
	 * @return the problems in the order of the text
	 */
	public List<DocumentProblem> problems() {
		return Stream
			.concat(rejected().stream().flatMap((route) -> route.problems().stream()), this.unreadable.stream())
			.toList();
	}

}
