package dev.holdfast.route;

import dev.holdfast.service.ServiceName;

/**
 * A service that gets copies of a route's requests, and whose answers nobody gets.
 *
 * @param service the service
 * @param share which part of the requests it gets copies of, 0 to 1
 */
public record Mirror(ServiceName service, double share) {

	/**
	 * Checks the share.
	 * @throws IllegalArgumentException if it is no part of a whole
	 */
	public Mirror {
		if (!(share >= 0 && share <= 1)) {
			throw new IllegalArgumentException("share of the mirror: %s (expected: 0 to 1)".formatted(share));
		}
	}

}
