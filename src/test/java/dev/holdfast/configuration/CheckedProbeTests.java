package dev.holdfast.configuration;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.check.ActiveChecks;
import dev.holdfast.check.Check;
import dev.holdfast.check.CheckListener;
import dev.holdfast.check.CheckMethod;
import dev.holdfast.check.CheckPolicy;
import dev.holdfast.check.CheckSettings;
import dev.holdfast.check.CheckTransport;
import dev.holdfast.check.StatusSet;
import dev.holdfast.proxy.backend.BackendBundles;
import dev.holdfast.registry.Probe;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Instance;
import dev.holdfast.service.Registration;
import dev.holdfast.service.Scheme;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.TestBackend;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How what the registry holds is probed.
 */
class CheckedProbeTests {

	private static final ServiceName ORDERS = new ServiceName("orders");

	private static final ServiceName USERS = new ServiceName("users");

	private static final CheckSettings HTTP = CheckSettings.DEFAULTS
		.with(Optional.of(new Check.Http(CheckMethod.GET, "/health", StatusSet.parse("200"), "")));

	private final ActiveChecks checks = new ActiveChecks(
			new CheckPolicy(CheckSettings.DEFAULTS, Map.of(ORDERS, HTTP), true),
			new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults()),
			(service) -> CheckTransport.DEFAULTS, new BackendBundles(Map.of(), Duration.ofSeconds(1)),
			CheckListener.NONE);

	private final Probe probe = new CheckedProbe(this.checks, (endpoint, result) -> result.accept("connected"));

	@AfterEach
	void close() {
		this.checks.close();
	}

	@Test
	void anInstanceThatPassesItsHealthCheckIsThere() throws IOException {
		try (TestBackend backend = TestBackend.start("orders", (request) -> request.response().end(request.uri()))) {
			assertThat(probed(ORDERS, backend.port())).isEmpty();
		}
	}

	/**
	 * A wrong check, or one that all instances fail because of something else, must not
	 * take out instances that answer.
	 */
	@Test
	void anInstanceThatFailsItsHealthCheckIsConnectedTo() throws IOException {
		try (TestBackend backend = TestBackend.start("orders",
				(request) -> request.response().setStatusCode(503).end(request.uri()))) {
			assertThat(probed(ORDERS, backend.port())).isEqualTo("connected");
		}
	}

	@Test
	void anInstanceWithoutOneIsConnectedTo() throws IOException {
		try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
			assertThat(probed(USERS, socket.getLocalPort())).isEqualTo("connected");
		}
	}

	@Test
	void whenTheChecksAreClosedAnInstanceIsConnectedTo() {
		this.checks.close();
		assertThat(probed(ORDERS, 1)).isEqualTo("connected");
	}

	private String probed(ServiceName service, int port) {
		CompletableFuture<String> result = new CompletableFuture<>();
		this.probe.probe(service,
				new Instance("a", new Endpoint(Scheme.HTTP, "127.0.0.1", port), 100, "", "", Map.of(),
						new Registration("/services/orders/a", "json", 1, 1, 0, Registration.Origin.LIST)),
				result::complete);
		return result.join();
	}

}
