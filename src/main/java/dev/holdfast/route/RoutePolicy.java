package dev.holdfast.route;

/**
 * How a route's requests are treated: what {@link RouteMatch} carries besides the way.
 *
 * @param protocol the version of HTTP that the backends are spoken to in
 * @param times how long the parts of a request may take
 * @param maxBodySize the largest body of a request, bytes; 0 for any
 * @param security how connections to backends are secured
 * @param paths what becomes of paths with unusual slashes
 */
public record RoutePolicy(BackendProtocol protocol, RouteTimes times, long maxBodySize, BackendSecurity security,
		PathRules paths) {

	/**
	 * Any protocol, the usual times, bodies of any size, the JVM's trust store, any path.
	 */
	public static final RoutePolicy DEFAULTS = new RoutePolicy(BackendProtocol.AUTO, RouteTimes.DEFAULTS, 0,
			BackendSecurity.DEFAULTS, PathRules.DEFAULTS);

	/**
	 * Checks the size.
	 * @throws IllegalArgumentException if it is negative
	 */
	public RoutePolicy {
		if (maxBodySize < 0) {
			throw new IllegalArgumentException("max-body-size: %d (expected: >= 0)".formatted(maxBodySize));
		}
	}

}
