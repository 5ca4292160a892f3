package dev.holdfast.proxy.exchange;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.ExchangeRecord;
import dev.holdfast.proxy.MirrorOutcome;
import dev.holdfast.proxy.Probes;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.backend.ConnectListener;
import dev.holdfast.proxy.backend.ConnectionSource;
import dev.holdfast.proxy.backend.WireProtocol;
import dev.holdfast.proxy.header.RequestIds;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.proxy.tunnel.Tunnels;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration.Origin;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;

/**
 * The exchanges of one event loop between fake clients and fake instances of a service
 * named {@code orders}, with a clock that is moved by hand.
 */
final class ExchangeWorld implements ConnectionSource {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static final Duration TICK = Duration.ofMillis(100);

	/** What asked for connections to instances, in the order in which it did. */
	final List<FakeBackend> asked = new ArrayList<>();

	final Recorder recorder = new Recorder();

	final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	final Exchanges exchanges;

	/** Whether asking for a connection is a defect. */
	boolean defective;

	boolean ready = true;

	boolean shuttingDown;

	private final MockTicker ticker = Ticker.newMockTicker();

	private final EmbeddedChannel channel = new EmbeddedChannel();

	private final TrafficLoop loop = new TrafficLoop(this.channel.eventLoop(), this.ticker);

	private final Upstreams upstreams;

	ExchangeWorld(int instances) {
		this(RoutePolicy.DEFAULTS, UpstreamSettings.DEFAULTS, Scheme.HTTP, instances);
	}

	ExchangeWorld(RoutePolicy policy, UpstreamSettings upstream, Scheme scheme, int instances) {
		this(List.of(), policy, upstream, scheme, instances);
	}

	ExchangeWorld(List<Route> explicit, RoutePolicy policy, UpstreamSettings upstream, Scheme scheme, int instances) {
		ActiveRoutes routes = new ActiveRoutes(new RouteTable(explicit, true, policy));
		this.upstreams = new Upstreams(upstream, this.breakers);
		Snapshot snapshot = Snapshot.EMPTY.with(new Service(ORDERS,
				IntStream.rangeClosed(1, instances).mapToObj((i) -> instance(scheme, i)).toList(), 1));
		routes.onSnapshot(snapshot, Set.of(ORDERS));
		this.upstreams.onSnapshot(snapshot, Set.of(ORDERS));
		TrafficSettings settings = new TrafficSettings("127.0.0.1", 0, 1, List.of(), "/livez", "/readyz",
				TrafficLimits.DEFAULTS, TrafficTimes.DEFAULTS);
		this.exchanges = new Exchanges(this.loop, settings, routes, this.upstreams, new TestProbes(), this.recorder,
				new RequestIds(), this, new Tunnels(this.loop, TrafficTimes.DEFAULTS), () -> this.shuttingDown);
	}

	private static Instance instance(Scheme scheme, int number) {
		return new Instance("orders-" + number, new Endpoint(scheme, "127.0.0.1", number), Instance.DEFAULT_WEIGHT, "",
				Integer.toString(number), Map.of(),
				new Registration("/services/orders/" + number, "plain", 1, 1, 0, Origin.LIST));
	}

	@Override
	public Runnable acquire(Endpoint endpoint, WireProtocol protocol, BackendSecurity security, boolean avoidStale,
			ConnectListener listener) {
		if (this.defective) {
			throw new IllegalStateException("defect");
		}
		FakeBackend backend = new FakeBackend(endpoint, protocol, avoidStale, listener);
		this.asked.add(backend);
		return () -> backend.calledOff = true;
	}

	/**
	 * Bring a request.
	 */
	FakeClient request(FakeClient client) {
		this.exchanges.onRequest(client);
		return client;
	}

	/**
	 * Return the instance that was asked last, connected.
	 */
	FakeBackend connected() {
		return this.asked.getLast().connects();
	}

	Upstream upstream() {
		return this.upstreams.all().iterator().next();
	}

	/**
	 * End the event loop's turn.
	 */
	void turn() {
		this.channel.runPendingTasks();
	}

	/**
	 * Let time pass.
	 */
	void pass(Duration time) {
		long rest = time.toNanos() + 2 * TICK.toNanos();
		while (rest > 0) {
			this.ticker.advance(TICK.toNanos(), TimeUnit.NANOSECONDS);
			this.loop.deadlines().sweep(this.loop.nanoTime());
			this.loop.runTimers();
			this.exchanges.sweep();
			turn();
			rest -= TICK.toNanos();
		}
	}

	private final class TestProbes implements Probes {

		@Override
		public boolean live() {
			return true;
		}

		@Override
		public boolean ready() {
			return ExchangeWorld.this.ready;
		}

		@Override
		public String notReadyReason() {
			return "no snapshot yet";
		}

	}

	/**
	 * Writes down what is told of requests.
	 */
	static final class Recorder implements ExchangeListener {

		/** What was told, in the order in which it was. */
		final List<String> told = new ArrayList<>();

		@Override
		public void onStart() {
			this.told.add("start");
		}

		@Override
		public void onEnd(ExchangeRecord record) {
			this.told.add("end " + record.method() + " " + record.status()
					+ (record.errorCode().isEmpty() ? "" : " " + record.errorCode()) + " after " + record.tries());
		}

		@Override
		public void onTry(ServiceName service, Outcome outcome, long nanos) {
			this.told.add("try " + outcome);
		}

		@Override
		public void onConnectFailure(ServiceName service, String reason) {
			this.told.add("connect " + reason);
		}

		@Override
		public void onRetry(ServiceName service) {
			this.told.add("retry");
		}

		@Override
		public void onRetryRefused(ServiceName service) {
			this.told.add("no retry");
		}

		@Override
		public void onMirror(ServiceName service, MirrorOutcome outcome) {
			this.told.add("mirror " + service + " " + outcome);
		}

		@Override
		public void onRejected(String reason) {
			this.told.add("rejected " + reason);
		}

	}

}
