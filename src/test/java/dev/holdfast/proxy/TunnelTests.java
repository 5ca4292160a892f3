package dev.holdfast.proxy;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.upstream.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class TunnelTests {

	private static final String OFFER = "GET /orders/chat HTTP/1.1\r\nHost: gateway.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

	private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

	@Test
	void everyByteGoesThroughInBothDirections() throws IOException {
		byte[] all = new byte[256 * 5];
		for (int i = 0; i < all.length; i++) {
			all[i] = (byte) i;
		}
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			byte[] received = peer.in().readNBytes(all.length);
			peer.out().write(received);
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			RawClient.Answer answer = client.send(OFFER).head();
			assertThat(answer.line()).isEqualTo("HTTP/1.1 101 Switching Protocols");
			assertThat(answer.header("connection")).isEqualToIgnoringCase("upgrade");
			assertThat(answer.header("upgrade")).isEqualTo("echo");
			assertThat(answer.header("content-length")).isEmpty();
			client.out().write(all);
			assertThat(client.in().readNBytes(all.length)).isEqualTo(all);
		}
	}

	@Test
	void offerAndAnswerKeepTheirFields() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 101 Have Fun\r\nconnection: upgrade, x-hop\r\nX-Hop: 1\r\nupgrade: websocket\r\n"
					+ "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Extensions: permessage-deflate\r\n"
					+ "Sec-WebSocket-Protocol: chat\r\nSet-Cookie: a=1\r\nContent-Length: 3\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			RawClient.Answer answer = client
				.send("GET /orders/chat?x=1 HTTP/1.1\r\nHost: gateway.test\r\n"
						+ "Connection: keep-alive, X-Gone, Upgrade\r\nUpgrade: websocket\r\nX-Gone: 1\r\n"
						+ "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
						+ "Sec-WebSocket-Extensions: permessage-deflate\r\nOrigin: http://a.test\r\n\r\n")
				.head();
			assertThat(answer.line()).isEqualTo("HTTP/1.1 101 Have Fun");
			assertThat(answer.header("upgrade")).isEqualTo("websocket");
			assertThat(answer.header("sec-websocket-accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
			assertThat(answer.header("sec-websocket-extensions")).isEqualTo("permessage-deflate");
			assertThat(answer.header("sec-websocket-protocol")).isEqualTo("chat");
			assertThat(answer.header("set-cookie")).isEqualTo("a=1");
			assertThat(answer.header("x-hop")).isEmpty();
			assertThat(answer.header("content-length")).isEmpty();
			String head = backend.heads().getFirst().toLowerCase(Locale.ROOT);
			assertThat(head).startsWith("get /chat?x=1 http/1.1\r\n")
				.contains("\r\nconnection: upgrade\r\n", "\r\nupgrade: websocket\r\n",
						"\r\nsec-websocket-key: dghlihnhbxbszsbub25jzq==\r\n", "\r\nsec-websocket-version: 13\r\n",
						"\r\nsec-websocket-extensions: permessage-deflate\r\n", "\r\norigin: http://a.test\r\n",
						"\r\nx-forwarded-for: 127.0.0.1\r\n")
				.doesNotContain("x-gone", "keep-alive");
		}
	}

	@Test
	void bytesInOnePacketWithTheAnswersHeadArrive() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH + "HTTP/1.1 200 OK\r\n\r\n\0\1\2");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			assertThat(client.text(22)).isEqualTo("HTTP/1.1 200 OK\r\n\r\n\0\1\2");
		}
	}

	@Test
	void bytesInOnePacketWithTheRequestsHeadArrive() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			for (int i = 0; i < 24; i++) {
				peer.out().write(peer.read());
			}
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER + "GET /livez HTTP/1.1\r\n\r\n\0").head();
			assertThat(client.text(24)).isEqualTo("GET /livez HTTP/1.1\r\n\r\n\0");
		}
	}

	@Test
	void bytesThatComeBeforeTheAnswerWaitForIt() throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			go.join();
			peer.write(SWITCH);
			for (int i = 0; i < 5; i++) {
				peer.out().write(peer.read());
			}
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER);
			await().until(() -> !backend.heads().isEmpty());
			client.send("early");
			go.complete(null);
			client.head();
			assertThat(client.text(5)).isEqualTo("early");
		}
	}

	@Test
	void halfClosedByTheClientStaysOpenForTheBackend() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			String all = new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1);
			peer.write("got " + all);
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			client.send("the lot").endOutput();
			assertThat(client.rest()).isEqualTo("got the lot");
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
		}
	}

	@Test
	void halfClosedByTheBackendStaysOpenForTheClient() throws IOException {
		CompletableFuture<String> received = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH + "bye");
			peer.endOutput();
			received.complete(new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1));
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			assertThat(client.rest()).isEqualTo("bye");
			client.send("one more thing").endOutput();
			assertThat(received.join()).isEqualTo("one more thing");
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.SUCCESS);
		}
	}

	@Test
	void resetByTheBackendResetsTheClient() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			peer.read();
			peer.reset();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			client.send("x");
			assertThatExceptionOfType(SocketException.class).isThrownBy(client::rest);
			assertThat(gateway.recorder.end()).isEqualTo(switched("backend-reset"));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.BROKEN);
		}
	}

	@Test
	void resetByTheClientResetsTheBackend() throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			reset.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			client.reset();
			assertThat(reset.join()).isTrue();
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
		}
	}

	@Test
	void closeByTheClientIsAnOrderlyEndForTheBackend() throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			reset.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(backend.port())) {
			try (RawClient client = gateway.client()) {
				client.send(OFFER).head();
			}
			assertThat(reset.join()).isFalse();
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
		}
	}

	@Test
	void clientThatReadsSlowlySlowsTheBackendDown() throws IOException {
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			LargeBody.write(peer.out(), written);
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			LargeBody.awaitStill(written);
			assertThat(written.get()).isLessThan(LargeBody.MOST_UNDER_WAY);
			assertThat(LargeBody.read(client.in())).isEqualTo(LargeBody.LENGTH);
		}
	}

	@Test
	void slowClientThatHasSentEverythingIsAnsweredToTheEnd() throws IOException {
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			peer.awaitEnd();
			LargeBody.write(peer.out(), written);
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			client.endOutput();
			LargeBody.awaitStill(written);
			assertThat(LargeBody.read(client.in())).isEqualTo(LargeBody.LENGTH);
		}
	}

	@Test
	void backendThatReadsSlowlySlowsTheClientDown() throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		CompletableFuture<Long> read = new CompletableFuture<>();
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			go.join();
			read.complete(LargeBody.read(peer.in()));
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			Thread.ofVirtual().start(() -> {
				try {
					LargeBody.write(client.out(), written);
				}
				catch (IOException ex) {
					read.completeExceptionally(ex);
				}
			});
			LargeBody.awaitStill(written);
			assertThat(written.get()).isLessThan(LargeBody.MOST_UNDER_WAY);
			go.complete(null);
			assertThat(read.join()).isEqualTo(LargeBody.LENGTH);
		}
	}

	@Test
	void declinedOfferIsAnOrdinaryAnswerAndTheConnectionGoesOn() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < 3; i++) {
				RawClient.Answer answer = client.send(OFFER).answer();
				assertThat(answer.status()).isEqualTo(403);
				assertThat(answer.body()).isEqualTo("no");
				assertThat(answer.header("connection")).isEmpty();
				assertThat(client.get("/livez").status()).isEqualTo(200);
			}
			assertThat(backend.connections()).isOne();
		}
	}

	@Test
	void bytesBehindADeclinedOfferAreNeverTakenForARequest() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.send(OFFER + "GET /orders/smuggled HTTP/1.1\r\nHost: gateway.test\r\n\r\n")
				.answer();
			assertThat(answer.status()).isEqualTo(403);
			assertThat(answer.header("connection")).isEqualTo("close");
			assertThat(client.rest()).isEmpty();
			assertThat(backend.heads()).hasSize(1);
		}
	}

	@Test
	void offerThatWaitsBehindAnotherRequestIsAnsweredWithoutSwitch() throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			go.join();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1");
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n2");
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n3");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			String plain = "GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n";
			client.send(plain + OFFER + plain);
			await().until(() -> !backend.heads().isEmpty());
			go.complete(null);
			assertThat(client.answer().body()).isEqualTo("1");
			assertThat(client.answer().body()).isEqualTo("2");
			assertThat(client.answer().body()).isEqualTo("3");
			assertThat(backend.heads().get(1).toLowerCase(Locale.ROOT)).doesNotContain("upgrade");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection: Upgrade\r\nUpgrade: h2c", "Connection: Upgrade\r\nUpgrade: HTTP/2.0, TLS/1.2",
			"Upgrade: echo", "Connection: keep-alive\r\nUpgrade: echo", "Connection: upgrade, close\r\nUpgrade: echo",
			"Connection: Upgrade\r\nUpgrade: echo\r\nContent-Length: 1", "Connection: Upgrade" })
	void whatIsNoOfferForABackendIsNotPassedOn(String fields) throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			String body = fields.contains("Length") ? "x" : "";
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n" + fields + "\r\n\r\n" + body);
			assertThat(client.answer().status()).isEqualTo(200);
			assertThat(backend.heads().getFirst().toLowerCase(Locale.ROOT)).doesNotContain("upgrade",
					"\r\nconnection:");
		}
	}

	@Test
	void offerOfSeveralProtocolsLosesOnlyThoseThatCarryHttp() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\nConnection: upgrade\r\n"
					+ "Upgrade: h2c, chat/2\r\nUpgrade: Echo\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(backend.heads().getFirst()).containsIgnoringCase("\r\nupgrade: chat/2, Echo\r\n");
		}
	}

	@Test
	void offerByHttp10IsNone() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			assertThat(backend.heads().getFirst().toLowerCase(Locale.ROOT)).doesNotContain("upgrade");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Connection: upgrade\r\nUpgrade: other\r\n", "Connection: upgrade\r\n",
			"Connection: upgrade\r\nUpgrade: echo, other\r\n", "Connection: upgrade\r\nUpgrade: HTTP/1.1\r\n" })
	void switchToAProtocolThatWasNotOfferedIsABadAnswer(String fields) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 101 Switching Protocols\r\n" + fields + "\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.send(OFFER).answer();
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.header("holdfast-error")).isEqualTo("bad-answer");
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	@Test
	void switchThatNobodyAskedForIsABadAnswer() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(SWITCH);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("bad-answer");
			assertThat(client.get("/orders/", "Upgrade: h2c", "Connection: upgrade").status()).isEqualTo(502);
		}
	}

	@Test
	void handshakeIsTriedOnAnotherInstance() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH + "hello");
			peer.awaitEnd();
		});
				ScriptedBackend broken = new ScriptedBackend(ScriptedBackend.Peer::reset);
				Gateway gateway = new Gateway(ScriptedBackend.refusedPort(), broken.port(), backend.port());
				RawClient client = gateway.client()) {
			client.send(OFFER + "early");
			assertThat(client.head().status()).isEqualTo(101);
			assertThat(client.text(5)).isEqualTo("hello");
		}
	}

	@Test
	void tunnelIsARunningRequestUntilItEnds() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(Gateway.policy(Duration.ofSeconds(20), Duration.ZERO), backend.port())) {
			try (RawClient client = gateway.client()) {
				client.send(OFFER).head();
				// Longer than a request may wait for its answer.
				gateway.pass(Duration.ofSeconds(60));
				assertThat(gateway.recorder.ends).isEmpty();
				assertThat(gateway.active()).isOne();
			}
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
			assertThat(gateway.active()).isZero();
		}
	}

	@Test
	void idleTunnelIsClosed() throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		TrafficSettings settings = Gateway.settings(TrafficLimits.DEFAULTS,
				new TrafficTimes(Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(10),
						Duration.ofSeconds(10), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ZERO));
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			reset.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(settings, backend.port()); RawClient client = gateway.client()) {
			client.send(OFFER).head();
			long start = System.nanoTime();
			assertThat(client.rest()).isEmpty();
			assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(400));
			assertThat(reset.join()).isFalse();
		}
	}

	@Test
	void clientThatGoesBeforeTheAnswerCancelsTheHandshake() throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			reset.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(backend.port())) {
			try (RawClient client = gateway.client()) {
				client.send(OFFER + "early");
				await().until(() -> !backend.heads().isEmpty());
			}
			assertThat(reset.join()).isTrue();
			assertThat(gateway.recorder.end().status()).isEqualTo(499);
		}
	}

	private static Gateway.Recorder.Entry switched(String error) {
		return new Gateway.Recorder.Entry("by-path", "orders", "GET", 101, error, 1);
	}

}
