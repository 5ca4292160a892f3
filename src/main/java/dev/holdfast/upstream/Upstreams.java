package dev.holdfast.upstream;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.jspecify.annotations.Nullable;

/**
 * The run-time state of every service that was ever registered.
 */
public final class Upstreams implements SnapshotListener {

	private final UpstreamSettings settings;

	private final CircuitBreakerRegistry breakers;

	private final LongSupplier nanoTime;

	private final Map<ServiceName, Upstream> upstreams = new ConcurrentHashMap<>();

	/**
	 * Creates the state of no services.
	 * @param settings how instances are chosen
	 * @param breakers gives each service that is asked for its circuit breaker, by the
	 * service's name and with the default configuration
	 */
	public Upstreams(UpstreamSettings settings, CircuitBreakerRegistry breakers) {
		this(settings, breakers, System::nanoTime);
	}

	Upstreams(UpstreamSettings settings, CircuitBreakerRegistry breakers, LongSupplier nanoTime) {
		this.settings = settings;
		this.breakers = breakers;
		this.nanoTime = nanoTime;
	}

	/**
	 * Finds a service's state.
	 * @param service its name
	 * @return the state, or {@code null} when nothing was ever registered under the name
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

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		for (ServiceName name : changed) {
			Service service = snapshot.find(name);
			Upstream known = this.upstreams.get(name);
			if (known != null) {
				known.register((service != null) ? service.instances() : List.of());
			}
			else if (service != null) {
				this.upstreams.put(name, create(service));
			}
		}
	}

	private Upstream create(Service service) {
		Upstream upstream = new Upstream(service.name(), this.settings, this.breakers, this.nanoTime);
		upstream.register(service.instances());
		return upstream;
	}

}
