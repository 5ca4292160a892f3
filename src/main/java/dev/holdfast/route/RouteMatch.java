package dev.holdfast.route;

import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;

/**
 * Where a request goes.
 *
 * @param route the route's id, {@code by-path} for the rule that needs no configuration
 * @param service the service it is for, {@code null} if the gateway answers itself
 * @param path the path that the backend sees
 * @param strippedPrefix what was taken off the client's path, empty for nothing
 * @param preserveHost whether the backend sees the client's Host
 * @param policy how the request is treated
 */
public record RouteMatch(String route, @Nullable ServiceName service, String path, String strippedPrefix,
		boolean preserveHost, RoutePolicy policy) {
}
