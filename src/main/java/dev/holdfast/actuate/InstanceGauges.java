package dev.holdfast.actuate;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;

import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Upstreams;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The gauges {@code registry.instances{service,state}} and
 * {@code gateway.panic{service}}. Held is no state there: {@code registry.held.removals}
 * counts those. Services get theirs in the order in which they appear, up to a limit that
 * keeps a scrape small; those that come later are counted together under the empty
 * service name, for as long as they are known. A gauge stays when its service has lost
 * its instances, so that an alert can see the 0, until the service is forgotten.
 */
public final class InstanceGauges implements SnapshotListener {

	private static final int NAMED_SERVICES = 1000;

	private final MeterRegistry meters;

	private final Function<ServiceName, InstanceCounts> counts;

	private final int limit;

	private final Map<ServiceName, MeterGroup> named = new HashMap<>();

	/** Read by scrapes. */
	private final Set<ServiceName> unnamed = ConcurrentHashMap.newKeySet();

	private MeterGroup together;

	/**
	 * Creates the gauges of services that are yet to be heard of.
	 * @param meters where they are registered
	 * @param upstreams what is made of the registered instances
	 */
	public InstanceGauges(MeterRegistry meters, Upstreams upstreams) {
		this(meters, (service) -> InstanceCounts.of(upstreams.find(service)), NAMED_SERVICES);
		upstreams.onForgotten(this::forget);
	}

	InstanceGauges(MeterRegistry meters, Function<ServiceName, InstanceCounts> counts, int limit) {
		this.meters = meters;
		this.counts = counts;
		this.limit = limit;
		this.together = new MeterGroup(meters);
	}

	@Override
	public synchronized void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		for (ServiceName name : changed) {
			Service service = snapshot.find(name);
			// Without an instance it is known already, or has been forgotten.
			if (service != null && !service.instances().isEmpty()) {
				add(name);
			}
		}
	}

	private void add(ServiceName service) {
		if (this.unnamed.contains(service) || this.named.containsKey(service)) {
			return;
		}
		if (this.named.size() < this.limit) {
			this.named.put(service, register(service.value(), () -> this.counts.apply(service)));
			return;
		}
		this.unnamed.add(service);
		if (this.unnamed.size() == 1) {
			this.together = register("", this::together);
		}
	}

	/**
	 * Removes the gauges of a service that is known no more.
	 */
	synchronized void forget(ServiceName service) {
		MeterGroup gone = this.named.remove(service);
		if (gone != null) {
			gone.remove();
		}
		else if (this.unnamed.remove(service) && this.unnamed.isEmpty()) {
			this.together.remove();
		}
	}

	private InstanceCounts together() {
		return this.unnamed.stream().map(this.counts).reduce(InstanceCounts.NONE, InstanceCounts::plus);
	}

	private MeterGroup register(String service, Supplier<InstanceCounts> counts) {
		MeterGroup group = new MeterGroup(this.meters);
		for (InstanceState.Word state : InstanceState.Word.values()) {
			if (state != InstanceState.Word.HELD) {
				register(group, service, state, counts);
			}
		}
		group.register(Gauge.builder("gateway.panic", () -> counts.get().panicking())
			.description("Whether all instances of a service are used because fewer than half are healthy")
			.tag("service", service)::register);
		return group;
	}

	private static void register(MeterGroup group, String service, InstanceState.Word state,
			Supplier<InstanceCounts> counts) {
		group.register(Gauge.builder("registry.instances", () -> counts.get().in(state))
			.description("Instances that are registered, by what the gateway does with them")
			.tag("service", service)
			.tag("state", state.label())::register);
	}

}
