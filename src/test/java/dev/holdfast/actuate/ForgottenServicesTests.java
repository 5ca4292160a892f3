package dev.holdfast.actuate;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.Service;
import dev.holdfast.service.ServiceName;
import dev.holdfast.service.Snapshot;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.Upstream;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests what is left in the meters of services that are forgotten.
 */
class ForgottenServicesTests {

	private static final ServiceName USERS = new ServiceName("users");

	private final PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

	private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();

	private final Upstreams upstreams = new Upstreams(UpstreamSettings.DEFAULTS, this.breakers);

	private final TrafficMeters traffic = new TrafficMeters(this.prometheus, this.upstreams);

	private final InstanceGauges gauges = new InstanceGauges(this.prometheus, this.upstreams);

	ForgottenServicesTests() {
		TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(this.breakers).bindTo(this.prometheus);
	}

	@Test
	void nothingIsLeftOfServicesThatWereAskedOnceAndAreGone() {
		register(USERS);
		ask(USERS, Outcome.SUCCESS);
		int meters = this.prometheus.getMeters().size();
		List<String> before = series();
		List<ServiceName> services = IntStream.range(0, 1500)
			.mapToObj((number) -> new ServiceName("preview-" + number))
			.toList();
		services.forEach(this::register);
		services.forEach((service) -> ask(service, Outcome.SUCCESS));
		assertThat(this.prometheus.getMeters()).hasSizeGreaterThan(meters + 20 * services.size());
		services.forEach(this::deregister);
		this.upstreams.forget(Duration.ZERO);
		assertThat(this.prometheus.getMeters()).hasSize(meters);
		assertThat(series()).isEqualTo(before);
		assertThat(this.breakers.getAllCircuitBreakers()).hasSize(1);
		assertThat(this.upstreams.all()).hasSize(1);
	}

	private List<String> series() {
		return this.prometheus.scrape()
			.lines()
			.filter((line) -> !line.startsWith("#"))
			.map((line) -> line.substring(0, line.lastIndexOf(' ')))
			.sorted()
			.toList();
	}

	@Test
	void nothingHoldsTheStateOfAServiceThatIsForgotten() {
		ServiceName gone = new ServiceName("preview");
		register(gone);
		ask(gone, Outcome.SUCCESS);
		WeakReference<Upstream> state = new WeakReference<>(this.upstreams.find(gone));
		deregister(gone);
		this.upstreams.forget(Duration.ZERO);
		await().until(() -> {
			System.gc();
			return state.get() == null;
		});
		assertThat(this.prometheus.getMeters()).isNotEmpty();
	}

	@Test
	void requestsForAForgottenServiceCountWithoutItsName() {
		ServiceName gone = new ServiceName("preview");
		register(gone);
		ask(gone, Outcome.SUCCESS);
		deregister(gone);
		this.upstreams.forget(Duration.ZERO);
		end(gone, 503, "no-instance", 0);
		end(gone, 503, "no-instance", 0);
		assertThat(this.prometheus.scrape()).doesNotContain("preview").contains("""
				gateway_requests_seconds_count{method="GET",outcome="SERVER_ERROR",route="by-path",service="",\
				status="503"} 2""").contains("gateway_errors_total{code=\"no-instance\"} 2.0");
	}

	@Test
	void requestThatEndsAfterItsServiceWasForgottenBringsNoMeterBack() {
		ServiceName gone = new ServiceName("preview");
		register(gone);
		Upstream upstream = Objects.requireNonNull(this.upstreams.find(gone));
		upstream.tryStart();
		this.traffic.onStart();
		deregister(gone);
		this.upstreams.forget(Duration.ZERO);
		this.traffic.onTry(gone, Outcome.SUCCESS, 1000);
		this.traffic.onConnectFailure(gone, "refused");
		upstream.end(Outcome.SUCCESS, 1000);
		this.traffic.onEnd(new Ended(gone.value(), 200, "", 2));
		assertThat(this.prometheus.scrape()).doesNotContain("preview").contains("gateway_active_requests 0.0");
	}

	@Test
	void metersOfOtherServicesGoOn() {
		register(USERS);
		ask(USERS, Outcome.SUCCESS);
		ServiceName gone = new ServiceName("preview");
		register(gone);
		ask(gone, Outcome.SUCCESS);
		deregister(gone);
		this.upstreams.forget(Duration.ZERO);
		ask(USERS, Outcome.SUCCESS);
		assertThat(this.prometheus.get("gateway.requests").tag("service", "users").timer().count()).isEqualTo(2);
		assertThat(this.prometheus.scrape()).contains("registry_instances{service=\"users\",state=\"routable\"} 1.0");
	}

	@Test
	void serviceThatIsBackHasItsMetersAgainFromZero() {
		register(USERS);
		ask(USERS, Outcome.SUCCESS);
		deregister(USERS);
		this.upstreams.forget(Duration.ZERO);
		register(USERS);
		assertThat(this.prometheus.scrape()).contains("registry_instances{service=\"users\",state=\"routable\"} 1.0");
		ask(USERS, Outcome.SUCCESS);
		assertThat(this.prometheus.get("gateway.requests").tag("service", "users").timer().count()).isOne();
	}

	@Test
	void servicesBeyondTheLimitAreNamedOnceThereIsRoom() {
		PrometheusMeterRegistry limited = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
		InstanceGauges few = new InstanceGauges(limited,
				(service) -> new InstanceCounts(Map.of(InstanceState.Word.ROUTABLE, 1), 0), 1);
		ServiceName first = new ServiceName("first");
		ServiceName second = new ServiceName("second");
		few.onSnapshot(snapshot(first, List.of(instance())), Set.of(first));
		few.onSnapshot(snapshot(second, List.of(instance())), Set.of(second));
		few.forget(first);
		few.onSnapshot(snapshot(second, List.of(instance(), instance())), Set.of(second));
		assertThat(limited.scrape()).as("a service that is counted with others stays there")
			.contains("registry_instances{service=\"\",state=\"routable\"} 1.0")
			.doesNotContain("first")
			.doesNotContain("second");
		few.forget(second);
		assertThat(limited.getMeters()).isEmpty();
		few.onSnapshot(snapshot(second, List.of(instance())), Set.of(second));
		assertThat(limited.scrape()).contains("registry_instances{service=\"second\",state=\"routable\"} 1.0");
	}

	/**
	 * The registry's thread takes a service away and brings it back, another forgets it,
	 * and requests run all the while.
	 */
	@Test
	void whateverComesTogetherNothingIsLeftAndNothingOfARunningServiceIsLost() throws Exception {
		int threads = 3;
		AtomicBoolean over = new AtomicBoolean();
		try (ExecutorService executor = Executors.newFixedThreadPool(threads + 1)) {
			List<Future<?>> running = new ArrayList<>();
			running.add(executor.submit(() -> {
				while (!over.get()) {
					this.upstreams.forget(Duration.ZERO);
				}
			}));
			for (int i = 1; i < threads; i++) {
				running.add(executor.submit(() -> {
					for (int status = 200; !over.get(); status = (status < 599) ? status + 1 : 200) {
						ask(USERS, Outcome.SUCCESS);
						end(USERS, status, "", 2);
					}
				}));
			}
			for (int round = 0; round < 300; round++) {
				register(USERS);
				assertThat(this.prometheus.get("registry.instances").tag("service", "users").gauges()).hasSize(8);
				deregister(USERS);
			}
			over.set(true);
			for (Future<?> each : running) {
				each.get();
			}
		}
		this.upstreams.forget(Duration.ZERO);
		assertThat(this.prometheus.scrape()).doesNotContain("users");
		assertThat(this.breakers.getAllCircuitBreakers()).isEmpty();
	}

	private void register(ServiceName service) {
		announce(service, List.of(instance()));
	}

	private void deregister(ServiceName service) {
		announce(service, List.of());
	}

	private void announce(ServiceName service, List<Instance> instances) {
		Snapshot snapshot = snapshot(service, instances);
		this.upstreams.onSnapshot(snapshot, Set.of(service));
		this.gauges.onSnapshot(snapshot, Set.of(service));
	}

	private static Snapshot snapshot(ServiceName service, List<Instance> instances) {
		return Snapshot.EMPTY.with(new Service(service, instances, 1));
	}

	private static Instance instance() {
		return new Instance("a", new Endpoint(Scheme.HTTP, "127.0.0.1", 8080), Instance.DEFAULT_WEIGHT, "", "",
				Map.of(), new Registration("/services/a", "plain", 1, 1, 0, Registration.Origin.WATCH));
	}

	private void ask(ServiceName service, Outcome outcome) {
		Upstream upstream = this.upstreams.find(service);
		if (upstream == null) {
			end(service, 503, "no-instance", 0);
			return;
		}
		upstream.tryStart();
		this.traffic.onStart();
		this.traffic.onTry(service, outcome, 1000);
		upstream.end(outcome, 1000);
		this.traffic.onEnd(new Ended(service.value(), 200, "", 1));
	}

	private void end(ServiceName service, int status, String error, int tries) {
		this.traffic.onStart();
		this.traffic.onEnd(new Ended(service.value(), status, error, tries));
	}

	private record Ended(String service, int status, String errorCode, int tries) implements BareRecord {

		@Override
		public String route() {
			return "by-path";
		}

		@Override
		public String method() {
			return "GET";
		}

		@Override
		public long durationNanos() {
			return 2000;
		}

		@Override
		public long upstreamNanos() {
			return 1000;
		}

	}

}
