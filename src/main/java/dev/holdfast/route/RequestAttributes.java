package dev.holdfast.route;

import org.jspecify.annotations.Nullable;

/**
 * What of a request decides its route, besides its host and its path.
 */
public interface RequestAttributes {

	/**
	 * Return the method.
	 * @return the method
	 */
	String method();

	/**
	 * Return the query.
	 * @return the query with its question mark, empty when there is none
	 */
	String query();

	/**
	 * Return a header field.
	 * @param name its name in lower case
	 * @return its value, {@code null} when the request has none
	 */
	@Nullable String header(String name);

}
