package dev.holdfast.actuate;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;

import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.registry.SnapshotFileState;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import org.jspecify.annotations.Nullable;

/**
 * The meters of the state that the registry is in. Those of what happens in its client
 * are {@link RegistryMeters}: the client reports to them, so they cannot wait for the
 * registry that it is part of.
 */
public final class RegistryGauges implements MeterBinder {

	private static final List<String> STATES = List.of("LIVE", "STALE", "FROM_DISK", "EMPTY");

	private final Registry registry;

	private final Clock clock;

	/**
	 * Creates the meters.
	 * @param registry what they show
	 * @param clock the time that ages are counted by
	 */
	public RegistryGauges(Registry registry, Clock clock) {
		this.registry = registry;
		this.clock = clock;
	}

	@Override
	public void bindTo(MeterRegistry meters) {
		for (String state : STATES) {
			Gauge.builder("registry.state", () -> this.registry.status().name().equals(state) ? 1 : 0)
				.description("1 for the state that the registry is in, 0 for the others")
				.tag("state", state)
				.register(meters);
		}
		register(meters, "registry.staleness", this::staleness, "seconds",
				"Time since the data was last proven to be current; before there is any, since the start");
		register(meters, "registry.revision", this::revision, null,
				"The newest revision that is known to have been delivered");
		register(meters, "registry.held.removals", this.registry::heldRemovals, null,
				"Instances that the registry no longer has and that are still routed to");
		register(meters, "registry.frozen", () -> this.registry.freeze().isPresent() ? 1 : 0, null,
				"1 while an operator keeps what the registry says from being applied, else 0");
		register(meters, "registry.unreadable.records", () -> this.registry.unreadable().size(), null,
				"Records that could not be read");
		register(meters, "registry.snapshot.age", this::snapshotAge, "seconds",
				"Time since the snapshot on disk was written; not a number while there is none");
	}

	private static void register(MeterRegistry meters, String name, Supplier<Number> value, @Nullable String unit,
			String description) {
		Gauge.builder(name, value).description(description).baseUnit(unit).register(meters);
	}

	private double staleness() {
		return secondsSince(this.registry.status().asOf().orElseGet(this.registry::statusSince));
	}

	private long revision() {
		long published = this.registry.snapshot().revision().number();
		return (this.registry.status() instanceof RegistryStatus.Live live)
				? Math.max(published, live.revision().number()) : published;
	}

	private double snapshotAge() {
		return this.registry.snapshotFile().map(SnapshotFileState::savedAt).map(this::secondsSince).orElse(Double.NaN);
	}

	private double secondsSince(Instant instant) {
		return Math.max(0, Duration.between(instant, this.clock.instant()).toMillis() / 1000.0);
	}

}
