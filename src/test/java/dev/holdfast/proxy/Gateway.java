package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

import dev.holdfast.override.Action;
import dev.holdfast.override.OperatorOverride;
import dev.holdfast.override.Overrides;
import dev.holdfast.override.Scope;
import dev.holdfast.proxy.backend.HostResolver;
import dev.holdfast.proxy.server.TrafficServer;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.TlsMaterial;
import dev.holdfast.upstream.Balancer;
import dev.holdfast.upstream.EjectionSettings;
import dev.holdfast.upstream.HashOn;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.netty.util.concurrent.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A traffic port on a free port, in front of backends of a service named {@code orders}.
 */
final class Gateway implements AutoCloseable {

	static final ServiceName ORDERS = new ServiceName("orders");

	/**
	 * The usual times, but patience with instances that connect and shake hands slowly:
	 * the machine may be busy with other builds.
	 */
	private static final TrafficTimes TIMES = patient(TrafficTimes.DEFAULTS);

	/**
	 * How late the traffic port may tell what is due.
	 */
	private static final Duration LATE = Duration.ofMillis(300);

	final Recorder recorder = new Recorder();

	/** What else hears of requests, nobody at first. */
	final Relay log = new Relay();

	final TestProbes probes = new TestProbes();

	final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	final TrafficServer server;

	private final MovedTime time = new MovedTime();

	private final Overrides overrides = new Overrides(() -> Instant.EPOCH, Optional.empty());

	private final Upstreams upstreams;

	Gateway(int... ports) {
		this(settings(), ports);
	}

	Gateway(TrafficSettings settings, int... ports) {
		this(settings, RoutePolicy.DEFAULTS, ports);
	}

	Gateway(RoutePolicy policy, int... ports) {
		this(settings(), policy, ports);
	}

	Gateway(TrafficSettings settings, RoutePolicy policy, int... ports) {
		this(settings, TrafficTls.NONE, policy, UpstreamSettings.DEFAULTS, List.of(), Scheme.HTTP, ports);
	}

	/**
	 * A traffic port whose backends are ejected for another time.
	 */
	Gateway(EjectionSettings ejection, int... ports) {
		this(settings(), TrafficTls.NONE, RoutePolicy.DEFAULTS,
				new UpstreamSettings(Balancer.LEAST_REQUEST, ejection, 0, 0), List.of(), Scheme.HTTP, ports);
	}

	/**
	 * A traffic port whose backends get only so many requests at a time.
	 */
	Gateway(int maxRequests, int maxQueued, Duration queueTimeout, int... ports) {
		this(settings(TrafficLimits.DEFAULTS,
				new TrafficTimes(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(10),
						Duration.ofSeconds(60), queueTimeout, Duration.ofSeconds(1), Duration.ZERO)),
				TrafficTls.NONE, RoutePolicy.DEFAULTS,
				new UpstreamSettings(Balancer.LEAST_REQUEST, EjectionSettings.DEFAULTS, maxRequests, maxQueued),
				List.of(), Scheme.HTTP, ports);
	}

	Gateway(TrafficSettings settings, TrafficTls tls, int... ports) {
		this(settings, tls, List.of(), Scheme.HTTP, ports);
	}

	Gateway(TrafficSettings settings, List<dev.holdfast.route.Route> explicit, Scheme scheme, int... ports) {
		this(settings, TrafficTls.NONE, explicit, scheme, ports);
	}

	Gateway(TrafficSettings settings, TrafficTls tls, List<dev.holdfast.route.Route> explicit, Scheme scheme,
			int... ports) {
		this(settings, tls, RoutePolicy.DEFAULTS, UpstreamSettings.DEFAULTS, explicit, scheme, ports);
	}

	Gateway(RoutePolicy policy, List<dev.holdfast.route.Route> explicit, int... ports) {
		this(settings(), TrafficTls.NONE, policy, UpstreamSettings.DEFAULTS, explicit, Scheme.HTTP, ports);
	}

	private Gateway(TrafficSettings settings, TrafficTls tls, RoutePolicy policy, UpstreamSettings upstream,
			List<dev.holdfast.route.Route> explicit, Scheme scheme, int... ports) {
		this(settings, tls, policy, upstream, explicit, new HostResolver(HostLookup.system()),
				Arrays.stream(ports).mapToObj((port) -> new Endpoint(scheme, "127.0.0.1", port)).toList());
	}

	private Gateway(TrafficSettings settings, TrafficTls tls, RoutePolicy policy, UpstreamSettings upstream,
			List<dev.holdfast.route.Route> explicit, HostResolver hosts, List<Endpoint> endpoints) {
		ActiveRoutes routes = new ActiveRoutes(new RouteTable(explicit, true, policy));
		this.upstreams = new Upstreams(upstream, this.breakers, this.time::nanoTime);
		this.overrides.addListener(this.upstreams);
		List<Instance> instances = endpoints.stream().map(Gateway::instance).toList();
		Snapshot snapshot = Snapshot.EMPTY.with(new Service(ORDERS, instances, 1));
		routes.onSnapshot(snapshot, Set.of(ORDERS));
		this.upstreams.onSnapshot(snapshot, Set.of(ORDERS));
		this.server = new TrafficServer(settings, tls, hosts, routes, this.upstreams, this.probes,
				ExchangeListeners.of(List.of(this.recorder, this.log)), this.time);
		this.server.start();
	}

	/**
	 * A traffic port in front of backends with paths of their own.
	 */
	static Gateway at(Endpoint... endpoints) {
		return new Gateway(oneEventLoop(), TrafficTls.NONE, RoutePolicy.DEFAULTS, UpstreamSettings.DEFAULTS, List.of(),
				new HostResolver(HostLookup.system()), List.of(endpoints));
	}

	static Gateway preservingHost(int... ports) {
		return new Gateway(settings(), List.of(preservingHost()), Scheme.HTTP, ports);
	}

	/**
	 * A traffic port that sends requests with the same key to the same backend, behind
	 * proxies that are on this machine.
	 */
	static Gateway keyed(String hashOn, int... ports) {
		UpstreamSettings usual = UpstreamSettings.DEFAULTS;
		return new Gateway(settings("127.0.0.1"), TrafficTls.NONE, RoutePolicy.DEFAULTS,
				new UpstreamSettings(Balancer.HASH, usual.ejection(), usual.maxRequests(), usual.maxQueued(),
						usual.slowStart(), usual.zone(), HashOn.parse(hashOn)),
				List.of(), Scheme.HTTP, ports);
	}

	/**
	 * A traffic port in front of backends that speak HTTP/2 without TLS.
	 */
	static Gateway toHttp2(int... ports) {
		return new Gateway(settings(), List.of(), Scheme.GRPC, ports);
	}

	/**
	 * A traffic port in front of one backend, which is registered by name.
	 * @param hosts finds its addresses
	 */
	static Gateway named(HostResolver hosts, TrafficTls tls, RoutePolicy policy, Endpoint endpoint) {
		TrafficSettings settings = new TrafficSettings("127.0.0.1", 0, 1, List.of(), "/livez", "/readyz",
				TrafficLimits.DEFAULTS, TIMES);
		return new Gateway(settings, tls, policy, UpstreamSettings.DEFAULTS, List.of(), hosts, List.of(endpoint));
	}

	private static dev.holdfast.route.Route preservingHost() {
		return new dev.holdfast.route.Route("orders", "", "/orders/**", Set.of(), Map.of(), ORDERS, "/orders", true,
				RoutePolicy.DEFAULTS);
	}

	private static Instance instance(Endpoint endpoint) {
		String id = endpoint.port() + endpoint.path();
		return new Instance("orders-" + id, endpoint, Instance.DEFAULT_WEIGHT, "", "", Map.of(),
				new Registration("/services/orders/" + id, "plain", 1, 1, 0, Origin.LIST));
	}

	static TrafficSettings settings(String... trustedProxies) {
		return settings(TrafficLimits.DEFAULTS, TIMES, trustedProxies);
	}

	/**
	 * Settings with which requests share their connections to instances.
	 */
	static TrafficSettings oneEventLoop() {
		return new TrafficSettings("127.0.0.1", 0, 1, List.of(), "/livez", "/readyz", TrafficLimits.DEFAULTS, TIMES);
	}

	private static TrafficTimes patient(TrafficTimes times) {
		return new TrafficTimes(times.idle(), times.tunnelIdle(), times.header(), times.write(), times.queue(),
				Duration.ofSeconds(20), times.connectionAge());
	}

	static TrafficSettings settings(TrafficLimits limits, TrafficTimes times, String... trustedProxies) {
		return new TrafficSettings("127.0.0.1", 0, 2, List.of(trustedProxies), "/livez", "/readyz", limits, times);
	}

	/**
	 * The usual policy, but another time for requests and for each try.
	 */
	static RoutePolicy policy(Duration request, Duration perTry) {
		return policy(new RouteTimes(request, perTry, Duration.ZERO, request, Duration.ZERO));
	}

	static RoutePolicy policy(RouteTimes times) {
		return policy(times, 0);
	}

	static RoutePolicy policy(RouteTimes times, long maxBodySize) {
		return new RoutePolicy(BackendProtocol.AUTO, times, maxBodySize, RoutePolicy.DEFAULTS.security(),
				RoutePolicy.DEFAULTS.paths());
	}

	/**
	 * Counts the tries in flight on all instances.
	 */
	int active() {
		return instances().stream().mapToInt(UpstreamInstance::active).sum();
	}

	/**
	 * The backends as the gateway sees them.
	 */
	List<UpstreamInstance> instances() {
		return instances(ORDERS);
	}

	/**
	 * The instances of another service as the gateway sees them.
	 */
	List<UpstreamInstance> instances(ServiceName service) {
		Upstream upstream = this.upstreams.find(service);
		return (upstream != null) ? upstream.instances() : List.of();
	}

	/**
	 * Whether so few backends are healthy that all of them are used.
	 */
	boolean isPanicking() {
		Upstream upstream = this.upstreams.find(ORDERS);
		return upstream != null && upstream.isPanicking();
	}

	/**
	 * TLS with a certificate for this machine's loopback address.
	 */
	static TrafficTls tls(CertificateAuthority authority) {
		TlsMaterial material = PemBundles.material(authority.certificate(), authority.issue("server", "127.0.0.1"));
		return new TrafficTls(Optional.of(new ClientTls(() -> material, Map.of(), ClientAuth.NONE, Patience.TIME)),
				Map.of());
	}

	/**
	 * Lets time pass in no time, and what is due happen. Time goes on by itself as well.
	 * What peers have put on their sockets before is read first; what they send by
	 * threads of their own has to be awaited by the test.
	 * @param time how much; a little more passes, since what is due may be told late
	 */
	void pass(Duration time) {
		// A turn to accept, one to read, and one to tell the backend.
		for (int turn = 0; turn < 3; turn++) {
			this.server.sweep();
		}
		this.time.move(time.plus(LATE));
		this.server.sweep();
	}

	/**
	 * Lets time pass by hand alone from now on: nothing is late because the machine is
	 * busy.
	 */
	void stopTime() {
		this.time.stop();
	}

	/**
	 * Lets time pass three times as fast until something has happened, also while the
	 * traffic port stops.
	 */
	void passUntil(Callable<Boolean> happened) {
		await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(10)).until(() -> {
			this.time.move(Duration.ofMillis(20));
			return happened.call();
		});
	}

	/**
	 * The gateway's own time, nanoseconds.
	 */
	long nanoTime() {
		return this.time.nanoTime();
	}

	/**
	 * Has an operator set something against what is registered.
	 */
	void override(Action action) {
		this.overrides
			.put(new OperatorOverride(action, Scope.LOCAL, Instant.EPOCH, Instant.EPOCH.plusSeconds(60), "", ""));
	}

	/**
	 * Has an operator end that.
	 */
	void end(Action action) {
		this.overrides.remove(action);
	}

	/**
	 * Takes the service's instances away and gives its state up at once.
	 */
	void forgetService() {
		this.upstreams.onSnapshot(Snapshot.EMPTY.with(new Service(ORDERS, List.of(), 2)), Set.of(ORDERS));
		this.upstreams.forget(Duration.ZERO);
	}

	/**
	 * Registers another service.
	 */
	void register(ServiceName service, int... ports) {
		List<Instance> instances = Arrays.stream(ports)
			.mapToObj((port) -> instance(new Endpoint(Scheme.HTTP, "127.0.0.1", port)))
			.toList();
		this.upstreams.onSnapshot(Snapshot.EMPTY.with(new Service(service, instances, 1)), Set.of(service));
	}

	RawClient client() throws IOException {
		return new RawClient(this.server.port());
	}

	@Override
	public void close() {
		this.server.stop(Duration.ZERO);
	}

	/**
	 * Probes that say what they are told to.
	 */
	static final class TestProbes implements Probes {

		volatile boolean ready = true;

		/** The event loop that is asked stands still until this is known. */
		volatile CompletableFuture<Boolean> live = CompletableFuture.completedFuture(true);

		@Override
		public boolean live() {
			return this.live.join();
		}

		@Override
		public boolean ready() {
			return this.ready;
		}

		@Override
		public String notReadyReason() {
			return "no snapshot yet";
		}

	}

	/**
	 * The real time until it is stopped, ahead by what it has been moved.
	 */
	private static final class MovedTime implements Ticker {

		private final AtomicLong ahead = new AtomicLong();

		private volatile LongSupplier clock = Ticker.systemTicker()::nanoTime;

		@Override
		public long initialNanoTime() {
			return Ticker.systemTicker().initialNanoTime();
		}

		@Override
		public long nanoTime() {
			return this.clock.getAsLong() + this.ahead.get();
		}

		@Override
		public void sleep(long delay, TimeUnit unit) throws InterruptedException {
			Ticker.systemTicker().sleep(delay, unit);
		}

		private void stop() {
			long now = this.clock.getAsLong();
			this.clock = () -> now;
		}

		private void move(Duration time) {
			this.ahead.addAndGet(time.toNanos());
		}

	}

	/**
	 * Passes on what is logged.
	 */
	static final class Relay implements ExchangeListener {

		private volatile ExchangeListener to = new ExchangeListener() {
		};

		void to(ExchangeListener listener) {
			this.to = listener;
		}

		@Override
		public void onEnd(ExchangeRecord record) {
			this.to.onEnd(record);
		}

		@Override
		public void onTurnedAway(String address, String reason, GatewayError error) {
			this.to.onTurnedAway(address, reason, error);
		}

	}

	/**
	 * Writes down what the traffic port tells.
	 */
	static final class Recorder implements ExchangeListener {

		final AtomicInteger starts = new AtomicInteger();

		final List<Entry> ends = new CopyOnWriteArrayList<>();

		final List<Outcome> outcomes = new CopyOnWriteArrayList<>();

		final List<String> connectFailures = new CopyOnWriteArrayList<>();

		final List<String> rejections = new CopyOnWriteArrayList<>();

		final List<String> turnedAway = new CopyOnWriteArrayList<>();

		final List<ServiceName> retries = new CopyOnWriteArrayList<>();

		final List<ServiceName> refusedRetries = new CopyOnWriteArrayList<>();

		final List<String> mirrored = new CopyOnWriteArrayList<>();

		/**
		 * Waits for the one request of the test to end, which it may do a little after
		 * its answer has been read.
		 */
		Entry end() {
			await().until(() -> !this.ends.isEmpty());
			assertThat(this.ends).hasSize(1);
			return this.ends.getFirst();
		}

		@Override
		public void onStart() {
			this.starts.incrementAndGet();
		}

		@Override
		public void onEnd(ExchangeRecord record) {
			this.ends.add(new Entry(record.route(), record.service(), record.method(), record.status(),
					record.errorCode(), record.tries()));
		}

		@Override
		public void onTry(ServiceName service, Outcome outcome, long nanos) {
			this.outcomes.add(outcome);
		}

		@Override
		public void onConnectFailure(ServiceName service, String reason) {
			this.connectFailures.add(reason);
		}

		@Override
		public void onRetry(ServiceName service) {
			this.retries.add(service);
		}

		@Override
		public void onRetryRefused(ServiceName service) {
			this.refusedRetries.add(service);
		}

		@Override
		public void onMirror(ServiceName service, MirrorOutcome outcome) {
			this.mirrored.add(service + " " + outcome);
		}

		@Override
		public void onTurnedAway(String address, String reason, GatewayError error) {
			this.turnedAway.add(reason + " " + error.code());
		}

		@Override
		public void onRejected(String reason) {
			this.rejections.add(reason);
		}

		/**
		 * A copy of a record.
		 */
		record Entry(String route, String service, String method, int status, String errorCode, int tries) {
		}

	}

}
