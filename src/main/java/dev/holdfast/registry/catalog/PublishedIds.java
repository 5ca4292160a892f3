package dev.holdfast.registry.catalog;

import java.util.HashMap;
import java.util.Map;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;

/**
 * The ids under which instances are published. They are not always those that the records
 * give: of two that claim the same id, one gets its endpoint into it.
 */
public final class PublishedIds {

	private final Snapshot snapshot;

	private final Map<ServiceName, Map<Endpoint, String>> ids = new HashMap<>();

	/**
	 * Creates them of what is published.
	 * @param snapshot the snapshot that is
	 */
	public PublishedIds(Snapshot snapshot) {
		this.snapshot = snapshot;
	}

	/**
	 * The id under which an instance is published, its own when it is not.
	 */
	public String of(ServiceName service, Instance instance) {
		return this.ids.computeIfAbsent(service, this::collect).getOrDefault(instance.endpoint(), instance.id());
	}

	private Map<Endpoint, String> collect(ServiceName name) {
		Map<Endpoint, String> byEndpoint = new HashMap<>();
		Service service = this.snapshot.find(name);
		if (service != null) {
			service.instances().forEach((instance) -> byEndpoint.put(instance.endpoint(), instance.id()));
		}
		return byEndpoint;
	}

}
