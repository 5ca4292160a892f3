package dev.holdfast.actuate;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.holdfast.proxy.MirrorOutcome;
import dev.holdfast.proxy.TrafficLabels;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Retries;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;

/**
 * The traffic meters of one service.
 */
final class ServiceMeters {

	private static final List<String> RETRY_OUTCOMES = List.of("SUCCESS", "FAILURE", "CANCELLED");

	private final MeterGroup meters;

	private final String service;

	private final ConcurrentMap<String, RouteTimers> routes = new ConcurrentHashMap<>();

	private final ConcurrentMap<Outcome, Timer> tries = new ConcurrentHashMap<>();

	private final CounterFamily connectFailures;

	private final CounterFamily retries;

	private final CounterFamily mirrored;

	private final Counter refusedRetries;

	ServiceMeters(MeterRegistry meters, String service) {
		this.meters = new MeterGroup(meters);
		this.service = service;
		this.connectFailures = new CounterFamily(this.meters, "gateway.connect.failures",
				"Connections to instances that could not be made", Tags.of("service", service), "reason");
		this.retries = new CounterFamily(this.meters, "gateway.retries",
				"Tries after the first of a request, by how the retry itself ended", Tags.of("service", service),
				"outcome");
		this.mirrored = new CounterFamily(this.meters, "gateway.mirrored.requests",
				"Copies of requests for the service, by what became of them", Tags.of("service", service), "outcome");
		this.refusedRetries = this.meters.register(Counter.builder("gateway.retries.refused")
			.description("Requests that were not tried again because the retry budget was used up")
			.tag("service", service)::register);
	}

	/**
	 * Lets the counters whose labels are known beforehand begin with 0.
	 * @return these meters
	 */
	ServiceMeters beginning() {
		this.connectFailures.beginning(TrafficLabels.connectFailureReasons());
		this.retries.beginning(RETRY_OUTCOMES);
		return this;
	}

	/**
	 * Shows how the service's retries stand against their budget.
	 * @return these meters
	 */
	ServiceMeters watching(Supplier<Retries> budget) {
		this.meters.register(Gauge.builder("gateway.retries.active", () -> budget.get().active())
			.description("Requests that are on a further try, or wait for one, within the retry budget")
			.tag("service", this.service)::register);
		this.meters.register(Gauge.builder("gateway.retries.limit", () -> budget.get().limit())
			.description("Requests that may be on a further try at this moment")
			.tag("service", this.service)::register);
		return this;
	}

	void countRefusedRetry() {
		this.refusedRetries.increment();
	}

	void countMirrored(MirrorOutcome outcome) {
		this.mirrored.get(outcome.name()).increment();
	}

	RouteTimers route(String route) {
		RouteTimers timers = this.routes.get(route);
		return (timers != null) ? timers
				: this.routes.computeIfAbsent(route, (name) -> new RouteTimers(this.meters, name, this.service));
	}

	void recordTry(Outcome outcome, long nanos) {
		Timer timer = this.tries.get(outcome);
		if (timer == null) {
			timer = this.tries.computeIfAbsent(outcome, this::registerTries);
		}
		timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	private Timer registerTries(Outcome outcome) {
		return this.meters.register(Timer.builder("gateway.upstream.requests")
			.description("Tries on instances")
			.tag("service", this.service)
			.tag("outcome", outcome.name())::register);
	}

	void countConnectFailure(String reason) {
		this.connectFailures.get(reason).increment();
	}

	/**
	 * Counts the retries of a request that has ended. All but the last must have failed,
	 * or there would have been no further one.
	 * @param retries how many there were, at least one
	 * @param outcome how the last one ended
	 */
	void countRetries(int retries, String outcome) {
		if (retries > 1) {
			this.retries.get("FAILURE").increment(retries - 1);
		}
		this.retries.get(outcome).increment();
	}

	/**
	 * Takes the meters off the registry. What is recorded later is not seen.
	 */
	void remove() {
		this.meters.remove();
	}

}
