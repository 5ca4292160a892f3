package dev.holdfast.actuate;

import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

import dev.holdfast.cluster.GatewayView;
import dev.holdfast.cluster.Gateways;
import dev.holdfast.cluster.GatewaysView;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

/**
 * The meters of what gateways share in etcd, which has a connection of its own.
 */
public final class ClusterGauges implements MeterBinder {

	private final Gateways gateways;

	private final LongSupplier sessions;

	private final Supplier<Duration> staleness;

	/**
	 * Creates the meters.
	 * @param gateways tells of all gateways
	 * @param sessions how many connections were begun
	 * @param staleness how long ago it was proven last that etcd delivers what is shared
	 */
	public ClusterGauges(Gateways gateways, LongSupplier sessions, Supplier<Duration> staleness) {
		this.gateways = gateways;
		this.sessions = sessions;
		this.staleness = staleness;
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		register(meters, "cluster.available", (view) -> view.available() ? 1 : 0,
				"1 while it is known what gateways share in etcd, else 0");
		register(meters, "cluster.gateways", (view) -> view.items().size(),
				"Gateways that are listed in etcd, this one included");
		register(meters, "cluster.lagging.gateways",
				(view) -> view.items().stream().filter(GatewayView::lagging).count(),
				"Gateways that have been behind the others for longer than changes take to spread");
		register(meters, "cluster.revisions.behind",
				(view) -> view.items()
					.stream()
					.filter(GatewayView::self)
					.mapToLong(GatewayView::revisionsBehind)
					.findFirst()
					.orElse(0),
				"How much less this gateway's revision is than the newest that any reports");
		Gauge.builder("cluster.staleness", () -> this.staleness.get().toMillis() / 1000.0)
			.description("Time since it was last proven that etcd delivers what gateways share")
			.baseUnit("seconds")
			.register(meters);
		FunctionCounter.builder("cluster.sessions", this.sessions, LongSupplier::getAsLong)
			.description("Connections to etcd that were begun for what gateways share")
			.register(meters);
	}

	private void register(MeterRegistry meters, String name, ToDoubleFunction<GatewaysView> value, String description) {
		Gauge.builder(name, () -> value.applyAsDouble(this.gateways.view())).description(description).register(meters);
	}

}
