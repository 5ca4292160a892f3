package dev.holdfast.registry.reflector;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryDiff.Difference;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.Signal;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ParsedRecord;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;

/**
 * Compares what is published with what a list has, instance by instance.
 */
final class RegistryComparison {

	private static final Comparator<Difference> ORDER = Comparator.comparing(Difference::service)
		.thenComparing(Difference::instance)
		.thenComparing(Difference::key);

	private final Map<ServiceName, Map<Endpoint, Instance>> cached = new HashMap<>();

	private final Map<ServiceName, Set<Endpoint>> registered = new HashMap<>();

	/** What the registry has under these keys cannot be read. */
	private final Set<String> unreadable = new HashSet<>();

	private final Registry registry;

	private final List<Difference> onlyInCache = new ArrayList<>();

	private final List<Difference> onlyInRegistry = new ArrayList<>();

	private final List<Difference> different = new ArrayList<>();

	private RegistryComparison(Registry registry) {
		this.registry = registry;
	}

	static RegistryDiff of(Registry registry, Signal.Listed list) {
		Snapshot snapshot = registry.snapshot();
		RegistryComparison comparison = new RegistryComparison(registry);
		for (Service service : snapshot.services().values()) {
			Map<Endpoint, Instance> byEndpoint = new HashMap<>();
			service.instances().forEach((instance) -> byEndpoint.put(instance.endpoint(), instance));
			comparison.cached.put(service.name(), byEndpoint);
		}
		list.records().forEach(comparison::compare);
		snapshot.services().values().forEach(comparison::compare);
		return new RegistryDiff(snapshot.revision().number(), list.revision().number(), sorted(comparison.onlyInCache),
				sorted(comparison.onlyInRegistry), sorted(comparison.different));
	}

	private void compare(RegistryRecord written) {
		switch (written.parsed()) {
			case ParsedRecord.Registered registered ->
				registered.instances().forEach((instance) -> compare(registered.service(), instance));
			case ParsedRecord.Unreadable unread -> this.unreadable.add(written.key());
			case ParsedRecord.Weighted weighted -> {
				// Shows in the instance that it weighs.
			}
			case ParsedRecord.Ignored ignored -> {
				// Nothing to route to.
			}
		}
	}

	private void compare(ServiceName service, Instance instance) {
		String key = instance.registration().key();
		this.registered.computeIfAbsent(service, (name) -> new HashSet<>()).add(instance.endpoint());
		Instance known = this.cached.getOrDefault(service, Map.of()).get(instance.endpoint());
		if (known == null) {
			this.onlyInRegistry.add(difference(key, service, instance.id(), instance.endpoint().toString()));
		}
		else if (known.registration().key().equals(key)
				&& known.registration().modRevision() != instance.registration().modRevision()) {
			this.different.add(difference(key, service, instance.id(), "revision %d here, %d in the registry"
				.formatted(known.registration().modRevision(), instance.registration().modRevision())));
		}
	}

	private void compare(Service service) {
		Set<Endpoint> there = this.registered.getOrDefault(service.name(), Set.of());
		for (Instance instance : service.instances()) {
			String key = instance.registration().key();
			if (this.unreadable.contains(key)) {
				this.different.add(difference(key, service.name(), instance.id(),
						"the record cannot be read; its last good value stays"));
			}
			else if (!there.contains(instance.endpoint())) {
				boolean held = this.registry.held(service.name(), instance.id()).isPresent();
				this.onlyInCache.add(difference(key, service.name(), instance.id(),
						held ? "its removal is held" : "it is not registered"));
			}
		}
	}

	private static Difference difference(String key, ServiceName service, String instance, String detail) {
		return new Difference(key, service.value(), instance, detail);
	}

	private static List<Difference> sorted(List<Difference> differences) {
		return differences.stream().sorted(ORDER).toList();
	}

}
