package dev.holdfast.route;

/**
 * How a route's requests are treated: what {@link RouteMatch} carries besides the way.
 *
 * @param protocol the version of HTTP that the backends are spoken to in
 * @param times how long the parts of a request may take
 * @param maxBodySize the largest body of a request, bytes; 0 for any
 * @param security how connections to backends are secured
 * @param paths what becomes of paths with unusual slashes
 * @param retry when requests are tried again
 * @param actions what is done to requests and responses; {@link RouteActions#DEFAULTS}
 * itself when that is nothing, so that one comparison tells
 */
public record RoutePolicy(BackendProtocol protocol, RouteTimes times, long maxBodySize, BackendSecurity security,
		PathRules paths, RetryPolicy retry, RouteActions actions) {

	/**
	 * Any protocol, the usual times, bodies of any size, the JVM's trust store, any path,
	 * the usual retries, and no actions.
	 */
	public static final RoutePolicy DEFAULTS = new RoutePolicy(BackendProtocol.AUTO, RouteTimes.DEFAULTS, 0,
			BackendSecurity.DEFAULTS, PathRules.DEFAULTS);

	/**
	 * The same with the usual retries and no actions.
	 * @param protocol the version of HTTP that the backends are spoken to in
	 * @param times how long the parts of a request may take
	 * @param maxBodySize the largest body of a request, bytes; 0 for any
	 * @param security how connections to backends are secured
	 * @param paths what becomes of paths with unusual slashes
	 */
	public RoutePolicy(BackendProtocol protocol, RouteTimes times, long maxBodySize, BackendSecurity security,
			PathRules paths) {
		this(protocol, times, maxBodySize, security, paths, RetryPolicy.DEFAULTS, RouteActions.DEFAULTS);
	}

	/**
	 * Checks the size.
	 * @throws IllegalArgumentException if it is negative
	 */
	public RoutePolicy {
		if (maxBodySize < 0) {
			throw new IllegalArgumentException("max-body-size: %d (expected: >= 0)".formatted(maxBodySize));
		}
		actions = actions.equals(RouteActions.DEFAULTS) ? RouteActions.DEFAULTS : actions;
	}

	/**
	 * Whether nothing is done to requests and responses on their way.
	 * @return whether the actions are the usual ones
	 */
	@SuppressWarnings("ReferenceEquality") // there is one such object
	public boolean isPlain() {
		return this.actions == RouteActions.DEFAULTS;
	}

	/**
	 * Return the same policy with other retries.
	 * @param other when requests are tried again
	 * @return another policy
	 */
	public RoutePolicy with(RetryPolicy other) {
		return new RoutePolicy(this.protocol, this.times, this.maxBodySize, this.security, this.paths, other,
				this.actions);
	}

	/**
	 * Return the same policy with other actions.
	 * @param other what is done to requests and responses
	 * @return another policy
	 */
	public RoutePolicy with(RouteActions other) {
		return new RoutePolicy(this.protocol, this.times, this.maxBodySize, this.security, this.paths, this.retry,
				other);
	}

}
