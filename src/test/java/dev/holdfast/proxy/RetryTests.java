package dev.holdfast.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.route.RetryPolicy;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.upstream.Outcome;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class RetryTests {

	/** More requests than a balancer sends to the same one of two instances. */
	private static final int MANY = 50;

	private static final long INTERNAL_ERROR = 0x2;

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST", "PATCH" })
	void everyRequestIsTriedAgainWhenTheConnectionIsRefused(String method) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(ScriptedBackend.refusedPort(), backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < MANY && gateway.recorder.connectFailures.isEmpty(); i++) {
				client.send(method + " /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi");
				assertThat(client.answer().status()).isEqualTo(200);
			}
			assertThat(gateway.recorder.connectFailures).isNotEmpty().containsOnly("refused");
			assertThat(gateway.recorder.outcomes).contains(Outcome.CONNECT_FAILURE, Outcome.SUCCESS);
			assertThat(gateway.recorder.retries).hasSameSizeAs(gateway.recorder.connectFailures);
		}
	}

	@Test
	void connectionThatIsNotMadeInTimeIsGivenUp() throws IOException {
		try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
				Socket first = new Socket(full.getInetAddress(), full.getLocalPort());
				Socket second = new Socket(full.getInetAddress(), full.getLocalPort());
				Gateway gateway = new Gateway(Gateway.settings(TrafficLimits.DEFAULTS, TrafficTimes.DEFAULTS),
						full.getLocalPort());
				RawClient client = gateway.client()) {
			assertThat(first.isConnected() && second.isConnected()).isTrue();
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("connect-failed");
			assertThat(gateway.recorder.connectFailures).containsExactly("timeout");
		}
	}

	@Test
	void requestFailsWhenEveryInstanceRefuses() throws IOException {
		try (Gateway gateway = new Gateway(ScriptedBackend.refusedPort(), ScriptedBackend.refusedPort());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/");
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.header("holdfast-error")).isEqualTo("connect-failed");
			assertThat(gateway.recorder.end().tries()).isEqualTo(2);
		}
	}

	@Test
	void requestIsSentToThreeInstancesAtMost() throws IOException {
		try (Gateway gateway = new Gateway(ScriptedBackend.refusedPort(), ScriptedBackend.refusedPort(),
				ScriptedBackend.refusedPort(), ScriptedBackend.refusedPort()); RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").status()).isEqualTo(502);
			assertThat(gateway.recorder.end().tries()).isEqualTo(3);
		}
	}

	@Test
	void getIsTriedAgainWhenTheBackendHangsUp() throws IOException {
		try (ScriptedBackend broken = hangsUp();
				ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(broken.port(), backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < MANY && broken.heads().isEmpty(); i++) {
				assertThat(client.get("/orders/" + i).body()).isEqualTo("ok");
			}
			assertThat(gateway.recorder.retries).hasSize(1);
			assertThat(backend.heads().getLast()).isEqualToNormalizingWhitespace(
					broken.heads().getFirst().replace(":" + broken.port(), ":" + backend.port()));
		}
	}

	@Test
	void postIsNotTriedAgainOnceItWasSent() throws IOException {
		try (ScriptedBackend broken = hangsUp();
				ScriptedBackend other = hangsUp();
				Gateway gateway = new Gateway(broken.port(), other.port());
				RawClient client = gateway.client()) {
			client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi");
			RawClient.Answer answer = client.answer();
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.header("holdfast-error")).isEqualTo("backend-reset");
			assertThat(broken.heads().size() + other.heads().size()).isEqualTo(1);
		}
	}

	@Test
	void postWithIdempotencyKeyIsTriedAgainWithItsBody() throws IOException {
		assertPostWithKeyPasses(hangsUp());
	}

	@Test
	void postWithIdempotencyKeyIsTriedElsewhereWithItsBodyWhenAnInstanceSaysThatItCannotServe() throws IOException {
		assertPostWithKeyPasses(ScriptedBackend.answering(unavailable(503, "no")));
	}

	/**
	 * Sends to a backend of no use and to another until the former has been tried.
	 */
	private static void assertPostWithKeyPasses(ScriptedBackend useless) throws IOException {
		try (useless;
				ScriptedBackend backend = echo();
				Gateway gateway = new Gateway(useless.port(), backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < MANY && useless.heads().isEmpty(); i++) {
				client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nIdempotency-Key: 1\r\n"
						+ "Content-Length: 2\r\n\r\nhi");
				assertThat(client.answer().body()).isEqualTo("hi");
			}
			assertThat(useless.heads()).hasSize(1);
		}
	}

	@Test
	void chunkedPutIsTriedAgainInTheMiddleOfItsBody() throws IOException {
		try (ScriptedBackend broken = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.read();
		});
				ScriptedBackend backend = echo();
				Gateway gateway = new Gateway(broken.port(), backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < MANY && broken.heads().isEmpty(); i++) {
				int before = broken.heads().size() + backend.heads().size();
				client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ "3\r\npay\r\n");
				await().until(() -> broken.heads().size() + backend.heads().size() > before);
				client.send("4\r\nload\r\n0\r\n\r\n");
				assertThat(client.answer().body().replaceAll("[^a-z]", "")).isEqualTo("payload");
			}
			assertThat(broken.heads()).hasSize(1);
		}
	}

	/**
	 * The first instance takes nothing of the body. What is given up of it must not let
	 * the client send more than is kept for the other one.
	 */
	@Test
	void bodyThatAnInstanceDidNotTakeReachesAnotherOneWhole() throws IOException {
		int chunks = 200;
		AtomicInteger useless = new AtomicInteger();
		try (Http2Backend full = new Http2Backend(new Http2Settings().initialWindowSize(0), (wire) -> {
			int stream = wire.nextHead().stream();
			useless.incrementAndGet();
			for (int i = 0; i < MANY; i++) {
				// In each round the gateway reads what the client has sent.
				wire.ping(i);
				wire.awaitPong(i);
			}
			wire.answer(stream, "503", true);
			wire.awaitEnd();
		}); Http2Backend counting = new Http2Backend((wire) -> {
			while (true) {
				int stream = wire.nextHead().stream();
				int received = 0;
				for (boolean end = false; !end;) {
					Http2Wire.Data data = wire.data(stream);
					received += data.text().length();
					end = data.end();
				}
				wire.answer(stream, "200", false);
				wire.data(stream, String.valueOf(received), true);
			}
		}); Gateway gateway = Gateway.toHttp2(full.port(), counting.port()); RawClient client = gateway.client()) {
			for (int i = 0; i < MANY && useless.get() == 0; i++) {
				client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n"
						+ ("400\r\n" + "x".repeat(0x400) + "\r\n").repeat(chunks) + "0\r\n\r\n");
				assertThat(client.answer().body()).isEqualTo(String.valueOf(chunks * 0x400));
			}
			assertThat(useless).hasValue(1);
		}
	}

	@Test
	void putWithALargeBodyIsNotTriedAgain() throws IOException {
		int length = 64 * 1024 + 1;
		try (ScriptedBackend broken = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.reset();
		}); Gateway gateway = new Gateway(broken.port(), broken.port()); RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + length + "\r\n\r\n"
					+ "x".repeat(length));
			assertThat(client.answer().header("holdfast-error")).isEqualTo("backend-reset");
			assertThat(broken.heads()).hasSize(1);
		}
	}

	@Test
	void idleConnectionThatTheOnlyInstanceClosedCostsNoGet() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write(OK);
			peer.read();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			for (int i = 0; i < 3; i++) {
				assertThat(client.get("/orders/").body()).isEqualTo("ok");
			}
			assertThat(backend.connections()).isEqualTo(3);
		}
	}

	/**
	 * The event loop finds the request before the ends of the connections that lie idle.
	 */
	@ParameterizedTest
	@ValueSource(strings = { "POST", "PATCH" })
	void whatMayNotBeDoneTwiceIsNotSentOnConnectionsThatTheInstanceHasClosed(String method) throws IOException {
		CompletableFuture<Void> answer = new CompletableFuture<>();
		CompletableFuture<Void> hangUp = new CompletableFuture<>();
		CompletableFuture<Boolean> live = new CompletableFuture<>();
		AtomicInteger closed = new AtomicInteger();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			answer.join();
			peer.write(OK);
			hangUp.join();
			peer.socket().close();
			closed.incrementAndGet();
		});
				Gateway gateway = new Gateway(Gateway.oneEventLoop(), backend.port());
				RawClient client = gateway.client();
				RawClient other = gateway.client();
				RawClient blocking = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			other.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> backend.heads().size() == 2);
			answer.complete(null);
			assertThat(client.answer().body()).isEqualTo("ok");
			assertThat(other.answer().body()).isEqualTo("ok");
			gateway.probes.live = live;
			blocking.send("GET /livez HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> live.getNumberOfDependents() > 0);
			client.send(method + " /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi");
			hangUp.complete(null);
			await().until(() -> closed.get() == 2);
			live.complete(true);
			assertThat(client.answer().body()).isEqualTo("ok");
			assertThat(backend.heads()).filteredOn((head) -> head.startsWith(method)).hasSize(1);
			assertThat(gateway.recorder.retries).isEmpty();
			assertThat(gateway.recorder.outcomes).containsOnly(Outcome.SUCCESS);
		}
	}

	@Test
	void answerThatBreaksOffIsNeitherTriedAgainNorPassedOffAsWhole() throws IOException {
		try (ScriptedBackend broken = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
		}); Gateway gateway = new Gateway(broken.port(), broken.port()); RawClient client = gateway.client()) {
			assertThatThrownBy(() -> client.get("/orders/")).isInstanceOf(IOException.class);
			assertThat(broken.heads()).hasSize(1);
			assertThat(gateway.recorder.end().status()).isEqualTo(200);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("backend-reset");
		}
	}

	/**
	 * A backend that ends its connection in the middle of a chunked answer.
	 * @param read completed when the client has read the answer's first half
	 */
	private static ScriptedBackend breakingOffAfterAChunk(CompletableFuture<Void> read) {
		return new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n");
			read.join();
		});
	}

	@Test
	void chunkedAnswerThatBreaksOffIsNotPassedOffAsWhole() throws IOException {
		CompletableFuture<Void> read = new CompletableFuture<>();
		try (ScriptedBackend broken = breakingOffAfterAChunk(read);
				Gateway gateway = new Gateway(broken.port());
				RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			assertThat(client.text(client.chunkSize())).isEqualTo("half");
			client.line();
			read.complete(null);
			assertThatThrownBy(client::chunkSize).isInstanceOf(IOException.class);
		}
	}

	/**
	 * To it, an orderly end would be the end of a whole answer.
	 */
	@Test
	void oldClientSeesThatAChunkedAnswerBreaksOff() throws IOException {
		CompletableFuture<Void> read = new CompletableFuture<>();
		try (ScriptedBackend broken = breakingOffAfterAChunk(read);
				Gateway gateway = new Gateway(broken.port());
				RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.0\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			assertThat(client.text(4)).isEqualTo("half");
			read.complete(null);
			assertThatThrownBy(client::rest).isInstanceOf(IOException.class);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("backend-reset");
		}
	}

	@Test
	void http2ClientSeesThatAChunkedAnswerBreaksOff() throws IOException {
		CompletableFuture<Void> read = new CompletableFuture<>();
		try (ScriptedBackend broken = breakingOffAfterAChunk(read);
				Gateway gateway = new Gateway(broken.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.get("/orders/");
			assertThat(client.data(stream)).isEqualTo(new Http2Wire.Data(stream, "half", false));
			read.complete(null);
			assertThat(client.awaitReset(stream)).isEqualTo(INTERNAL_ERROR);
			assertThat(client.frames())
				.noneMatch((frame) -> frame instanceof Http2Wire.Data || frame instanceof Http2Wire.GoAway);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("backend-reset");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "nonsense\r\n\r\n", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: foo\r\n\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n\r\nx",
			"HTTP/1.1 200 OK\r\nX: a\u0000b\r\nContent-Length: 0\r\n\r\n",
			"HTTP/1.1 200 OK\r\nX: a\u007fb\r\nContent-Length: 0\r\n\r\n" })
	void malformedAnswerIsNotPassedOn(String answer) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(answer);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("bad-answer");
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource({ "GET, 502, true", "GET, 503, true", "GET, 504, true", "PUT, 503, true", "GET, 500, false",
			"GET, 501, false", "GET, 505, false", "POST, 503, false", "PATCH, 502, false" })
	void idempotentRequestIsTriedElsewhereWhenAnInstanceSaysThatItCannotServe(String method, int status, boolean again)
			throws IOException {
		try (ScriptedBackend unwilling = ScriptedBackend.answering(unavailable(status, "no"));
				ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(unwilling.port(), backend.port());
				RawClient client = gateway.client()) {
			int failed = 0;
			for (int i = 0; i < MANY && unwilling.heads().isEmpty(); i++) {
				client.send(method + " /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi");
				RawClient.Answer answer = client.answer();
				assertThat(answer.status()).isIn(200, again ? 200 : status);
				failed += (answer.status() == 200) ? 0 : 1;
			}
			assertThat(unwilling.heads()).hasSize(1);
			assertThat(failed).isEqualTo(again ? 0 : 1);
			assertThat(gateway.recorder.retries).hasSize(again ? 1 : 0);
			assertThat(gateway.recorder.outcomes).contains(Outcome.SERVER_ERROR);
		}
	}

	@Test
	void lastAnswerIsPassedOnAsItCameWhenNoInstanceCanServe() throws IOException {
		AtomicInteger number = new AtomicInteger();
		ScriptedBackend.Script script = (peer) -> {
			while (true) {
				peer.readRequest();
				peer.write(unavailable(503, "answer " + number.incrementAndGet()));
			}
		};
		try (ScriptedBackend one = new ScriptedBackend(script);
				ScriptedBackend two = new ScriptedBackend(script);
				ScriptedBackend three = new ScriptedBackend(script);
				ScriptedBackend four = new ScriptedBackend(script);
				Gateway gateway = new Gateway(one.port(), two.port(), three.port(), four.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/");
			assertThat(answer.line()).isEqualTo("HTTP/1.1 503 Service Unavailable");
			assertThat(answer.body()).isEqualTo("answer 3");
			assertThat(answer.header("retry-after")).isEqualTo("7");
			assertThat(answer.header("holdfast-error")).isEmpty();
			assertThat(gateway.recorder.end().tries()).isEqualTo(3);
			assertThat(gateway.recorder.outcomes).containsOnly(Outcome.SERVER_ERROR);
		}
	}

	@Test
	void onlyInstanceIsNotAskedTwice() throws IOException {
		try (ScriptedBackend unwilling = ScriptedBackend.answering(unavailable(503, "no"));
				Gateway gateway = new Gateway(unwilling.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").body()).isEqualTo("no");
			assertThat(unwilling.heads()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 2\r\n\r\nno",
			"HTTP/1.1 503 Service Unavailable\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n" })
	void connectionOfASmallAnswerThatIsDiscardedTakesTheNextRequest(String answer) throws IOException {
		try (ScriptedBackend unwilling = ScriptedBackend.answering(answer);
				ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(Gateway.oneEventLoop(), unwilling.port(), backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < 2 * MANY && unwilling.heads().size() < 4; i++) {
				assertThat(client.get("/orders/").body()).isEqualTo("ok");
			}
			assertThat(unwilling.heads()).hasSize(4);
			assertThat(unwilling.connections()).isOne();
			assertThat(gateway.active()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 70000\r\n\r\nbegins", "Transfer-Encoding: chunked\r\n\r\n6\r\nbegins\r\n",
			"Content-Length: 8\r\n\r\nbegins" })
	void connectionOfALargeOrSlowAnswerThatIsDiscardedIsReset(String rest) throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend unwilling = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 503 Service Unavailable\r\n" + rest);
			end.complete(peer.awaitEnd());
		});
				ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(unwilling.port(), backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < MANY && unwilling.heads().isEmpty(); i++) {
				assertThat(client.get("/orders/").body()).isEqualTo("ok");
			}
			assertThat(end.join()).isTrue();
			assertThat(gateway.active()).isZero();
		}
	}

	@Test
	void streamOfAnAnswerThatIsDiscardedLeavesItsConnectionToTheOthers() throws IOException {
		try (Http2Backend unwilling = new Http2Backend((wire) -> {
			while (true) {
				Http2Wire.Head head = wire.nextHead();
				wire.answer(head.stream(), "503", false);
				wire.data(head.stream(), "no", true);
			}
		});
				Http2Backend backend = Http2Backend.answering("ok");
				Gateway gateway = new Gateway(Gateway.oneEventLoop(), List.of(), Scheme.GRPC, unwilling.port(),
						backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < MANY && gateway.recorder.retries.size() < 4; i++) {
				assertThat(client.get("/orders/").body()).isEqualTo("ok");
			}
			assertThat(gateway.recorder.retries).hasSize(4);
			assertThat(unwilling.wires()).hasSize(1);
			assertThat(unwilling.wires().getFirst().frames()).noneMatch(Http2Wire.Reset.class::isInstance);
		}
	}

	@Test
	void statusesOfTheRouteAreTriedElsewhereAndNoOthers() throws IOException {
		RoutePolicy policy = RoutePolicy.DEFAULTS.with(new RetryPolicy(1, Set.of(500), Duration.ZERO));
		try (ScriptedBackend broken = ScriptedBackend.answering(unavailable(500, "no"));
				ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(policy, broken.port(), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			for (int i = 0; i < MANY && broken.heads().isEmpty(); i++) {
				assertThat(client.message(client.get("/orders/")).body()).isEqualTo("ok");
			}
			assertThat(broken.heads()).hasSize(1);
		}
		try (ScriptedBackend unwilling = ScriptedBackend.answering(unavailable(503, "no"));
				Gateway gateway = new Gateway(policy, unwilling.port(), unwilling.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").body()).isEqualTo("no");
			assertThat(unwilling.heads()).hasSize(1);
		}
	}

	/**
	 * All break at the same moment, and those that are tried again are held there.
	 */
	@Test
	void ofAServiceThatFailsAsAWholeOnlyAFifthOfTheRequestsInFlightIsTriedAgainAtATime() throws IOException {
		int requests = 40;
		AtomicBoolean failed = new AtomicBoolean();
		CompletableFuture<Void> arrived = new CompletableFuture<>();
		CompletableFuture<Void> hold = new CompletableFuture<>();
		AtomicInteger tries = new AtomicInteger();
		ScriptedBackend.Script script = (peer) -> {
			peer.readRequest();
			if (!failed.get()) {
				peer.reset();
				return;
			}
			int number = tries.incrementAndGet();
			if (number == requests) {
				arrived.complete(null);
			}
			if (number <= requests) {
				arrived.join();
				peer.reset();
			}
			else {
				hold.join();
				peer.write(OK);
			}
		};
		try (ScriptedBackend one = new ScriptedBackend(script);
				ScriptedBackend two = new ScriptedBackend(script);
				ScriptedBackend three = new ScriptedBackend(script);
				Gateway gateway = new Gateway(one.port(), two.port(), three.port())) {
			while (!gateway.isPanicking()) {
				try (RawClient client = gateway.client()) {
					client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").answer();
				}
			}
			failed.set(true);
			List<RawClient> clients = new ArrayList<>();
			for (int i = 0; i < requests; i++) {
				clients.add(gateway.client().send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n"));
			}
			await().until(() -> tries.get() - requests + gateway.recorder.refusedRetries.size() == requests);
			int retried = tries.get() - requests;
			assertThat(retried).isBetween(3, requests / 5);
			hold.complete(null);
			int succeeded = 0;
			for (RawClient client : clients) {
				RawClient.Answer answer = client.answer();
				assertThat(answer.status()).isIn(200, 502);
				succeeded += (answer.status() == 200) ? 1 : 0;
				client.close();
			}
			assertThat(succeeded).isEqualTo(retried);
		}
	}

	private static String unavailable(int status, String body) {
		return "HTTP/1.1 " + status + " Service Unavailable\r\nRetry-After: 7\r\nContent-Length: " + body.length()
				+ "\r\n\r\n" + body;
	}

	private static ScriptedBackend hangsUp() {
		return new ScriptedBackend((peer) -> peer.readRequest());
	}

	private static ScriptedBackend echo() {
		return new ScriptedBackend((peer) -> {
			while (true) {
				String body = peer.readRequest();
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
			}
		});
	}

}
