package dev.holdfast.route.document;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;

import dev.holdfast.route.Route;

/**
 * A route that can be used.
 *
 * @param name its name
 * @param line the line that it begins on
 * @param form how it is written
 * @param created when it was created, {@link Instant#MAX} when it does not say
 * @param routes its rules in their order, each a route of the table: the first has the
 * route's name for its id
 * @param withoutEffect what it says that has no effect here
 */
public record ParsedRoute(String name, int line, RouteForm form, Instant created, List<Route> routes,
		List<DocumentProblem> withoutEffect) implements RouteResult {

	/**
	 * The order in which routes go that a request matches alike: Gateway API has the
	 * oldest first, then the first by name.
	 */
	public static final Comparator<ParsedRoute> OLDEST_FIRST = Comparator.comparing(ParsedRoute::created)
		.thenComparing(ParsedRoute::name);

	/**
	 * Copies the lists.
	 */
	public ParsedRoute {
		routes = List.copyOf(routes);
		withoutEffect = List.copyOf(withoutEffect);
	}

}
