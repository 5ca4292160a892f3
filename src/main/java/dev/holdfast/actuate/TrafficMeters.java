package dev.holdfast.actuate;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Predicate;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.ExchangeRecord;
import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.MirrorOutcome;
import dev.holdfast.proxy.TrafficLabels;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Retries;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.Upstreams;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;

/**
 * The meters of the traffic port. Once a combination of labels has been seen, recording
 * it again neither allocates nor builds labels.
 * <p>
 * All labels are bounded: {@code service} by what is registered, or was a while ago, and
 * {@code route} by what is configured (both are empty for a request that has none),
 * {@code method} by the standard methods and {@code OTHER}, {@code status} by the
 * statuses that HTTP defines room for and {@code UNKNOWN}, and the others by constants of
 * the gateway. Requests for a service that is forgotten count under the empty name.
 */
public final class TrafficMeters implements ExchangeListener {

	private static final String CLIENT_GONE = "client-gone";

	private static final int SERVER_ERRORS = 500;

	private final MeterRegistry meters;

	private final Predicate<ServiceName> known;

	private final Function<ServiceName, Retries> retries;

	private final ServiceMeters nameless;

	private final ConcurrentMap<String, ServiceMeters> services = new ConcurrentHashMap<>();

	private final LongAdder active = new LongAdder();

	private final Timer overhead;

	private final CounterFamily errors;

	private final CounterFamily rejected;

	/**
	 * Registers the meters whose labels are known beforehand.
	 * @param meters where meters are registered
	 * @param upstreams tells which services have meters of their own
	 */
	public TrafficMeters(MeterRegistry meters, Upstreams upstreams) {
		this(meters, (service) -> upstreams.find(service) != null, (service) -> {
			Upstream upstream = upstreams.find(service);
			return (upstream != null) ? upstream.retries() : Retries.NONE;
		});
		upstreams.onForgotten(this::forget);
	}

	TrafficMeters(MeterRegistry meters, Predicate<ServiceName> known, Function<ServiceName, Retries> retries) {
		this.meters = meters;
		this.known = known;
		this.retries = retries;
		this.nameless = new ServiceMeters(meters, "");
		this.overhead = Timer.builder("gateway.overhead")
			.description("What the gateway added to the time of backends, for requests that reached one")
			.register(meters);
		Gauge.builder("gateway.active.requests", this.active, LongAdder::sum)
			.description("Requests that are being answered")
			.register(meters);
		MeterGroup gateway = new MeterGroup(meters);
		this.errors = new CounterFamily(gateway, "gateway.errors",
				"Requests that the gateway itself ended, by the code", "code")
			.beginning(TrafficLabels.errorCodes());
		this.rejected = new CounterFamily(gateway, "gateway.rejected.requests",
				"Requests and clients that were rejected before they were routed", "reason")
			.beginning(TrafficLabels.rejectionReasons());
	}

	@Override
	public void onStart() {
		this.active.increment();
	}

	@Override
	public void onEnd(ExchangeRecord record) {
		this.active.decrement();
		ServiceMeters service = service(record.service());
		long duration = record.durationNanos();
		service.route(record.route()).record(record.method(), record.status(), duration);
		int tries = record.tries();
		if (tries > 0) {
			this.overhead.record(Math.max(0, duration - record.upstreamNanos()), TimeUnit.NANOSECONDS);
		}
		if (tries > 1) {
			service.countRetries(tries - 1, retryOutcome(record));
		}
		String code = record.errorCode();
		if (!code.isEmpty()) {
			this.errors.get(code).increment();
		}
	}

	@Override
	public void onTry(ServiceName service, Outcome outcome, long nanos) {
		service(service.value()).recordTry(outcome, nanos);
	}

	@Override
	public void onConnectFailure(ServiceName service, String reason) {
		service(service.value()).countConnectFailure(reason);
	}

	@Override
	public void onRetryRefused(ServiceName service) {
		service(service.value()).countRefusedRetry();
	}

	@Override
	public void onMirror(ServiceName service, MirrorOutcome outcome) {
		service(service.value()).countMirrored(outcome);
	}

	@Override
	public void onTurnedAway(String address, String reason, GatewayError error) {
		this.rejected.get(reason).increment();
		this.errors.get(error.code()).increment();
	}

	@Override
	public void onRejected(String reason) {
		this.rejected.get(reason).increment();
	}

	private ServiceMeters service(String name) {
		ServiceMeters service = this.services.get(name);
		return (service != null) ? service : create(name);
	}

	private ServiceMeters create(String name) {
		if (!isKnown(name)) {
			return this.nameless;
		}
		// Asked again within the map's lock, which forget takes after the service has
		// gone.
		ServiceMeters created = this.services.computeIfAbsent(name,
				(key) -> isKnown(key) ? createKnown(new ServiceName(key)) : null);
		return (created != null) ? created : this.nameless;
	}

	private ServiceMeters createKnown(ServiceName service) {
		return new ServiceMeters(this.meters, service.value()).beginning().watching(() -> this.retries.apply(service));
	}

	private boolean isKnown(String name) {
		return !name.isEmpty() && this.known.test(new ServiceName(name));
	}

	/**
	 * Removes the meters of a service that is known no more.
	 */
	void forget(ServiceName service) {
		ServiceMeters gone = this.services.remove(service.value());
		if (gone != null) {
			gone.remove();
		}
	}

	private static String retryOutcome(ExchangeRecord record) {
		if (record.errorCode().equals(CLIENT_GONE)) {
			return "CANCELLED";
		}
		return (record.errorCode().isEmpty() && record.status() < SERVER_ERRORS) ? "SUCCESS" : "FAILURE";
	}

}
