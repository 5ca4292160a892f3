package dev.holdfast.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

import dev.holdfast.proxy.ClientTls;
import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.Probes;
import dev.holdfast.proxy.TrafficLimits;
import dev.holdfast.proxy.TrafficPortUnavailableException;
import dev.holdfast.proxy.TrafficSettings;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.TrafficTls;
import dev.holdfast.proxy.TransportChoice;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

/**
 * The port's start and stop, without clients.
 */
class TrafficServerTests {

	private static final Duration GRACE = Duration.ofMillis(100);

	private final ThreadGroup group = new ThreadGroup("traffic-server-tests");

	@Test
	void thePortIsOpenFromTheStartToTheStopAndNothingIsLeftBehind(CapturedLog output) throws IOException {
		TrafficServer server = server("127.0.0.1", 0, TrafficTls.NONE);
		assertThat(server.port()).isZero();
		start(server);
		int port = server.port();
		assertThat(output).contains("Traffic port listens on 127.0.0.1:" + port + ", 2 event loops on ");
		new Socket(InetAddress.getLoopbackAddress(), port).close();
		assertThat(threads()).containsExactlyInAnyOrder("traffic-1", "traffic-2");
		assertThat(server.isShuttingDown()).isFalse();
		server.stop(GRACE);
		assertThat(server.isShuttingDown()).isTrue();
		await().until(() -> threads().isEmpty());
		assertThatIOException().isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
		assertThat(output).contains("The gateway has been told to end", "All clients have gone");
		server.stop(GRACE);
	}

	@ParameterizedTest
	@EnumSource
	void transportThatIsAskedForIsUsedWhereItWorks(TransportChoice choice, CapturedLog output) {
		TrafficServer server = server(new TrafficSettings("127.0.0.1", 0, 2, choice, List.of(), "", "",
				TrafficLimits.DEFAULTS, TrafficTimes.DEFAULTS), TrafficTls.NONE);
		server.start();
		server.stop(GRACE);
		Transport asked = Transport.of(choice);
		String problem = asked.problem();
		if (problem == null) {
			assertThat(output).contains("2 event loops on " + asked).doesNotContain("instead of");
		}
		else {
			assertThat(output).contains("2 event loops on " + Transport.best(),
					"uses " + Transport.best() + " instead of " + asked + ", which does not work here: " + problem);
		}
	}

	/**
	 * Starts a server whose threads are told from those of other tests.
	 */
	private void start(TrafficServer server) {
		FutureTask<?> start = new FutureTask<>(server::start, null);
		new Thread(this.group, start).start();
		try {
			start.get();
		}
		catch (ExecutionException ex) {
			throw (RuntimeException) ex.getCause();
		}
		catch (InterruptedException ex) {
			throw new IllegalStateException(ex);
		}
	}

	private List<String> threads() {
		Thread[] threads = new Thread[100];
		return Arrays.stream(threads, 0, this.group.enumerate(threads))
			.map(Thread::getName)
			.filter((name) -> name.startsWith("traffic-"))
			.toList();
	}

	@Test
	void itStartsOnce() {
		TrafficServer server = server("127.0.0.1", 0, TrafficTls.NONE);
		server.start();
		assertThatIllegalStateException().isThrownBy(server::start)
			.withMessage("traffic port: started already (expected: once)");
		server.stop(GRACE);
	}

	@Test
	void aPortThatIsTakenIsNamed() {
		TrafficServer first = server("127.0.0.1", 0, TrafficTls.NONE);
		start(first);
		TrafficServer second = server("127.0.0.1", first.port(), TrafficTls.NONE);
		assertThatExceptionOfType(TrafficPortUnavailableException.class).isThrownBy(() -> start(second))
			.withMessageContaining("Cannot listen for traffic on 127.0.0.1:" + first.port())
			.withCauseInstanceOf(IOException.class);
		first.stop(GRACE);
		await().until(() -> threads().isEmpty());
	}

	@Test
	void anAddressThatIsUnknownIsNamed() {
		TrafficServer server = server("no-such-host.invalid", 8080, TrafficTls.NONE);
		assertThatExceptionOfType(TrafficPortUnavailableException.class).isThrownBy(server::start)
			.withMessageContaining("no-such-host.invalid:8080")
			.withCauseInstanceOf(UnknownHostException.class);
	}

	@Test
	void certificatesThatCannotBeUsedKeepThePortClosed() {
		TrafficServer server = server("127.0.0.1", 0, new TrafficTls(Optional.of(new ClientTls(() -> {
			throw new IllegalArgumentException("it has no X.509 keys");
		}, Map.of(), ClientAuth.NONE, GRACE)), Map.of()));
		assertThatIllegalStateException().isThrownBy(server::start)
			.withMessage("Cannot open the traffic port on 127.0.0.1:0: it has no X.509 keys");
		assertThat(threads()).isEmpty();
		server.tlsChanged();
		server.stop(GRACE);
	}

	private static TrafficServer server(String address, int port, TrafficTls tls) {
		TrafficSettings settings = new TrafficSettings(address, port, 2, List.of(), "/livez", "/readyz",
				TrafficLimits.DEFAULTS, TrafficTimes.DEFAULTS);
		return server(settings, tls);
	}

	private static TrafficServer server(TrafficSettings settings, TrafficTls tls) {
		return new TrafficServer(settings, tls, new ActiveRoutes(new RouteTable(List.of(), true, RoutePolicy.DEFAULTS)),
				new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults()), new Ready(),
				new ExchangeListener() {
				});
	}

	private static final class Ready implements Probes {

		@Override
		public boolean live() {
			return true;
		}

		@Override
		public boolean ready() {
			return true;
		}

		@Override
		public String notReadyReason() {
			return "";
		}

	}

}
