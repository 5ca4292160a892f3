package dev.holdfast.admin;

import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import org.springframework.stereotype.Component;

/**
 * The services as operators see them: what is registered, together with what the traffic
 * port has made of it.
 */
@Component
final class ServiceCatalogue {

	private final Registry registry;

	private final Traffic traffic;

	private final Clock clock;

	ServiceCatalogue(Registry registry, Traffic traffic, Clock clock) {
		this.registry = registry;
		this.traffic = traffic;
		this.clock = clock;
	}

	List<ServiceSummary> find(ServiceQuery query) {
		RegistryStatus status = this.registry.status();
		return this.registry.snapshot()
			.services()
			.values()
			.stream()
			.filter((service) -> query.matchesName(service.name().value()))
			.map((service) -> summary(service, status))
			.filter(query::matchesStatus)
			.sorted(query.order())
			.toList();
	}

	Optional<ServiceDetail> find(String name) {
		if (!ServiceName.isValid(name)) {
			return Optional.empty();
		}
		Service service = this.registry.snapshot().find(new ServiceName(name));
		return Optional.ofNullable(service).map((found) -> detail(found, this.registry.status()));
	}

	/**
	 * Judges a service without the cost of its statistics.
	 */
	ServiceStatus status(Service service) {
		return ServiceStatus.of(count(service, this.traffic.instances(service.name())),
				this.traffic.circuit(service.name()), this.registry.status() instanceof RegistryStatus.Live);
	}

	private ServiceSummary summary(Service service, RegistryStatus status) {
		ServiceName name = service.name();
		InstanceCounts counts = count(service, this.traffic.instances(name));
		String circuit = this.traffic.circuit(name);
		return ServiceSummary.of(name.value(), ServiceStatus.of(counts, circuit, status instanceof RegistryStatus.Live),
				counts, service.revision(), DataAge.seconds(status, this.clock), this.traffic.statistics(name),
				circuit);
	}

	private ServiceDetail detail(Service service, RegistryStatus status) {
		Map<String, Traffic.InstanceTraffic> traffic = this.traffic.instances(service.name());
		return new ServiceDetail(summary(service, status),
				service.instances()
					.stream()
					.map((instance) -> ServiceDetail.InstanceDetail.of(instance, of(instance, traffic)))
					.toList());
	}

	private static InstanceCounts count(Service service, Map<String, Traffic.InstanceTraffic> traffic) {
		int routable = 0;
		int ejected = 0;
		for (Instance instance : service.instances()) {
			if (of(instance, traffic).ejected()) {
				ejected++;
			}
			else if (instance.weight() > 0) {
				routable++;
			}
		}
		return new InstanceCounts(service.instances().size(), routable, ejected);
	}

	private static Traffic.InstanceTraffic of(Instance instance, Map<String, Traffic.InstanceTraffic> traffic) {
		return traffic.getOrDefault(instance.id(), Traffic.InstanceTraffic.NONE);
	}

}
