package dev.holdfast.admin;

import java.util.Map;

import dev.holdfast.route.WeightedBackend;
import dev.holdfast.service.Redaction;

/**
 * A service that gets a share of a route's requests.
 *
 * @param service the service
 * @param weight its share relative to those of the route's other backends
 * @param version the version of instances that it is for, empty for any
 * @param metadata what the instances must have said of themselves; values that look like
 * secrets are hidden
 */
record BackendShare(String service, int weight, String version, Map<String, String> metadata) {

	static BackendShare of(WeightedBackend backend) {
		return new BackendShare(backend.service().value(), backend.weight(), backend.subset().version(),
				Redaction.values(backend.subset().metadata()));
	}

}
