package dev.holdfast.actuate;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.registry.RegistryListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/**
 * The meters of what happens in the registry client. Those of the state that it is in are
 * {@link RegistryGauges}.
 */
public final class RegistryMeters implements RegistryListener {

	private final MeterRegistry meters;

	private final AtomicLong headRevision = new AtomicLong();

	private final CounterFamily events;

	private final CounterFamily generations;

	private final Timer propagation;

	private final Timer barrier;

	private final Counter drift;

	/**
	 * Registers the meters that have no labels.
	 * @param meters where meters are registered
	 */
	public RegistryMeters(MeterRegistry meters) {
		this.meters = meters;
		this.events = new CounterFamily(meters, "registry.events", "Watch events that were applied", "type");
		this.generations = new CounterFamily(meters, "registry.generations",
				"Generations of client, list and watch that ended", "cause");
		this.propagation = Timer.builder("registry.propagation")
			.description("From the arrival of a watch response until what it changed is routable")
			.publishPercentiles(0.5, 0.99)
			.percentilePrecision(2)
			.register(meters);
		this.barrier = Timer.builder("registry.barrier")
			.description("What it took to prove that the watch delivers")
			.register(meters);
		this.drift = Counter.builder("registry.drift")
			.description("Differences that a periodic list found and the watch should have delivered")
			.register(meters);
		Gauge.builder("registry.head.revision", this.headRevision, AtomicLong::get)
			.description("The registry's newest revision as of the last proof of delivery")
			.register(meters);
	}

	@Override
	public void onEvent(String type) {
		this.events.get(type).increment();
	}

	@Override
	public void onPropagated(Duration took) {
		this.propagation.record(took);
	}

	@Override
	public void onBarrier(Duration took, long headRevision) {
		this.barrier.record(took);
		this.headRevision.set(headRevision);
	}

	@Override
	public void onGenerationEnded(String cause) {
		this.generations.get(cause).increment();
	}

	@Override
	public void onRelist(String reason, String outcome) {
		Counter.builder("registry.relists")
			.description("Full lists")
			.tags(Tags.of("reason", reason, "outcome", outcome))
			.register(this.meters)
			.increment();
	}

	@Override
	public void onDrift(int differences) {
		this.drift.increment(differences);
	}

}
