package dev.holdfast.upstream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.ServiceOverrides;
import dev.holdfast.service.Instance;
import dev.holdfast.service.ServiceName;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;

/**
 * One service's run-time state. All methods are safe on any thread and take no lock that
 * another request could hold for long.
 */
public final class Upstream {

	private final ServiceName name;

	private final UpstreamSettings settings;

	private final LongSupplier nanoTime;

	private final Circuit circuit;

	private final Traffic traffic = new Traffic();

	private final AtomicInteger queued = new AtomicInteger();

	private final RetryBudget retryBudget = new RetryBudget(this::inFlight);

	/** One for all instances. */
	private final EjectionLimit ejectionLimit = this::tryEject;

	/** Whether an event loop is about to eject an instance, so that no other may. */
	private final AtomicBoolean ejecting = new AtomicBoolean();

	private volatile Pool pool;

	/** What the pool was made of. */
	private List<Instance> registered = List.of();

	/** Written by one thread at a time, as the pool is. */
	private volatile ServiceOverrides overrides = ServiceOverrides.NONE;

	Upstream(ServiceName name, UpstreamSettings settings, CircuitBreakerRegistry breakers, LongSupplier nanoTime,
			InstantSource clock) {
		this.name = name;
		this.settings = settings;
		this.nanoTime = nanoTime;
		this.circuit = new Circuit(name.value(), breakers, this::isFailing, nanoTime, clock);
		this.pool = new Pool(List.of(), settings.balancer());
	}

	/**
	 * Takes the instances that are registered now, sorted by id. Those that listen where
	 * they did keep their run-time state. Called by one thread at a time.
	 */
	void register(List<Instance> instances) {
		if (!renew(instances)) {
			rebuild(instances);
		}
		this.registered = instances;
	}

	/**
	 * Takes what was written anew of instances that are chosen as before, which is most
	 * of what happens. The others are not read: in a large registry that is what costs.
	 * @return whether there was no more to it; nothing was done otherwise
	 */
	@SuppressWarnings("ReferenceEquality")
	private boolean renew(List<Instance> instances) {
		List<Instance> before = this.registered;
		if (before.size() != instances.size()) {
			return false;
		}
		for (int i = 0; i < before.size(); i++) {
			if (before.get(i) != instances.get(i) && !isChosenAlike(before.get(i), instances.get(i))) {
				return false;
			}
		}
		for (int i = 0; i < before.size(); i++) {
			if (before.get(i) != instances.get(i)) {
				this.pool.all().get(i).register(instances.get(i));
			}
		}
		return true;
	}

	private static boolean isChosenAlike(Instance before, Instance after) {
		return before.id().equals(after.id()) && before.endpoint().equals(after.endpoint())
				&& before.weight() == after.weight();
	}

	private void rebuild(List<Instance> instances) {
		List<UpstreamInstance> before = this.pool.all();
		List<UpstreamInstance> now = new ArrayList<>(instances.size());
		int next = 0;
		// Both are sorted by id.
		for (Instance instance : instances) {
			while (next < before.size() && isBefore(before.get(next).instance(), instance)) {
				next++;
			}
			now.add(register((next < before.size()) ? before.get(next) : null, instance));
		}
		this.pool = new Pool(List.copyOf(now), this.settings.balancer());
	}

	/** What did not change is the same object, and need not be read. */
	@SuppressWarnings("ReferenceEquality")
	private static boolean isBefore(Instance known, Instance instance) {
		return known != instance && known.id().compareTo(instance.id()) < 0;
	}

	@SuppressWarnings("ReferenceEquality")
	private UpstreamInstance register(@Nullable UpstreamInstance known, Instance instance) {
		if (known != null && known.instance() == instance) {
			return known;
		}
		if (known == null || !known.instance().id().equals(instance.id())
				|| !known.instance().endpoint().equals(instance.endpoint())) {
			UpstreamInstance created = new UpstreamInstance(this.name, instance, this.settings, this.ejectionLimit,
					this.nanoTime);
			created.override(this.overrides.of(instance.id()));
			return created;
		}
		known.register(instance);
		return known;
	}

	/**
	 * Takes what operators have set against what is registered. Called by one thread at a
	 * time, and never together with {@link #register}.
	 */
	void override(ServiceOverrides overrides) {
		this.overrides = overrides;
		List<UpstreamInstance> all = this.pool.all();
		all.forEach((instance) -> instance.override(overrides.of(instance.instance().id())));
		this.pool = new Pool(all, this.settings.balancer());
		OperatorOverride circuitOpen = overrides.circuitOpen();
		this.circuit.force((circuitOpen != null) ? circuitOpen.until() : null);
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
			return this.pool.mayEject(this.settings.ejection()) && ejection.getAsBoolean();
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
		return !this.settings.ejection().countsFailures() || this.pool.isFailing();
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
		return this.pool.all();
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
	 * Chooses an instance for a try: one that was not tried and is not ejected, else one
	 * that was not tried, else one that was tried and is not ejected, so that its
	 * connection may have broken by chance. The end of each try must have been counted
	 * before. What is chosen must be used: it may be the one trial of an instance that
	 * was ejected.
	 * @param tried the instances that this request has been sent to already
	 * @return an instance, or {@code null} when the service has none that takes requests,
	 * or has only such as have all the requests that they get at a time, or as this
	 * request found refusing connections: no use in asking them again at once
	 */
	public @Nullable UpstreamInstance choose(List<UpstreamInstance> tried) {
		return this.pool.choose(tried, Pool.ANY);
	}

	/**
	 * Chooses an instance for another try as {@link #choose} does, but none that was
	 * tried. What is chosen must be used.
	 * @param tried the instances that this request has been sent to already
	 * @return an instance, or {@code null} when there is none
	 */
	public @Nullable UpstreamInstance chooseUntried(List<UpstreamInstance> tried) {
		return this.pool.choose(tried, Pool.UNTRIED);
	}

	/**
	 * Chooses an instance for a try that is made only because it may do better. What is
	 * chosen must be used.
	 * @param tried the instances that this request has been sent to already
	 * @return an instance that was not tried, and is neither ejected, nor failing, nor on
	 * trial for its return, or {@code null} when there is none
	 */
	public @Nullable UpstreamInstance chooseBetter(List<UpstreamInstance> tried) {
		return this.pool.choose(tried, Pool.BETTER);
	}

	/**
	 * Tells what a choice for a request's first try would come to now, and takes nothing:
	 * no trial of an instance is used up.
	 * @return all instances, sorted by id
	 */
	public List<Candidate> candidates() {
		return this.pool.candidates();
	}

	/**
	 * Tells whether a request that was not tried, and got no instance, may get one later:
	 * those that it could have been sent to have all the requests that they get at a
	 * time. It is not asked whether they still have: another event loop may have made
	 * room since.
	 * @return whether it is worth waiting for one
	 */
	public boolean takesRequests() {
		return this.pool.takesRequests();
	}

	/**
	 * Counts a request that waits for an instance, if there may be one more of them. Must
	 * then be followed by one {@link #leaveQueue}.
	 * @return whether it may wait
	 */
	public boolean tryQueue() {
		if (this.queued.incrementAndGet() > this.settings.maxQueued()) {
			this.queued.decrementAndGet();
			return false;
		}
		return true;
	}

	/**
	 * A request waits no longer.
	 */
	public void leaveQueue() {
		this.queued.decrementAndGet();
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
		for (UpstreamInstance instance : this.pool.all()) {
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
