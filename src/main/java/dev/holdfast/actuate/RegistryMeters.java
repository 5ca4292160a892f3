package dev.holdfast.actuate;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import dev.holdfast.registry.EndCause;
import dev.holdfast.registry.EventType;
import dev.holdfast.registry.RegistryListener;
import dev.holdfast.registry.RelistOutcome;
import dev.holdfast.registry.RelistReason;
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

	private final AtomicLong headRevision = new AtomicLong();

	private final CounterFamily events;

	private final CounterFamily generations;

	private final Map<RelistReason, CounterFamily> relists = new EnumMap<>(RelistReason.class);

	private final Timer propagation;

	private final Timer barrier;

	private final Counter drift;

	/**
	 * Registers the meters, all labels of which are known beforehand.
	 * @param meters where meters are registered
	 */
	public RegistryMeters(MeterRegistry meters) {
		MeterGroup registry = new MeterGroup(meters);
		this.events = new CounterFamily(registry, "registry.events", "Watch events that were applied", "type")
			.beginning(labels(EventType.values()));
		this.generations = new CounterFamily(registry, "registry.generations",
				"Generations of client, list and watch that ended", "cause")
			.beginning(labels(EndCause.values()));
		for (RelistReason reason : RelistReason.values()) {
			this.relists.put(reason, new CounterFamily(registry, "registry.relists", "Full lists",
					Tags.of("reason", label(reason)), "outcome")
				.beginning(labels(RelistOutcome.values())));
		}
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
	public void onEvent(EventType type) {
		this.events.get(label(type)).increment();
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
	public void onGenerationEnded(EndCause cause) {
		this.generations.get(label(cause)).increment();
	}

	@Override
	public void onRelist(RelistReason reason, RelistOutcome outcome) {
		Objects.requireNonNull(this.relists.get(reason)).get(label(outcome)).increment();
	}

	@Override
	public void onDrift(int differences) {
		this.drift.increment(differences);
	}

	private static List<String> labels(Enum<?>[] constants) {
		return Stream.of(constants).map(RegistryMeters::label).toList();
	}

	/**
	 * Writes a constant as labels have it, {@code watch-error}.
	 */
	private static String label(Enum<?> constant) {
		return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
	}

}
