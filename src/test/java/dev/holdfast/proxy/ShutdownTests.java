package dev.holdfast.proxy;

import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.proxy.server.TrafficServer;
import dev.holdfast.route.ActiveRoutes;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTable;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Patience;
import dev.holdfast.upstream.UpstreamSettings;
import dev.holdfast.upstream.Upstreams;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class ShutdownTests {

	private static final Duration PAUSE = Duration.ofMillis(4);

	@Test
	void runningRequestIsAnsweredWhileThePortCloses() throws IOException {
		CompletableFuture<Void> closing = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			closing.join();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast");
		});
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				RawClient idle = gateway.client()) {
			assertThat(idle.get("/livez").status()).isEqualTo(200);
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> !backend.heads().isEmpty());
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(20)));
			CompletableFuture<String> rest = new CompletableFuture<>();
			Thread.ofVirtual().start(() -> rest.complete(restOf(idle)));
			gateway.passUntil(rest::isDone);
			assertThat(rest.join()).isEmpty();
			closing.complete(null);
			RawClient.Answer answer = client.answer();
			assertThat(answer.body()).isEqualTo("last");
			assertThat(answer.header("connection")).isEqualTo("close");
			assertThat(client.rest()).isEmpty();
			gateway.passUntil(() -> !stop.isAlive());
		}
	}

	@Test
	void clientThatIsStillAskingIsToldBeforeItsConnectionIsClosed() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").header("connection")).isEmpty();
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(20)));
			await().until(gateway.server::isShuttingDown);
			assertNextAnswerIsTheLast(client);
			gateway.passUntil(() -> !stop.isAlive());
		}
	}

	@Test
	void nobodyIsAcceptedAfterTheStop() throws IOException {
		Gateway gateway = new Gateway();
		int port = gateway.server.port();
		gateway.server.stop(Duration.ofSeconds(1));
		assertThatThrownBy(() -> new RawClient(port)).isInstanceOf(IOException.class);
		gateway.server.stop(Duration.ofSeconds(1));
	}

	@Test
	void requestThatOutlivesTheGraceIsCutOffAndBothIsLogged(CapturedLog output) throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> !backend.heads().isEmpty());
			gateway.server.stop(Duration.ofMillis(200));
			assertThatThrownBy(client::answer).isInstanceOf(IOException.class);
			assertThat(output)
				.contains("told to end; it is not ready any more and waits for 1 requests, 0 of them streams, "
						+ "and 0 tunnels on 1 connections, until ")
				.contains("is over: 1 requests, 0 of them streams, and 0 tunnels on 1 connections are cut off");
		}
	}

	@Test
	void answersCloseTheirConnectionsBeforeThePortDoes() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").header("connection")).isEmpty();
			gateway.server.beginShutdown();
			assertThat(client.get("/orders/").header("connection")).isEqualTo("close");
			assertThat(client.rest()).isEmpty();
			try (RawClient late = gateway.client()) {
				assertThat(late.get("/readyz").header("connection")).isEqualTo("close");
			}
		}
	}

	@Test
	void takenPortIsNamed() {
		try (Gateway first = new Gateway()) {
			int port = first.server.port();
			TrafficSettings settings = new TrafficSettings("127.0.0.1", port, 2, List.of(), "", "",
					TrafficLimits.DEFAULTS, TrafficTimes.DEFAULTS);
			TrafficServer second = new TrafficServer(settings, TrafficTls.NONE,
					new ActiveRoutes(new RouteTable(List.of(), true, RoutePolicy.DEFAULTS)),
					new Upstreams(UpstreamSettings.DEFAULTS, CircuitBreakerRegistry.ofDefaults()),
					new Gateway.TestProbes(), new Gateway.Recorder());
			assertThatExceptionOfType(TrafficPortUnavailableException.class).isThrownBy(second::start)
				.withMessageContaining("127.0.0.1:" + port)
				.satisfies((ex) -> assertThat(ex.port()).isEqualTo(port));
		}
	}

	@Test
	void connectionThatTheKernelAcceptedIsServedAlthoughThePortCloses() throws Exception {
		Queue<String> failures = new ConcurrentLinkedQueue<>();
		AtomicLong answered = new AtomicLong();
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port())) {
			List<Thread> clients = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				clients.add(Thread.ofVirtual().start(() -> connectAgainAndAgain(gateway, answered, failures)));
			}
			await().until(() -> answered.get() > 500);
			gateway.server.stop(Duration.ofSeconds(20));
			for (Thread client : clients) {
				assertThat(client.join(Patience.TIME)).isTrue();
			}
			assertThat(failures).isEmpty();
		}
	}

	private static void connectAgainAndAgain(Gateway gateway, AtomicLong answered, Queue<String> failures) {
		int port = gateway.server.port();
		while (true) {
			try (RawClient client = new RawClient(port)) {
				if (client.get("/orders/").status() != 200) {
					failures.add("not answered");
				}
				answered.incrementAndGet();
			}
			catch (ConnectException ex) {
				return;
			}
			catch (IOException ex) {
				failures.add(ex.toString());
			}
		}
	}

	@Test
	void http2ClientIsAskedToGoBeforeAnyOfItsStreamsIsRefused() throws IOException {
		CompletableFuture<Void> closing = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			closing.join();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlast");
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int first = client.get("/orders/");
			await().until(() -> !backend.heads().isEmpty());
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(20)));
			assertThat(client.awaitGoAway().last()).isEqualTo(Integer.MAX_VALUE);
			int late = client.get("/orders/");
			Http2Wire.GoAway last = (Http2Wire.GoAway) client
				.await((frame) -> frame instanceof Http2Wire.GoAway goAway && goAway.last() < Integer.MAX_VALUE);
			assertThat(last.last()).isEqualTo(late);
			closing.complete(null);
			assertThat(client.message(first).body()).isEqualTo("last");
			assertThat(client.message(late).body()).isEqualTo("last");
			client.awaitEnd();
			gateway.passUntil(() -> !stop.isAlive());
		}
	}

	@Test
	void tunnelIsClosedInOrderAndDoesNotHoldTheStopUp() throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
			reset.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(101);
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofHours(1)));
			assertThat(client.rest()).isEmpty();
			client.endOutput();
			gateway.passUntil(() -> !stop.isAlive());
			assertThat(reset.join()).isFalse();
		}
	}

	@Test
	void clientThatPausesBetweenRequestsIsToldWithItsNextAnswer() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				Http2Wire witness = Http2Wire.connect(gateway.server.port())) {
			witness.message(witness.get("/livez"));
			assertThat(client.get("/orders/").header("connection")).isEmpty();
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(10)));
			// The notice is over and everything idle has been closed.
			witness.awaitEnd();
			assertNextAnswerIsTheLast(client);
			gateway.passUntil(() -> !stop.isAlive());
		}
	}

	@Test
	void clientThatAsksNoMoreIsClosedLongBeforeTheGraceIsOver() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").status()).isEqualTo(503);
			long start = gateway.nanoTime();
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(20)));
			gateway.passUntil(() -> !stop.isAlive());
			assertThat(Duration.ofNanos(gateway.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void answerThatIsStillBeingReadIsSentToItsEnd() throws IOException {
		int length = 24 * 1024 * 1024;
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
			peer.out().write(new byte[length]);
			peer.awaitEnd();
		});
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				RawClient witness = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			// More than the kernel's buffers can hold is still to come, and from here on
			// the client is slower than the gateway.
			int read = client.in().readNBytes(length / 4).length;
			while (gateway.recorder.ends.isEmpty()) {
				read += client.in().readNBytes(64 * 1024).length;
				LockSupport.parkNanos(PAUSE.toNanos());
			}
			// To the gateway it is answered, and the last of it is in its buffers.
			assertThat(witness.get("/elsewhere/").status()).isEqualTo(404);
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(60)));
			assertThat(witness.rest()).isEmpty();
			assertThat(read + client.in().readAllBytes().length).isEqualTo(length);
			gateway.passUntil(() -> !stop.isAlive());
		}
	}

	private static String restOf(RawClient client) {
		try {
			return client.rest();
		}
		catch (IOException ex) {
			return ex.toString();
		}
	}

	private static void assertNextAnswerIsTheLast(RawClient client) throws IOException {
		RawClient.Answer last = client.get("/orders/");
		assertThat(last.status()).isEqualTo(200);
		assertThat(last.header("connection")).isEqualTo("close");
		assertThat(client.rest()).isEmpty();
	}

}
