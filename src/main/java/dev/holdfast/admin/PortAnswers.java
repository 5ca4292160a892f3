package dev.holdfast.admin;

import java.util.Map;

/**
 * Tells what the traffic port answers by itself, before it looks for a route.
 */
@FunctionalInterface
public interface PortAnswers {

	/**
	 * Return what becomes of a request.
	 * @param method its method, in its case
	 * @param host its Host field, empty when that is left open
	 * @param target its path and query as a client would write them
	 * @param fields its other fields by their names
	 * @return a sentence, empty when the port looks for a route
	 */
	String find(String method, String host, String target, Map<String, String> fields);

}
