package dev.holdfast.admin;

/**
 * How a service fares, best first.
 */
enum ServiceStatus {

	/** The registry is live, no instance is ejected or held, the circuit is closed. */
	HEALTHY,

	/** Nothing is known to be wrong, but the registry is not live. */
	STALE,

	/**
	 * Requests are served, but an instance is ejected, the removal of one is held, or the
	 * circuit is half open.
	 */
	DEGRADED,

	/** No instance is routable, or the circuit is open. */
	DOWN;

	/**
	 * Judges a service; of several that hold, the worst counts.
	 * @param instances its instances
	 * @param circuit the state of its circuit breaker
	 * @param live whether the registry is live
	 */
	static ServiceStatus of(InstanceCounts instances, String circuit, boolean live) {
		boolean open = circuit.equals("OPEN") || circuit.equals("FORCED_OPEN");
		if (open || instances.routable() == 0) {
			return DOWN;
		}
		if (instances.ejected() > 0 || instances.held() > 0 || circuit.equals("HALF_OPEN")) {
			return DEGRADED;
		}
		return live ? HEALTHY : STALE;
	}

}
