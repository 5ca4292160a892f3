package dev.holdfast.actuate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;

/**
 * Meters that come into being one by one and are removed together.
 */
final class MeterGroup {

	private final MeterRegistry registry;

	private final List<Meter> meters = new ArrayList<>();

	private boolean removed;

	MeterGroup(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Registers a meter. Once the group has been removed it gives one that nobody sees:
	 * whoever had found the group before would else leave a meter behind.
	 * @param register registers the meter with the registry that it is given
	 * @return the meter
	 */
	synchronized <M extends Meter> M register(Function<MeterRegistry, M> register) {
		if (this.removed) {
			return register.apply(new CompositeMeterRegistry());
		}
		M meter = register.apply(this.registry);
		this.meters.add(meter);
		return meter;
	}

	synchronized void remove() {
		this.removed = true;
		this.meters.forEach(this.registry::remove);
		this.meters.clear();
	}

}
