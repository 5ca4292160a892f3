package dev.holdfast.proxy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One instance of a service answers, but with nothing but failures.
 */
class SickInstanceTests {

	private static final int REQUESTS = 300;

	private static final int CONNECTIONS = 32;

	private static final int FAILURES_TO_EJECT = 5;

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

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3 })
	void serviceWhoseInstancesAllFailOpensItsCircuit(int instances) throws IOException {
		try (ScriptedBackend sick = ScriptedBackend.answering(SICK);
				ScriptedBackend sickToo = ScriptedBackend.answering(SICK);
				ScriptedBackend sickAsWell = ScriptedBackend.answering(SICK);
				Gateway gateway = new Gateway(
						List.of(sick.port(), sickToo.port(), sickAsWell.port())
							.subList(0, instances)
							.stream()
							.mapToInt(Integer::intValue)
							.toArray());
				RawClient client = gateway.client()) {
			assertThat(failures(client, GET, REQUESTS)).isEqualTo(REQUESTS);
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("circuit-open");
			assertThat(sick.heads().size() + sickToo.heads().size() + sickAsWell.heads().size())
				.isBetween(100, 100 + 2 * instances);
		}
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
