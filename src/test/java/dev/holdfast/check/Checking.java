package dev.holdfast.check;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.holdfast.proxy.backend.BackendBundles;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.testing.Patience;
import dev.holdfast.tls.TlsMaterial;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamInstance;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks in hand-moved time, of real sockets.
 */
final class Checking implements AutoCloseable {

	static final ServiceName ORDERS = new ServiceName("orders");

	static final ServiceName USERS = new ServiceName("users");

	/** In which each instance is checked once. */
	static final Duration ROUND = Duration.ofSeconds(6);

	private final MockTicker time = Ticker.newMockTicker();

	private final BlockingQueue<String> results = new LinkedBlockingQueue<>();

	private final Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults(),
			this.time::nanoTime);

	private final ActiveChecks checks;

	private Snapshot snapshot = Snapshot.EMPTY;

	Checking(CheckPolicy policy) {
		this(policy, CheckTransport.DEFAULTS, Map.of());
	}

	Checking(CheckPolicy policy, CheckTransport transport, Map<String, Supplier<TlsMaterial>> bundles) {
		this.checks = new ActiveChecks(policy, this.upstreams, (service) -> transport,
				new BackendBundles(bundles, Patience.TIME),
				(service, passed, nanos) -> this.results.add(service + (passed ? " passed" : " failed")),
				new ActiveChecks.Surroundings(this.time, this::instant, HostLookup.system(), new Random(1)));
	}

	private Instant instant() {
		return Instant.EPOCH.plusNanos(this.time.nanoTime());
	}

	static Instance instance(String id, int port, Map<String, String> metadata) {
		return instance(id, new Endpoint(Scheme.HTTP, "127.0.0.1", port), metadata);
	}

	static Instance instance(String id, Endpoint endpoint, Map<String, String> metadata) {
		return new Instance(id, endpoint, Instance.DEFAULT_WEIGHT, "", "", metadata,
				new Registration("/services/orders/" + id, "json", 1, 1, 0, Registration.Origin.WATCH));
	}

	ActiveChecks checks() {
		return this.checks;
	}

	Upstreams upstreams() {
		return this.upstreams;
	}

	void register(Instance... instances) {
		register(ORDERS, instances);
	}

	void register(ServiceName service, Instance... instances) {
		this.snapshot = this.snapshot.with(new Service(service, Arrays.asList(instances), 1));
		this.upstreams.onSnapshot(this.snapshot, Set.of(service));
		this.checks.onSnapshot(this.snapshot, Set.of(service));
		// Taken before the time is moved.
		this.checks.sweep();
	}

	UpstreamInstance named(String id) {
		Upstream upstream = this.upstreams.find(ORDERS);
		List<UpstreamInstance> all = (upstream != null) ? upstream.instances() : List.of();
		return all.stream().filter((one) -> one.instance().id().equals(id)).findFirst().orElseThrow();
	}

	@Nullable CheckState state(String id) {
		return this.checks.state(ORDERS, named(id));
	}

	CheckState known(String id) {
		CheckState state = state(id);
		if (state == null) {
			throw new AssertionError(id + " is not checked");
		}
		return state;
	}

	String error(String id) {
		return known(id).lastError();
	}

	/**
	 * Moves the time and begins what is due.
	 */
	void after(Duration passed) {
		this.time.advance(passed.toNanos(), TimeUnit.NANOSECONDS);
		this.checks.sweep();
	}

	/**
	 * Checks each instance once and waits for the results.
	 * @param number how many instances there are
	 */
	void round(int number) {
		after(ROUND);
		for (int i = 0; i < number; i++) {
			next();
		}
		assertNothingMore();
	}

	void rounds(int number) {
		for (int i = 0; i < number; i++) {
			round(1);
		}
	}

	String next() {
		try {
			String result = this.results.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
			assertThat(result).as("a check").isNotNull();
			// Behind whatever the listener was called in.
			this.checks.sweep();
			return String.valueOf(result);
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

	void assertNothingMore() {
		assertThat(this.results).isEmpty();
	}

	@Override
	public void close() {
		this.checks.close();
	}

}
