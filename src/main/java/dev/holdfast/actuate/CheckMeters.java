package dev.holdfast.actuate;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Predicate;

import dev.holdfast.check.CheckListener;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Upstreams;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;

/**
 * The meters {@code gateway.health.checks{service,outcome}} of the services that are
 * checked.
 */
public final class CheckMeters implements CheckListener {

	private static final String PASSED = "passed";

	private static final String FAILED = "failed";

	private final MeterRegistry meters;

	private final Predicate<ServiceName> known;

	private final ConcurrentMap<ServiceName, ServiceChecks> services = new ConcurrentHashMap<>();

	/**
	 * Create the meters of services that are yet to be checked.
	 * @param meters where they are registered
	 * @param upstreams tells which services there are
	 */
	public CheckMeters(MeterRegistry meters, Upstreams upstreams) {
		this(meters, (service) -> upstreams.find(service) != null);
		upstreams.onForgotten(this::forget);
	}

	CheckMeters(MeterRegistry meters, Predicate<ServiceName> known) {
		this.meters = meters;
		this.known = known;
	}

	@Override
	public void onChecked(ServiceName service, boolean passed, long nanos) {
		// Asked within the map's lock, which forget takes after the service has gone.
		ServiceChecks counted = this.services.computeIfAbsent(service,
				(name) -> this.known.test(name) ? ServiceChecks.of(this.meters, name) : null);
		if (counted != null) {
			counted.outcomes().get(passed ? PASSED : FAILED).increment();
		}
	}

	void forget(ServiceName service) {
		ServiceChecks gone = this.services.remove(service);
		if (gone != null) {
			gone.meters().remove();
		}
	}

	private record ServiceChecks(MeterGroup meters, CounterFamily outcomes) {

		static ServiceChecks of(MeterRegistry registry, ServiceName service) {
			MeterGroup meters = new MeterGroup(registry);
			return new ServiceChecks(meters,
					new CounterFamily(meters, "gateway.health.checks", "Active health checks of instances",
							Tags.of("service", service.value()), "outcome")
						.beginning(List.of(PASSED, FAILED)));
		}

	}

}
