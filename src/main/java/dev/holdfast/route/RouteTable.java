package dev.holdfast.route;

import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import org.jspecify.annotations.Nullable;

/**
 * Finds the service that a request is for: by an explicit route first, then by the first
 * segment of the path.
 */
public final class RouteTable implements SnapshotListener {

	/**
	 * Creates a table.
	 * @param routes the explicit routes
	 * @param byPath whether a path's first segment names a service
	 */
	public RouteTable(List<Route> routes, boolean byPath) {
	}

	/**
	 * Finds the route of a request.
	 * @param method the method
	 * @param host the host in lower case without port
	 * @param path the canonical path, without query
	 * @param headers gives a request header's value by its name
	 * @return the match, or {@code null} when the request is for no service
	 */
	@SuppressWarnings("NullAway")
	public @Nullable RouteMatch match(String method, String host, String path, UnaryOperator<String> headers) {
		return null;
	}

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
	}

}
