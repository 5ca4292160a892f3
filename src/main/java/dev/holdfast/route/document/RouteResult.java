package dev.holdfast.route.document;

/**
 * What became of one route of a text. One that cannot be used has no effect on the
 * others.
 */
public sealed interface RouteResult permits ParsedRoute, RejectedRoute {

	/**
	 * Return its name: the id of the short form, or that of the metadata.
	 * @return the name, empty when it has none
	 */
	String name();

	/**
	 * Return the line that it begins on.
	 * @return the line, from 1 on
	 */
	int line();

}
