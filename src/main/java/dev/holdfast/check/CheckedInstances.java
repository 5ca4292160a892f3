package dev.holdfast.check;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import dev.holdfast.proxy.backend.SingleUseConnections;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import dev.holdfast.upstream.UpstreamInstance;
import org.jspecify.annotations.Nullable;

/**
 * The instances that are checked. Touched by the checks' event loop alone.
 */
final class CheckedInstances {

	private final TrafficLoop loop;

	private final SingleUseConnections connections;

	private final Function<ServiceName, CheckTransport> transports;

	private final InstantSource clock;

	private final CheckListener listener;

	private final CheckSchedule schedule;

	private final Map<ServiceName, Map<String, CheckedInstance>> services = new HashMap<>();

	/** The checks of what is not registered, or not as it is probed. */
	private final Set<RunningCheck> others = new HashSet<>();

	/** Where others look. */
	private final Map<UpstreamInstance, CheckedInstance> found;

	private boolean closed;

	/**
	 * Create it without anything to check.
	 * @param loop the event loop
	 * @param connections makes the checks' connections
	 * @param transports how each service is connected to
	 * @param clock the time of day
	 * @param random spreads the checks
	 * @param listener hears of each check
	 * @param found where others find what is checked
	 */
	CheckedInstances(TrafficLoop loop, SingleUseConnections connections,
			Function<ServiceName, CheckTransport> transports, InstantSource clock, RandomGenerator random,
			CheckListener listener, Map<UpstreamInstance, CheckedInstance> found) {
		this.loop = loop;
		this.connections = connections;
		this.transports = transports;
		this.clock = clock;
		this.listener = listener;
		this.found = found;
		this.schedule = new CheckSchedule(loop, random, this::check);
	}

	/**
	 * Take what has changed of a service.
	 * @param put the instances that are registered, or registered anew
	 * @param removed the ids of those that have gone
	 */
	void take(ServiceName service, List<Put> put, List<String> removed) {
		if (this.closed) {
			return;
		}
		Map<String, CheckedInstance> known = this.services.computeIfAbsent(service, (name) -> new HashMap<>());
		removed.forEach((id) -> end(known.remove(id), true));
		put.forEach((one) -> put(service, known, one));
		if (known.isEmpty()) {
			this.services.remove(service);
		}
	}

	@SuppressWarnings("ReferenceEquality") // one that listens elsewhere is another one
	private void put(ServiceName service, Map<String, CheckedInstance> known, Put put) {
		String id = put.instance().instance().id();
		CheckedInstance before = known.get(id);
		boolean same = before != null && before.instance() == put.instance();
		if (before != null && same && put.planned().isOn()) {
			before.plan(put.planned());
			return;
		}
		end(known.remove(id), !same);
		if (put.planned().isOn()) {
			CheckedInstance added = new CheckedInstance(service, put.instance(), put.planned());
			known.put(id, added);
			this.found.put(put.instance(), added);
			this.schedule.add(added);
		}
	}

	private void end(@Nullable CheckedInstance instance, boolean unregistered) {
		if (instance == null) {
			return;
		}
		this.found.remove(instance.instance());
		boolean ran = instance.isRunning();
		instance.end(unregistered);
		if (ran) {
			this.schedule.ended();
		}
	}

	/**
	 * Check an instance as soon as there is room for it: one that is checked anyway, or
	 * one of which that is not known.
	 * @param result takes what is wrong with it, or an empty text
	 */
	void probe(ServiceName service, Instance instance, CheckPolicy.Planned planned, Consumer<String> result) {
		if (this.closed) {
			return;
		}
		CheckedInstance known = this.services.getOrDefault(service, Map.of()).get(instance.id());
		if (known != null && known.instance().instance().endpoint().equals(instance.endpoint())) {
			known.await(result);
			this.schedule.hasten(known);
			return;
		}
		Check check = planned.settings().check().orElseThrow();
		RunningCheck other = RunningCheck.of(check, this.loop, target(service, instance.endpoint(), planned.settings()),
				result);
		this.others.removeIf(RunningCheck::hasEnded);
		this.others.add(other);
		other.begin(this.connections);
	}

	private CheckTarget target(ServiceName service, Endpoint endpoint, CheckSettings settings) {
		return new CheckTarget(endpoint, this.transports.apply(service), settings.timeout());
	}

	private void check(CheckedInstance instance) {
		CheckSettings settings = instance.settings();
		long begun = this.loop.nanoTime();
		RunningCheck running = RunningCheck.of(settings.check().orElseThrow(), this.loop,
				target(instance.service(), instance.instance().instance().endpoint(), settings),
				(error) -> ended(instance, begun, error));
		instance.begin(running);
		running.begin(this.connections);
	}

	private void ended(CheckedInstance instance, long begun, String error) {
		instance.ended(error, this.clock.instant());
		this.listener.onChecked(instance.service(), error.isEmpty(), this.loop.nanoTime() - begun);
		this.schedule.repeat(instance, begun);
		this.schedule.ended();
	}

	/**
	 * Check nothing more.
	 */
	void close() {
		this.closed = true;
		this.schedule.close();
		this.services.values().forEach((known) -> known.values().forEach((instance) -> end(instance, true)));
		this.services.clear();
		Set.copyOf(this.others).forEach(RunningCheck::cancel);
		this.others.clear();
	}

	/**
	 * An instance that is registered.
	 *
	 * @param instance its run-time state
	 * @param planned how it is checked, if it is
	 */
	record Put(UpstreamInstance instance, CheckPolicy.Planned planned) {
	}

}
