package dev.holdfast.admin;

import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonUnwrapped;

/**
 * What is in force for a route.
 *
 * @param listed the route
 * @param valueOrigins of each value that has a global default whether it is the
 * {@code route}'s own or the {@code default}, by the value's name
 * @param others what else is written under the same id, and is not in force
 */
record RouteDetail(@JsonUnwrapped ListedRoute listed, Map<String, String> valueOrigins, List<ListedRoute> others) {
}
