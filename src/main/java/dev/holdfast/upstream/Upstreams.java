package dev.holdfast.upstream;

import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

import dev.holdfast.override.ActiveOverrides;
import dev.holdfast.override.OverrideChange;
import dev.holdfast.override.OverrideListener;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The run-time state of the services that have instances, or had one a while ago.
 */
public final class Upstreams implements SnapshotListener, OverrideListener {

	private static final Logger logger = LoggerFactory.getLogger(Upstreams.class);

	private final UpstreamSettings settings;

	private final CircuitBreakerRegistry breakers;

	private final LongSupplier nanoTime;

	private final InstantSource clock;

	private final Map<ServiceName, Upstream> upstreams = new ConcurrentHashMap<>();

	/** Since when those have had no instance that have none. */
	private final Map<ServiceName, Long> emptied = new HashMap<>();

	/** The names of those whose state has been given up. */
	private final Set<ServiceName> gone = new HashSet<>();

	private final List<Consumer<ServiceName>> forgotten = new CopyOnWriteArrayList<>();

	/** Whether what is registered came from etcd once, and not only from disk. */
	private boolean listed;

	private ActiveOverrides overrides = ActiveOverrides.NONE;

	/**
	 * Creates the state of no services.
	 * @param settings how instances are chosen
	 * @param breakers gives each service that is asked for its circuit breaker, by the
	 * service's name and with the default configuration
	 */
	public Upstreams(UpstreamSettings settings, CircuitBreakerRegistry breakers) {
		this(settings, breakers, System::nanoTime);
	}

	/**
	 * The same, with a time of its own.
	 * @param settings how instances are chosen
	 * @param breakers gives each service that is asked for its circuit breaker
	 * @param nanoTime the time, handed in so that tests can move it by hand
	 */
	public Upstreams(UpstreamSettings settings, CircuitBreakerRegistry breakers, LongSupplier nanoTime) {
		this(settings, breakers, nanoTime, InstantSource.system());
	}

	Upstreams(UpstreamSettings settings, CircuitBreakerRegistry breakers, LongSupplier nanoTime, InstantSource clock) {
		this.settings = settings;
		this.breakers = breakers;
		this.nanoTime = nanoTime;
		this.clock = clock;
	}

	/**
	 * Finds a service's state.
	 * @param service its name
	 * @return the state, or {@code null} when nothing was ever registered under the name,
	 * or what was has been forgotten
	 */
	public @Nullable Upstream find(ServiceName service) {
		return this.upstreams.get(service);
	}

	/**
	 * Gives the state of all services.
	 * @return the states, in no order
	 */
	public Collection<Upstream> all() {
		return Collections.unmodifiableCollection(this.upstreams.values());
	}

	/**
	 * Adds a listener that hears of services whose state is given up: what is kept for
	 * them elsewhere can go. By then they are not found any more; none of them is
	 * registered again before the listener returns.
	 * @param listener the listener, called on the thread that forgets
	 */
	public void onForgotten(Consumer<ServiceName> listener) {
		this.forgotten.add(listener);
	}

	@Override
	public synchronized void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		for (ServiceName name : changed) {
			Service service = snapshot.find(name);
			List<Instance> instances = (service != null) ? service.instances() : List.of();
			Upstream known = this.upstreams.get(name);
			if (known != null) {
				register(known, instances);
			}
			else if (service != null && !(instances.isEmpty() && this.gone.contains(name))) {
				Upstream created = new Upstream(name, this.settings, this.breakers, this.nanoTime, this.clock);
				created.override(this.overrides.of(name));
				register(created, instances);
				this.upstreams.put(name, created);
				this.gone.remove(name);
			}
		}
		this.listed = this.listed || changed.stream().anyMatch((name) -> isFromEtcd(snapshot.find(name)));
	}

	private static boolean isFromEtcd(@Nullable Service service) {
		return service != null && service.instances()
			.stream()
			.anyMatch((instance) -> instance.registration().origin() != Registration.Origin.DISK);
	}

	@Override
	public synchronized void onOverrides(ActiveOverrides now, List<OverrideChange> changes) {
		this.overrides = now;
		changes.stream()
			.flatMap((change) -> change.action().target().stream())
			.distinct()
			.map(this.upstreams::get)
			.filter(Objects::nonNull)
			.forEach((upstream) -> upstream.override(now.of(upstream.name())));
	}

	private void register(Upstream upstream, List<Instance> instances) {
		upstream.register(instances, this.listed);
		if (instances.isEmpty()) {
			this.emptied.putIfAbsent(upstream.name(), this.nanoTime.getAsLong());
		}
		else {
			this.emptied.remove(upstream.name());
		}
	}

	/**
	 * Does for each service what is to be done from time to time: lets the shares of new
	 * instances grow, compares instances, and tells of panic. Called by one thread at a
	 * time, about once a second.
	 */
	public void sweep() {
		this.upstreams.values().forEach(Upstreams::sweep);
	}

	/** What goes wrong with one must not end the sweeps of the others. */
	private static void sweep(Upstream upstream) {
		try {
			upstream.sweep();
		}
		catch (RuntimeException ex) {
			logger.error("{} was not looked after, and will be with the next sweep", upstream.name(), ex);
		}
	}

	/**
	 * Gives up the state of the services that have had no instance for so long, whoever
	 * asks for them. Should they be registered again, they begin anew. A request that is
	 * still under way goes on with what it has.
	 * @param emptyFor how long they must have been without an instance
	 */
	public void forget(Duration emptyFor) {
		for (ServiceName name : emptied()) {
			forget(name, emptyFor);
		}
	}

	/** What one keeps must not hinder the others from letting go. */
	private static void tell(Consumer<ServiceName> listener, ServiceName name) {
		try {
			listener.accept(name);
		}
		catch (RuntimeException ex) {
			logger.error("Not all that is kept for {} was given up", name, ex);
		}
	}

	private synchronized List<ServiceName> emptied() {
		return List.copyOf(this.emptied.keySet());
	}

	// One by one, so that the registry's thread waits for one at most.
	private synchronized void forget(ServiceName name, Duration emptyFor) {
		Long since = this.emptied.get(name);
		Upstream upstream = this.upstreams.get(name);
		if (since == null || upstream == null || this.nanoTime.getAsLong() - since < emptyFor.toNanos()) {
			return;
		}
		this.emptied.remove(name);
		this.upstreams.remove(name);
		this.gone.add(name);
		tell((forgotten) -> upstream.forget(), name);
		this.forgotten.forEach((listener) -> tell(listener, name));
	}

}
