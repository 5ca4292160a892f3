package dev.holdfast.route.source;

import java.util.function.Function;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;

/**
 * A route of the gateway's own configuration.
 *
 * @param key where it stands there, such as {@code holdfast.routes[0]}
 * @param route gives the route, by what applies where it says nothing
 */
public record ConfiguredRoute(String key, Function<RoutePolicy, Route> route) {
}
