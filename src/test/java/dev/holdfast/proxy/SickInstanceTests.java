package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.GrpcBackend;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.upstream.EjectionSettings;
import dev.holdfast.upstream.InstanceState;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * One instance of a service answers, but with nothing but failures.
 */
class SickInstanceTests {

	private static final int REQUESTS = 300;

	private static final int CONNECTIONS = 32;

	private static final int FAILURES_TO_EJECT = 5;

	private static final Duration EJECTED = Duration.ofSeconds(20);

	private static final EjectionSettings EJECTION = new EjectionSettings(EJECTED, EJECTED, FAILURES_TO_EJECT, EJECTED,
			EJECTED, 0.5);

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private static final String SICK = "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 4\r\n\r\nsick";

	private static final String POST = "POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi";

	private static final String GET = "GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n";

	@Test
	void instanceThatFailsEveryRequestCostsFiveOfThem() throws IOException {
		try (ScriptedBackend sick = ScriptedBackend.answering(SICK);
				ScriptedBackend healthy = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(sick.port(), healthy.port());
				RawClient client = gateway.client()) {
			int failed = failures(client, POST, REQUESTS);
			assertThat(failed).isEqualTo(FAILURES_TO_EJECT);
			assertThat(failures(client, GET, REQUESTS)).isZero();
			assertThat(sick.heads()).hasSize(FAILURES_TO_EJECT);
			assertThat(healthy.heads()).hasSize(2 * REQUESTS - FAILURES_TO_EJECT);
			assertThat(circuit(gateway)).isEqualTo(CircuitBreaker.State.CLOSED);
		}
	}

	@Test
	void instanceThatFailsEveryRequestCostsNoMoreThanFiveAndWhatIsInFlight()
			throws IOException, InterruptedException, ExecutionException {
		try (ScriptedBackend sick = ScriptedBackend.answering(SICK);
				ScriptedBackend healthy = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(sick.port(), healthy.port());
				ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
			List<Future<Integer>> failed = new ArrayList<>();
			for (int i = 0; i < CONNECTIONS; i++) {
				failed.add(clients.submit(() -> {
					try (RawClient client = gateway.client()) {
						return failures(client, POST, REQUESTS / 10) + failures(client, GET, REQUESTS / 10);
					}
				}));
			}
			int all = 0;
			for (Future<Integer> one : failed) {
				all += one.get();
			}
			assertThat(all).isBetween(FAILURES_TO_EJECT, FAILURES_TO_EJECT + CONNECTIONS);
			assertThat(circuit(gateway)).isEqualTo(CircuitBreaker.State.CLOSED);
		}
	}

	@Test
	void grpcServerErrorsCountAsServerErrors() throws IOException {
		try (Http2Backend sick = new Http2Backend((wire) -> {
			while (true) {
				wire.answer(wire.nextHead().stream(), "200", true, "content-type", "application/grpc", "grpc-status",
						"13");
			}
		});
				GrpcBackend healthy = GrpcBackend.start();
				Gateway gateway = new Gateway(Gateway.settings(),
						List.of(new Route("echo", "", "/" + GrpcBackend.SERVICE + "/**", Set.of(), Map.of(),
								Gateway.ORDERS, "", false, RoutePolicy.DEFAULTS)),
						Scheme.GRPC, sick.port(), healthy.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			int failed = 0;
			for (int i = 0; i < 100; i++) {
				failed += client.send("Say", "hello").status().isOk() ? 0 : 1;
			}
			assertThat(failed).isEqualTo(FAILURES_TO_EJECT);
		}
	}

	@Test
	void instanceThatIsWellAgainGetsRequestsAgain() throws IOException {
		AtomicBoolean well = new AtomicBoolean();
		try (ScriptedBackend sick = sickUntil(well, OK);
				ScriptedBackend healthy = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(EJECTION, sick.port(), healthy.port());
				RawClient client = gateway.client()) {
			await().until(() -> failures(client, POST, 10) < 10 && sick.heads().size() >= FAILURES_TO_EJECT);
			well.set(true);
			gateway.pass(EJECTED);
			await().until(() -> failures(client, POST, 1) == 0 && sick.heads().size() > 3 * FAILURES_TO_EJECT);
			assertThat(gateway.instances())
				.allSatisfy((instance) -> assertThat(instance.state()).isEqualTo(new InstanceState.Routable()));
		}
	}

	/**
	 * Such an answer may go on for hours, in which the instance would get nothing else.
	 */
	@ParameterizedTest
	@ValueSource(strings = {
			"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n",
			"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: talk\r\n\r\n" })
	void answerThatGoesOnWithoutEndEndsATrialWhenItBegins(String endless) throws IOException {
		AtomicBoolean well = new AtomicBoolean();
		try (ScriptedBackend sick = sickUntil(well, endless);
				Gateway gateway = new Gateway(EJECTION, sick.port());
				RawClient client = gateway.client()) {
			assertThat(failures(client, POST, FAILURES_TO_EJECT)).isEqualTo(FAILURES_TO_EJECT);
			gateway.pass(EJECTED);
			await().until(() -> gateway.instances().getFirst().state() instanceof InstanceState.Returning);
			well.set(true);
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\nConnection: upgrade\r\nUpgrade: talk\r\n\r\n");
			assertThat(client.head().status()).isIn(101, 200);
			await().until(() -> gateway.instances().getFirst().state().equals(new InstanceState.Routable()));
			assertThat(gateway.active()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void serviceWhoseInstancesAllFailOpensItsCircuit(int instances) throws IOException {
		try (ScriptedBackend sick = ScriptedBackend.answering(SICK);
				ScriptedBackend sickToo = ScriptedBackend.answering(SICK);
				ScriptedBackend sickAsWell = ScriptedBackend.answering(SICK);
				Gateway gateway = new Gateway(List.of(sick.port(), sickToo.port(), sickAsWell.port())
					.subList(0, instances)
					.stream()
					.mapToInt(Integer::intValue)
					.toArray());
				RawClient client = gateway.client()) {
			assertThat(failures(client, GET, REQUESTS)).isEqualTo(REQUESTS);
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("circuit-open");
			assertThat(sick.heads().size() + sickToo.heads().size() + sickAsWell.heads().size()).isBetween(100,
					// Those of an instance are not counted while the others seem to be
					// well.
					100 + instances * FAILURES_TO_EJECT);
		}
	}

	/**
	 * Requests that the instance has not looked at are none of its failures, and the
	 * others break for one reason.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void sharedConnectionThatEndsIsOneFailureAtMost(boolean inOrder) throws IOException {
		int streams = 2 * FAILURES_TO_EJECT;
		AtomicBoolean ended = new AtomicBoolean();
		try (Http2Backend backend = new Http2Backend((wire) -> {
			if (ended.compareAndSet(false, true)) {
				for (int i = 0; i < streams; i++) {
					wire.nextHead();
				}
				if (inOrder) {
					wire.goAway(0);
				}
				return;
			}
			while (true) {
				wire.answer(wire.nextHead().stream(), "200", true);
			}
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			List<Integer> requests = new ArrayList<>();
			for (int i = 0; i < streams; i++) {
				requests.add(client.request("POST", "/orders/", true));
			}
			for (int request : requests) {
				assertThat(client.message(request).status()).isEqualTo(inOrder ? 200 : 502);
			}
			UpstreamInstance instance = gateway.instances().getFirst();
			assertThat(instance.errors()).isEqualTo(inOrder ? 0 : 1);
			assertThat(instance.state()).isEqualTo(new InstanceState.Routable());
		}
	}

	@Test
	void idleConnectionThatIsClosedAtTheWrongMomentIsNoFailure() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write(OK);
			peer.readRequest();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			assertThat(failures(client, GET, 2 * FAILURES_TO_EJECT)).isZero();
			assertThat(gateway.recorder.outcomes).contains(Outcome.BROKEN);
			assertThat(gateway.instances().getFirst().errors()).isZero();
		}
	}

	/**
	 * RFC 9110, sections 15.6.2 and 15.6.6: any client can ask for such an answer.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 501, 505 })
	void answerAboutAClientsMethodOrVersionSaysNothingOfTheInstance(int status) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n".formatted(status));
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(failures(client, GET, REQUESTS)).isEqualTo(REQUESTS);
			assertThat(backend.heads()).hasSize(REQUESTS);
			assertThat(gateway.recorder.outcomes).containsOnly(Outcome.SERVER_ERROR);
			assertThat(gateway.instances().getFirst().state()).isEqualTo(new InstanceState.Routable());
			assertThat(circuit(gateway)).isEqualTo(CircuitBreaker.State.CLOSED);
		}
	}

	@Test
	void streamsThatGoOnWithoutEndCloseACircuitThatIsHalfOpen() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(
				"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\ndata:\r\n");
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			CircuitBreaker breaker = gateway.breakers.circuitBreaker("orders");
			breaker.transitionToOpenState();
			breaker.transitionToHalfOpenState();
			for (int i = 0; i < breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState(); i++) {
				assertThat(client.head(client.get("/orders/")).header("content-type")).isEqualTo("text/event-stream");
			}
			await().until(() -> circuit(gateway) == CircuitBreaker.State.CLOSED);
			assertThat(client.head(client.get("/orders/")).header(":status")).isEqualTo("200");
		}
	}

	private static ScriptedBackend sickUntil(AtomicBoolean well, String answer) {
		return new ScriptedBackend((peer) -> {
			while (true) {
				peer.readRequest();
				peer.write(well.get() ? answer : SICK);
			}
		});
	}

	private static int failures(RawClient client, String request, int times) throws IOException {
		int failures = 0;
		for (int i = 0; i < times; i++) {
			failures += (client.send(request).answer().status() == 200) ? 0 : 1;
		}
		return failures;
	}

	private static CircuitBreaker.State circuit(Gateway gateway) {
		return gateway.breakers.circuitBreaker("orders").getState();
	}

}
