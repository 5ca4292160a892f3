package dev.holdfast.actuate;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import dev.holdfast.upstream.Upstreams;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * The gauges {@code registry.instances{service,state}}. Services get theirs in the order
 * in which they appear, up to a limit that keeps a scrape small; those that come later
 * are counted together under the empty service name. A gauge stays when its service has
 * lost its instances, so that an alert can see the 0.
 */
public final class InstanceGauges implements SnapshotListener {

	private static final int NAMED_SERVICES = 1000;

	private final MeterRegistry meters;

	private final Function<ServiceName, InstanceCounts> counts;

	private final int limit;

	private final Set<ServiceName> named = ConcurrentHashMap.newKeySet();

	private final Set<ServiceName> unnamed = ConcurrentHashMap.newKeySet();

	/**
	 * Creates the gauges of services that are yet to be heard of.
	 * @param meters where they are registered
	 * @param upstreams what is made of the registered instances
	 */
	public InstanceGauges(MeterRegistry meters, Upstreams upstreams) {
		this(meters, (service) -> InstanceCounts.of(upstreams.find(service)), NAMED_SERVICES);
	}

	InstanceGauges(MeterRegistry meters, Function<ServiceName, InstanceCounts> counts, int limit) {
		this.meters = meters;
		this.counts = counts;
		this.limit = limit;
	}

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		for (ServiceName service : changed) {
			if (this.unnamed.contains(service) || this.named.contains(service)) {
				continue;
			}
			if (this.named.size() < this.limit) {
				this.named.add(service);
				register(service.value(), () -> this.counts.apply(service));
			}
			else {
				if (this.unnamed.isEmpty()) {
					register("", this::together);
				}
				this.unnamed.add(service);
			}
		}
	}

	private InstanceCounts together() {
		return this.unnamed.stream().map(this.counts).reduce(InstanceCounts.NONE, InstanceCounts::plus);
	}

	private void register(String service, Supplier<InstanceCounts> counts) {
		register(service, "routable", counts, InstanceCounts::routable);
		register(service, "ejected", counts, InstanceCounts::ejected);
		register(service, "weightless", counts, InstanceCounts::weightless);
	}

	private void register(String service, String state, Supplier<InstanceCounts> counts,
			ToIntFunction<InstanceCounts> count) {
		Gauge.builder("registry.instances", () -> count.applyAsInt(counts.get()))
			.description("Instances that are registered, by what the gateway does with them")
			.tag("service", service)
			.tag("state", state)
			.register(this.meters);
	}

}
