package dev.holdfast.admin;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import dev.holdfast.admin.ServiceSummary.RecentTraffic;
import dev.holdfast.check.CheckState;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.ServiceOverrides;
import dev.holdfast.registry.Change;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The services as operators see them: what is registered, together with what the traffic
 * port has made of it.
 */
@Component
final class ServiceCatalogue {

	private final Registry registry;

	private final Traffic traffic;

	private final Overrides overrides;

	ServiceCatalogue(Registry registry, Traffic traffic, Overrides overrides) {
		this.registry = registry;
		this.traffic = traffic;
		this.overrides = overrides;
	}

	/**
	 * Lists services. Where it can be told without a look at their instances which come
	 * first, only those of the page are looked at.
	 */
	Page<ServiceSummary> find(ServiceQuery query, PageRequest request) {
		RegistryStatus status = this.registry.status();
		Stream<Service> named = this.registry.snapshot()
			.services()
			.values()
			.stream()
			.filter((service) -> query.matchesName(service.name().value()));
		Comparator<Service> registered = query.registeredOrder();
		if (registered != null && query.isForEveryStatus()) {
			return Page.of(named.sorted(registered).toList(), request,
					(service) -> summary(service, status, query.traffic()));
		}
		return Page.of(named.map((service) -> summary(service, status, query.traffic()))
			.filter(query::matchesStatus)
			.sorted(query.order())
			.toList(), request);
	}

	/**
	 * Finds one service with its instances.
	 * @param traffic whether what they have done is asked for
	 */
	Optional<ServiceDetail> find(String name, boolean traffic) {
		return known(name).map((service) -> detail(service, this.registry.status(), traffic));
	}

	/**
	 * Gives what changed in a service lately, the newest first.
	 */
	Optional<List<Change>> history(String name) {
		return known(name).map((service) -> this.registry.history(service.name()));
	}

	/**
	 * Whether something is or was registered under a name.
	 */
	boolean isKnown(ServiceName name) {
		return this.registry.snapshot().find(name) != null;
	}

	/**
	 * Whether a service has an instance.
	 * @param instance its id
	 */
	boolean isKnown(ServiceName name, String instance) {
		Service service = this.registry.snapshot().find(name);
		return service != null && service.find(instance).isPresent();
	}

	/**
	 * Whether a service would be left without a routable instance if one of its instances
	 * got no more requests.
	 * @param instance the id of that one
	 */
	boolean isLastRoutable(ServiceName name, String instance) {
		Service service = this.registry.snapshot().find(name);
		if (service == null) {
			return false;
		}
		ServiceOverrides set = this.overrides.active().of(name);
		Map<String, Traffic.InstanceTraffic> known = this.traffic.instances(name);
		boolean takesRequests = service.find(instance).filter((one) -> weight(one, set) > 0).isPresent();
		return takesRequests && service.instances()
			.stream()
			.noneMatch(
					(other) -> !other.id().equals(instance) && weight(other, set) > 0 && !of(other, known).ejected());
	}

	private static int weight(Instance instance, ServiceOverrides overrides) {
		return overrides.of(instance.id()).effectiveWeight(instance.weight());
	}

	private Optional<Service> known(String name) {
		return ServiceName.isValid(name) ? Optional.ofNullable(this.registry.snapshot().find(new ServiceName(name)))
				: Optional.empty();
	}

	/**
	 * Judges a service without the cost of its statistics.
	 */
	ServiceStatus status(Service service) {
		return ServiceStatus.of(count(service), this.traffic.circuit(service.name()),
				this.registry.status() instanceof RegistryStatus.Live);
	}

	private ServiceSummary summary(Service service, RegistryStatus status, boolean traffic) {
		ServiceName name = service.name();
		InstanceCounts counts = count(service);
		String circuit = this.traffic.circuit(name);
		return new ServiceSummary(name.value(),
				ServiceStatus.of(counts, circuit, status instanceof RegistryStatus.Live), counts, service.revision(),
				status.asOf().orElse(null), circuit, this.traffic.isPanicking(name),
				traffic ? RecentTraffic.of(this.traffic.statistics(name)) : null);
	}

	/**
	 * Gives a service with its instances.
	 * @param traffic whether what they have done is asked for
	 */
	ServiceDetail detail(Service service, boolean traffic) {
		return detail(service, this.registry.status(), traffic);
	}

	private ServiceDetail detail(Service service, RegistryStatus status, boolean traffic) {
		Map<String, Traffic.InstanceTraffic> known = this.traffic.instances(service.name());
		Map<String, CheckState> checks = this.traffic.checks(service.name());
		ServiceOverrides set = this.overrides.active().of(service.name());
		return new ServiceDetail(summary(service, status, traffic),
				ServiceDetail.RetriesDetail.of(this.traffic.retries(service.name())),
				service.instances()
					.stream()
					.map((instance) -> ServiceDetail.InstanceDetail.of(instance, of(instance, known),
							hold(service, instance), set.of(instance.id()), checks.get(instance.id()), traffic))
					.toList());
	}

	private @Nullable Hold hold(Service service, Instance instance) {
		return this.registry.held(service.name(), instance.id()).map(Hold::of).orElse(null);
	}

	private InstanceCounts count(Service service) {
		Set<String> out = this.traffic.ejected(service.name());
		ServiceOverrides set = this.overrides.active().of(service.name());
		int routable = 0;
		int draining = 0;
		int ejected = 0;
		for (Instance instance : service.instances()) {
			if (set.of(instance.id()).isDrained()) {
				draining++;
			}
			else if (out.contains(instance.id())) {
				ejected++;
			}
			else if (weight(instance, set) > 0) {
				routable++;
			}
		}
		return new InstanceCounts(service.instances().size(), routable, held(service), draining, ejected);
	}

	private int held(Service service) {
		if (this.registry.heldRemovals() == 0) {
			return 0;
		}
		return (int) service.instances()
			.stream()
			.filter((instance) -> this.registry.held(service.name(), instance.id()).isPresent())
			.count();
	}

	private static Traffic.InstanceTraffic of(Instance instance, Map<String, Traffic.InstanceTraffic> traffic) {
		return traffic.getOrDefault(instance.id(), Traffic.InstanceTraffic.NONE);
	}

}
