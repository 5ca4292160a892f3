package dev.holdfast.upstream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.ServiceOverrides;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Subset;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;

/**
 * One service's run-time state. All methods are safe on any thread and take no lock that
 * another request could hold for long.
 */
public final class Upstream {

	private static final AtomicReferenceFieldUpdater<Upstream, HostSelector> HOSTS = AtomicReferenceFieldUpdater
		.newUpdater(Upstream.class, HostSelector.class, "hosts");

	private final ServiceName name;

	private final UpstreamSettings settings;

	private final LongSupplier nanoTime;

	private final Circuit circuit;

	private final Traffic traffic = new Traffic();

	/** How many wait for which instances; none for most. */
	private final ConcurrentHashMap<Subset, Integer> queued = new ConcurrentHashMap<>();

	private final RetryBudget retryBudget = new RetryBudget(this::inFlight);

	/** Whether an event loop is about to eject an instance, so that no other may. */
	private final AtomicBoolean ejecting = new AtomicBoolean();

	private final RegisteredInstances registered;

	private final UpstreamReview review;

	private volatile HostSelector hosts;

	/** Written by one thread at a time, as what is registered is. */
	private volatile ServiceOverrides overrides = ServiceOverrides.NONE;

	Upstream(ServiceName name, UpstreamSettings settings, CircuitBreakerRegistry breakers, LongSupplier nanoTime,
			InstantSource clock) {
		this.name = name;
		this.settings = settings;
		this.nanoTime = nanoTime;
		InstanceContext context = new InstanceContext(name, settings, this::tryEject, this::onHealth, nanoTime, clock);
		this.registered = new RegisteredInstances(context);
		this.review = new UpstreamReview(context);
		this.circuit = new Circuit(name.value(), breakers, this::isFailing, nanoTime, clock);
		this.hosts = new HostSelector(List.of(), settings);
	}

	/**
	 * Takes the instances that are registered now, sorted by id. Those that listen where
	 * they did keep their run-time state. Called by one thread at a time.
	 * @param listed whether the registry has been listed before
	 */
	void register(List<Instance> instances, boolean listed) {
		List<UpstreamInstance> now = this.registered.take(instances, this.hosts.all(), this.overrides, listed);
		if (now != null) {
			publish(now);
		}
	}

	/** What happened before others could see the new one must not be missed. */
	private void publish(List<UpstreamInstance> instances) {
		HostSelector now = new HostSelector(instances, this.settings);
		this.hosts = now;
		if (isSlowStart()) {
			reweigh();
		}
		else {
			now.review();
		}
	}

	/**
	 * Takes what operators have set against what is registered. Called by one thread at a
	 * time, and never together with {@link #register}.
	 */
	void override(ServiceOverrides overrides) {
		this.overrides = overrides;
		List<UpstreamInstance> all = this.hosts.all();
		all.forEach((instance) -> instance.override(overrides.of(instance.instance().id())));
		publish(all);
		OperatorOverride circuitOpen = overrides.circuitOpen();
		this.circuit.force((circuitOpen != null) ? circuitOpen.until() : null);
	}

	private void onHealth(boolean recovered) {
		if (recovered && this.settings.slowStart().isPositive()) {
			reweigh();
		}
		this.hosts.review();
	}

	/**
	 * Has instances be chosen by the parts of their shares that they get now. When what
	 * is registered changes at the same moment whoever publishes that does it again.
	 */
	private void reweigh() {
		HostSelector before = this.hosts;
		while (!HOSTS.compareAndSet(this, before, before.reweighed())) {
			before = this.hosts;
		}
		this.hosts.review();
	}

	/**
	 * Does what is to be done from time to time. Called by one thread at a time.
	 */
	void sweep() {
		if (isSlowStart()) {
			reweigh();
		}
		this.review.compare(this.hosts.all());
		this.review.tellPanic(this.hosts.standing());
	}

	private boolean isSlowStart() {
		return this.settings.slowStart().isPositive() && this.hosts.isSlowStart();
	}

	/**
	 * Ejects an instance that fails requests. When another event loop does the same at
	 * this moment, the instance's next failure asks again.
	 */
	private boolean tryEject(BooleanSupplier ejection) {
		if (!this.ejecting.compareAndSet(false, true)) {
			return false;
		}
		try {
			return this.hosts.mayEject() && ejection.getAsBoolean();
		}
		finally {
			this.ejecting.set(false);
		}
	}

	/**
	 * Whether it is the service that fails, and not a few of its instances: only then may
	 * its circuit open.
	 */
	private boolean isFailing() {
		return !this.settings.ejection().ejectsForFailures() || this.hosts.isFailing();
	}

	/**
	 * Gives up what is kept for the service outside of this object.
	 */
	void forget() {
		this.circuit.forget();
	}

	/**
	 * The service's name.
	 * @return the name
	 */
	public ServiceName name() {
		return this.name;
	}

	/**
	 * The service's instances, whatever their state.
	 * @return the instances
	 */
	public List<UpstreamInstance> instances() {
		return this.hosts.all();
	}

	/**
	 * Asks the circuit breaker whether a request may be sent. After {@code true} the
	 * request must be ended with {@link #end}.
	 * @return whether the breaker lets it through
	 */
	public boolean tryStart() {
		return this.circuit.tryAcquire();
	}

	/**
	 * Chooses an instance for a try: one that was not tried and is not avoided, else one
	 * that was not tried, else one that was tried and is not avoided, so that its
	 * connection may have broken by chance. While too few are healthy none is avoided but
	 * those that refuse connections. The end of each try must have been counted before.
	 * What is chosen must be used: it may be the one trial of an instance that was
	 * ejected.
	 * @param tried the instances that this request has been sent to already
	 * @param demand what the request asks of the instance
	 * @return an instance, or {@code null} when the service has none that takes requests,
	 * or has only such as have all the requests that they get at a time, or as this
	 * request found refusing connections: no use in asking them again at once
	 */
	public @Nullable UpstreamInstance choose(List<UpstreamInstance> tried, Demand demand) {
		return this.hosts.choose(demand, tried, HostPicker.ANY);
	}

	/**
	 * Chooses an instance for a request that asks nothing of it.
	 * @param tried the instances that this request has been sent to already
	 * @return an instance, or {@code null} when there is none
	 * @see #choose(List, Demand)
	 */
	public @Nullable UpstreamInstance choose(List<UpstreamInstance> tried) {
		return choose(tried, Demand.NONE);
	}

	/**
	 * Chooses an instance for another try as {@link #choose} does, but none that was
	 * tried. What is chosen must be used.
	 * @param tried the instances that this request has been sent to already
	 * @param demand what the request asks of the instance
	 * @return an instance, or {@code null} when there is none
	 */
	public @Nullable UpstreamInstance chooseUntried(List<UpstreamInstance> tried, Demand demand) {
		return this.hosts.choose(demand, tried, HostPicker.UNTRIED);
	}

	/**
	 * Chooses an instance for a try that is made only because it may do better. What is
	 * chosen must be used.
	 * @param tried the instances that this request has been sent to already
	 * @param demand what the request asks of the instance
	 * @return an instance that was not tried and is healthy, or {@code null} when there
	 * is none
	 */
	public @Nullable UpstreamInstance chooseBetter(List<UpstreamInstance> tried, Demand demand) {
		return this.hosts.choose(demand, tried, HostPicker.BETTER);
	}

	/**
	 * Tells what a choice for a request's first try would come to now, and takes nothing:
	 * no trial of an instance is used up.
	 * @param subset which instances the request may go to
	 * @return all instances, sorted by id
	 */
	public List<Candidate> candidates(Subset subset) {
		return this.hosts.candidates(subset);
	}

	/**
	 * Tells the same of a request that may go to any instance.
	 * @return all instances, sorted by id
	 */
	public List<Candidate> candidates() {
		return candidates(Subset.ALL);
	}

	/**
	 * Tells whether a request that was not tried, and got no instance, may get one later:
	 * those that it could have been sent to have all the requests that they get at a
	 * time. It is not asked whether they still have: another event loop may have made
	 * room since.
	 * @param subset which instances the request may go to
	 * @return whether it is worth waiting for one
	 */
	public boolean takesRequests(Subset subset) {
		return this.hosts.takesRequests(subset);
	}

	/**
	 * Tells the same of a request that may go to any instance.
	 * @return whether it is worth waiting for one
	 */
	public boolean takesRequests() {
		return takesRequests(Subset.ALL);
	}

	/**
	 * Whether all instances are used, because fewer than half of them are healthy. Those
	 * that refuse connections are neither used nor counted. Where there is one it is used
	 * anyway, and that is no panic.
	 * @return whether it is in panic
	 */
	public boolean isPanicking() {
		return this.hosts.standing().isPanicAmongMany();
	}

	/**
	 * Return what of a request is its key.
	 * @return what it is, or {@code null} when requests have none
	 */
	public @Nullable HashOn hashOn() {
		return (this.settings.balancer() == Balancer.HASH) ? this.settings.hashOn() : null;
	}

	/**
	 * Counts a request that waits for an instance, if there may be one more of them. Must
	 * then be followed by one {@link #leaveQueue}.
	 * @param subset which instances it waits for; others do not wait behind it
	 * @return whether it may wait
	 */
	public boolean tryQueue(Subset subset) {
		if (this.queued.merge(subset, 1, Integer::sum) > this.settings.maxQueued()) {
			leaveQueue(subset);
			return false;
		}
		return true;
	}

	/**
	 * A request waits no longer.
	 * @param subset which instances it waited for
	 */
	public void leaveQueue(Subset subset) {
		this.queued.computeIfPresent(subset, (key, before) -> (before > 1) ? before - 1 : null);
	}

	/**
	 * Asks whether a request may be tried again that may have cost an instance something
	 * already. After {@code true}, one {@link #endRetry} must follow.
	 * @return whether the budget allows it
	 */
	public boolean tryRetry() {
		return this.retryBudget.tryAcquire();
	}

	/**
	 * A further try has come to a response, or to none.
	 */
	public void endRetry() {
		this.retryBudget.release();
	}

	/**
	 * Tells how its retries stand against their budget.
	 * @return the numbers
	 */
	public Retries retries() {
		return this.retryBudget.retries();
	}

	private int inFlight() {
		int sum = 0;
		for (UpstreamInstance instance : this.hosts.all()) {
			sum += instance.active();
		}
		return sum;
	}

	/**
	 * Ends a request that {@link #tryStart} let through.
	 * @param outcome how it ended
	 * @param nanos how long it took, nanoseconds
	 */
	public void end(Outcome outcome, long nanos) {
		this.circuit.release(outcome, nanos);
		this.traffic.record(this.nanoTime.getAsLong(), outcome, nanos);
	}

	/**
	 * Tells the state of the circuit breaker.
	 * @return the name of resilience4j's state, {@code CLOSED} before the first request
	 */
	public String circuit() {
		return this.circuit.state().name();
	}

	/**
	 * Whether the circuit breaker lets all requests through.
	 * @return whether it is neither open nor half open
	 */
	public boolean isCircuitClosed() {
		return switch (this.circuit.state()) {
			case CLOSED, DISABLED, METRICS_ONLY -> true;
			case OPEN, HALF_OPEN, FORCED_OPEN -> false;
		};
	}

	/**
	 * Has the circuit breaker begin anew, closed, unless an operator keeps it open.
	 */
	public void resetCircuit() {
		this.circuit.reset();
	}

	/**
	 * Tells a client that {@link #tryStart} did not let through when to come again.
	 * @return whole seconds, at least one
	 */
	public Duration retryAfter() {
		return this.circuit.retryAfter();
	}

	/**
	 * The last full window of its traffic, {@code null} when no request ended in it.
	 * @param now the time, nanoseconds
	 */
	@Nullable Window lastFullWindow(long now) {
		return this.traffic.lastFullWindow(now);
	}

	/**
	 * Tells what became of the requests lately.
	 * @return the numbers of the last full window
	 */
	public Statistics statistics() {
		return this.traffic.lastFull(this.nanoTime.getAsLong());
	}

}
