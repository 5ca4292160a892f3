package dev.holdfast.check;

import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

import dev.holdfast.proxy.backend.BackendBundles;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.service.SnapshotListener;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.Upstreams;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The active health checks of the registered instances. They go on while the registry
 * cannot be asked, and tell which of the last known instances are well. Until an instance
 * is to be checked there is neither a thread nor a timer.
 */
public final class ActiveChecks implements SnapshotListener {

	private static final Logger logger = LoggerFactory.getLogger(ActiveChecks.class);

	private final CheckPolicy policy;

	private final boolean off;

	private final Upstreams upstreams;

	private final Function<ServiceName, CheckTransport> transports;

	private final BackendBundles bundles;

	private final CheckListener listener;

	private final Surroundings surroundings;

	private final Map<UpstreamInstance, CheckedInstance> found = new ConcurrentHashMap<>();

	/** Of the registry's thread. */
	private Snapshot last = Snapshot.EMPTY;

	private @Nullable CheckThread thread;

	private boolean closed;

	/**
	 * Prepare to check.
	 * @param policy which instances are checked, and how
	 * @param upstreams the run-time state of instances, which hears of each snapshot
	 * before this does
	 * @param transports how the instances of a service are connected to
	 * @param bundles what secures the connections
	 * @param listener hears of each check
	 */
	public ActiveChecks(CheckPolicy policy, Upstreams upstreams, Function<ServiceName, CheckTransport> transports,
			BackendBundles bundles, CheckListener listener) {
		this(policy, upstreams, transports, bundles, listener, Surroundings.system());
	}

	ActiveChecks(CheckPolicy policy, Upstreams upstreams, Function<ServiceName, CheckTransport> transports,
			BackendBundles bundles, CheckListener listener, Surroundings surroundings) {
		this.policy = policy;
		this.off = policy.isOff();
		this.upstreams = upstreams;
		this.transports = transports;
		this.bundles = bundles;
		this.listener = listener;
		this.surroundings = surroundings;
	}

	@Override
	public void onSnapshot(Snapshot snapshot, Set<ServiceName> changed) {
		if (this.off) {
			return;
		}
		Snapshot before = this.last;
		this.last = snapshot;
		for (ServiceName name : changed) {
			take(name, instances(before, name), instances(snapshot, name));
		}
	}

	private static List<Instance> instances(Snapshot snapshot, ServiceName name) {
		Service service = snapshot.find(name);
		return (service != null) ? service.instances() : List.of();
	}

	/**
	 * Take what has changed of a service. What has not is not read: in a large registry
	 * that is what costs.
	 */
	@SuppressWarnings("ReferenceEquality")
	private void take(ServiceName name, List<Instance> before, List<Instance> now) {
		List<CheckedInstances.Put> put = new ArrayList<>();
		List<String> removed = new ArrayList<>();
		int i = 0;
		int j = 0;
		// Both are sorted by id.
		while (i < before.size() || j < now.size()) {
			int order = order(before, i, now, j);
			Instance old = (order <= 0) ? before.get(i) : null;
			Instance next = (order >= 0) ? now.get(j) : null;
			if (next == null) {
				remove(name, Objects.requireNonNull(old), removed);
			}
			else if (next != old) {
				put(name, old, next, j, put);
			}
			i += (order <= 0) ? 1 : 0;
			j += (order >= 0) ? 1 : 0;
		}
		CheckThread checking = (put.isEmpty() && removed.isEmpty()) ? null : opened();
		if (checking != null) {
			checking.execute((checked) -> checked.take(name, put, removed));
		}
	}

	@SuppressWarnings("ReferenceEquality")
	private static int order(List<Instance> before, int i, List<Instance> now, int j) {
		if (i == before.size() || j == now.size()) {
			return (i == before.size()) ? 1 : -1;
		}
		Instance old = before.get(i);
		Instance next = now.get(j);
		return (old == next) ? 0 : old.id().compareTo(next.id());
	}

	private void remove(ServiceName name, Instance old, List<String> removed) {
		if (this.policy.of(name, old).isOn()) {
			removed.add(old.id());
		}
	}

	private void put(ServiceName name, @Nullable Instance old, Instance next, int index,
			List<CheckedInstances.Put> put) {
		CheckPolicy.Planned planned = this.policy.of(name, next);
		CheckPolicy.Planned before = (old != null) ? this.policy.of(name, old) : null;
		if (!planned.problem().isEmpty() && (before == null || !before.problem().equals(planned.problem()))) {
			logger.warn("What {} of {} registers of its health check does not count, {}: {}", next.id(), name,
					planned.isOn() ? "its service's does" : "it is not checked", planned.problem());
		}
		UpstreamInstance known = (planned.isOn() || (before != null && before.isOn())) ? find(name, next, index) : null;
		if (known != null) {
			put.add(new CheckedInstances.Put(known, planned));
		}
	}

	/**
	 * Find an instance's run-time state, which should be where the instance is in the
	 * snapshot.
	 */
	private @Nullable UpstreamInstance find(ServiceName name, Instance instance, int index) {
		Upstream upstream = this.upstreams.find(name);
		List<UpstreamInstance> all = (upstream != null) ? upstream.instances() : List.of();
		if (index < all.size() && all.get(index).instance().id().equals(instance.id())) {
			return all.get(index);
		}
		return all.stream().filter((one) -> one.instance().id().equals(instance.id())).findFirst().orElse(null);
	}

	/**
	 * Check an instance as soon as there is room for it, whether or not it is registered,
	 * if it is one to check.
	 * @param service its service
	 * @param instance the instance
	 * @param result takes what is wrong with it, or an empty text; called once, on the
	 * checks' event loop
	 * @return whether it is one to check; if not, nothing is done
	 */
	public boolean probe(ServiceName service, Instance instance, Consumer<String> result) {
		CheckPolicy.Planned planned = this.policy.of(service, instance);
		CheckThread checking = planned.isOn() ? opened() : null;
		if (checking == null) {
			return false;
		}
		checking.execute((checked) -> checked.probe(service, instance, planned, result));
		return true;
	}

	/**
	 * Return what the checks of an instance have come to.
	 * @param service its service
	 * @param instance its run-time state
	 * @return that, {@code null} when it is not checked and has not asked for it
	 */
	public @Nullable CheckState state(ServiceName service, UpstreamInstance instance) {
		CheckedInstance known = this.found.get(instance);
		if (known != null || this.off) {
			return (known != null) ? known.state() : null;
		}
		CheckPolicy.Planned planned = this.policy.of(service, instance.instance());
		return (planned.isOn() || !planned.problem().isEmpty()) ? CheckState.unchecked(planned) : null;
	}

	private synchronized @Nullable CheckThread opened() {
		if (this.thread == null && !this.closed) {
			this.thread = CheckThread.open(this.surroundings,
					(loop, connections) -> new CheckedInstances(loop, connections, this.transports,
							this.surroundings.clock(), this.surroundings.random(), this.listener, this.found),
					this.bundles);
		}
		return this.thread;
	}

	/**
	 * Secure new connections with the certificates of now.
	 */
	public void tlsChanged() {
		this.bundles.changed();
	}

	/**
	 * Whether there is a thread, because there has been something to check.
	 */
	synchronized boolean isOpen() {
		return this.thread != null;
	}

	/**
	 * Look at what is due, and return when it has been begun: for whoever has moved the
	 * time by hand.
	 */
	void sweep() {
		CheckThread checking;
		synchronized (this) {
			checking = this.thread;
		}
		if (checking != null) {
			checking.sweep();
		}
	}

	/**
	 * Check nothing more, and return when the thread has ended.
	 */
	public void close() {
		CheckThread left;
		synchronized (this) {
			this.closed = true;
			left = this.thread;
			this.thread = null;
		}
		if (left != null) {
			left.close();
		}
	}

	/**
	 * What checks need from outside, handed in so that tests have their own.
	 *
	 * @param ticker the time
	 * @param clock the time of day
	 * @param lookup finds the addresses of names
	 * @param random spreads the checks
	 */
	record Surroundings(Ticker ticker, InstantSource clock, HostLookup lookup, RandomGenerator random) {

		static Surroundings system() {
			return new Surroundings(Ticker.systemTicker(), InstantSource.system(), HostLookup.system(),
					RandomGenerator.getDefault());
		}

	}

}
