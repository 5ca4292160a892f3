package dev.holdfast.route;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;

/**
 * A service that gets a share of a route's requests.
 *
 * @param service the service
 * @param weight its share relative to those of the route's other backends; 0 gets none
 * @param subset which of its instances
 */
public record WeightedBackend(ServiceName service, int weight, Subset subset) {

	/** The largest weight, Gateway API's. */
	public static final int MAX_WEIGHT = 1_000_000;

	/**
	 * Checks the weight.
	 * @throws IllegalArgumentException if it is out of range
	 */
	public WeightedBackend {
		if (weight < 0 || weight > MAX_WEIGHT) {
			throw new IllegalArgumentException("weight: %d (expected: 0 to %d)".formatted(weight, MAX_WEIGHT));
		}
	}

	/**
	 * Return the backend that gets all requests.
	 * @param service the service
	 * @return the backend
	 */
	public static WeightedBackend all(ServiceName service) {
		return new WeightedBackend(service, 1, Subset.ALL);
	}

}
