package dev.holdfast.registry.reflector;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.Set;

import dev.holdfast.actuate.InstanceGauges;
import dev.holdfast.actuate.RegistryMeters;
import dev.holdfast.registry.Probe;
import dev.holdfast.registry.RecordEvent;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.Registry;
import dev.holdfast.registry.RegistryRecord;
import dev.holdfast.registry.RegistrySettings;
import dev.holdfast.registry.RelistReason;
import dev.holdfast.registry.RemovalGuardSettings;
import dev.holdfast.registry.Signal;
import dev.holdfast.registry.format.RawRecord;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Snapshot;
import dev.holdfast.testing.Fleet;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;

/**
 * The cache of a fleet's registrations as a gateway has it, with all that listens to it,
 * and without a network.
 */
final class FleetRegistry {

	private static final long CLUSTER = 7;

	private final SimulatedTime time = new SimulatedTime();

	private final Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults());

	private final Reflector reflector;

	private final Set<Long> ended = new HashSet<>();

	private final Queue<Long> asked = new ArrayDeque<>();

	private long revision;

	FleetRegistry(Fleet fleet, Probe probe) {
		this.revision = fleet.instances();
		PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		this.reflector = new Reflector(new SimulatedSource(this.time),
				new RegistrySettings(Duration.ofSeconds(5), Duration.ofMinutes(5), RemovalGuardSettings.DEFAULTS),
				new EverySecond(), Optional.empty(), probe,
				List.of(this.upstreams, new RouteTable(List.of(), true, RoutePolicy.DEFAULTS),
						new InstanceGauges(meters, this.upstreams)),
				new RegistryMeters(meters), this.time, this.time, this.time, new Random(7));
		this.reflector.begin(1, this.asked::add);
	}

	/** Nothing is asked, because nothing is held. */
	FleetRegistry(Fleet fleet) {
		this(fleet, (endpoint, result) -> result.accept(""));
	}

	RefreshResult replace(List<RegistryRecord> records) {
		return this.reflector.reconciler().replace(new Signal.Listed(at(), records));
	}

	RefreshResult reconcile(List<RegistryRecord> records) {
		return this.reflector.reconciler()
			.reconcile(new Signal.Listed(at(), records), Map.of(), RelistReason.PERIODIC, true)
			.result();
	}

	/** An event that registers an instance anew. */
	RecordEvent put(RawRecord written) {
		return new RecordEvent.Put(Fleet.read(written, ++this.revision, Origin.WATCH));
	}

	/** An event by which somebody deletes a record, whose lease stays alive. */
	RecordEvent delete(RawRecord deleted) {
		return new RecordEvent.Deleted(deleted.key(), ++this.revision);
	}

	/** An event by which a lease ends. */
	RecordEvent expire(RawRecord deleted) {
		this.ended.add(deleted.lease());
		return delete(deleted);
	}

	/**
	 * Applies what one watch response brings, and then what the registry says of the
	 * leases.
	 */
	void apply(List<RecordEvent> events) {
		this.reflector.reconciler()
			.apply(events, CLUSTER,
					new Signal.Delivered(0, events.getLast().revision(), () -> events, this.time.getAsLong()));
		this.reflector.publisher().publishDelivered();
		for (Long lease = this.asked.poll(); lease != null; lease = this.asked.poll()) {
			this.reflector.guard()
				.onLease(new Signal.Lease(lease,
						this.ended.contains(lease) ? Optional.empty() : Optional.of(Duration.ofSeconds(30))));
			this.reflector.publisher().publish();
		}
	}

	Snapshot snapshot() {
		return registry().snapshot();
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	Registry registry() {
		return this.reflector.registry();
	}

	private Revision at() {
		return new Revision(CLUSTER, this.revision);
	}

}
