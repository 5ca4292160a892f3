package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.DirectResponse;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.TlsMaterial;
import dev.holdfast.upstream.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * WebSocket by HTTP/2 (RFC 8441), to instances that speak HTTP/1.1.
 */
class ExtendedConnectTests {

	private static final long CANCEL = 0x8;

	private static final char ENABLE_CONNECT_PROTOCOL = 0x8;

	private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

	private static final String KEY = "sec-websocket-key: ";

	private static int open(Http2Wire client, String... fields) throws IOException {
		return client.connect("websocket", "/orders/chat?room=1", false, fields);
	}

	/**
	 * Reads a handshake and takes it.
	 */
	private static void take(ScriptedBackend.Peer peer, String fields) throws IOException {
		peer.readHead();
		switchProtocols(peer, fields);
	}

	private static void switchProtocols(ScriptedBackend.Peer peer, String fields) throws IOException {
		peer.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
				+ "Sec-WebSocket-Accept: " + accepted(peer.lastHead()) + "\r\n" + fields + "\r\n");
	}

	/**
	 * RFC 6455, section 4.2.2.
	 */
	private static String accepted(String head) {
		int start = head.toLowerCase(Locale.ROOT).indexOf(KEY) + KEY.length();
		String key = head.substring(start, head.indexOf("\r\n", start));
		assertThat(Base64.getDecoder().decode(key)).hasSize(16);
		try {
			return Base64.getEncoder()
				.encodeToString(
						MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(StandardCharsets.US_ASCII)));
		}
		catch (NoSuchAlgorithmException ex) {
			throw new AssertionError(ex);
		}
	}

	private static Gateway.Recorder.Entry switched(String error) {
		return new Gateway.Recorder.Entry("by-path", "orders", "CONNECT", 200, error, 1);
	}

	private static <T> CompletableFuture<T> awaited() {
		return new CompletableFuture<T>().orTimeout(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
	}

	/**
	 * Reads what comes on a stream until there is so much of it.
	 */
	private static String text(Http2Wire client, int stream, int length) throws IOException {
		StringBuilder text = new StringBuilder();
		while (text.length() < length) {
			text.append(client.data(stream).text());
		}
		return text.toString();
	}

	private static String rest(Http2Wire client, int stream) throws IOException {
		StringBuilder text = new StringBuilder();
		while (true) {
			Http2Wire.Data data = client.data(stream);
			text.append(data.text());
			if (data.end()) {
				return text.toString();
			}
		}
	}

	private static String allBytes() {
		StringBuilder all = new StringBuilder();
		for (int i = 0; i < 256 * 5; i++) {
			all.append((char) (i & 0xff));
		}
		return all.toString();
	}

	@Test
	void clientsAreToldThatThereIsSuchAThing() throws IOException {
		try (Gateway gateway = new Gateway(); Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.awaitSettings()).containsEntry(ENABLE_CONNECT_PROTOCOL, 1L);
		}
	}

	/**
	 * The client would take a 2xx for the tunnel (RFC 8441, section 5).
	 */
	@ParameterizedTest
	@CsvSource({ "200, 501", "299, 501", "404, 404" })
	void whatARouteAnswersIsNoTunnel(int status, int told) throws IOException {
		Route route = Actions.respond(new DirectResponse.Fixed(status, "", "closed"));
		try (Gateway gateway = new Gateway(RoutePolicy.DEFAULTS, List.of(route));
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.connect("websocket", "/a/chat", false);
			assertThat(client.message(stream).status()).isEqualTo(told);
			assertThat(client.message(client.get("/a")).status()).isEqualTo(status);
		}
	}

	@ParameterizedTest
	@CsvSource({ "false, false", "false, true", "true, false", "true, true" })
	void everyByteGoesThroughInBothDirections(boolean tlsToClient, boolean tlsToInstance, @TempDir Path folder)
			throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		TlsMaterial trust = PemBundles.material(authority.certificate(), null);
		TrafficTls tls = new TrafficTls(tlsToClient ? Gateway.tls(authority).clients() : Optional.empty(),
				Map.of("own", () -> trust));
		RoutePolicy policy = new RoutePolicy(BackendProtocol.AUTO, RouteTimes.DEFAULTS, 0,
				new BackendSecurity("own", ""), PathRules.DEFAULTS);
		Route route = new Route("orders", "", "/orders/**", Set.of(), Map.of(), Gateway.ORDERS, "/orders", false,
				policy);
		ScriptedBackend.Script echo = (peer) -> {
			take(peer, "");
			peer.out().write(peer.in().readNBytes(allBytes().length()));
			peer.awaitEnd();
		};
		try (ScriptedBackend backend = tlsToInstance
				? new ScriptedBackend(PemBundles.read(authority.certificate(), authority.issue("orders", "127.0.0.1"))
					.createSslContext()
					.getServerSocketFactory(), echo)
				: new ScriptedBackend(echo);
				Gateway gateway = new Gateway(Gateway.settings(), tls, List.of(route),
						tlsToInstance ? Scheme.HTTPS : Scheme.HTTP, backend.port());
				Http2Wire client = tlsToClient
						? Http2Wire.connect(gateway.server.port(),
								PemBundles.read(authority.certificate(), null).createSslContext())
						: Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			Http2Wire.Head head = client.head(stream);
			assertThat(head.header(":status")).isEqualTo("200");
			assertThat(head.end()).isFalse();
			client.data(stream, allBytes(), false);
			assertThat(text(client, stream, allBytes().length())).isEqualTo(allBytes());
			assertThat(backend.heads().getFirst()).startsWith("GET /chat?room=1 HTTP/1.1\r\n");
		}
	}

	@Test
	void offerAndAnswerKeepTheirFields() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "Sec-WebSocket-Extensions: permessage-deflate\r\nSec-WebSocket-Protocol: chat\r\n"
					+ "Set-Cookie: a=1\r\nContent-Length: 3\r\n");
			peer.awaitEnd();
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Head answer = client.head(open(client, "sec-websocket-version", "13", "sec-websocket-extensions",
					"permessage-deflate", "sec-websocket-protocol", "chat, talk", "origin", "http://a.test"));
			assertThat(answer.header(":status")).isEqualTo("200");
			assertThat(answer.header("sec-websocket-extensions")).isEqualTo("permessage-deflate");
			assertThat(answer.header("sec-websocket-protocol")).isEqualTo("chat");
			assertThat(answer.header("set-cookie")).isEqualTo("a=1");
			assertThat(answer.fields())
				.noneMatch((field) -> field.matches("(connection|upgrade|sec-websocket-accept|content-length): .*"));
			assertThat(backend.heads().getFirst().toLowerCase(Locale.ROOT)).startsWith("get /chat?room=1 http/1.1\r\n")
				.contains("\r\nconnection: upgrade\r\n", "\r\nupgrade: websocket\r\n",
						"\r\nsec-websocket-version: 13\r\n", "\r\nsec-websocket-extensions: permessage-deflate\r\n",
						"\r\nsec-websocket-protocol: chat, talk\r\n", "\r\norigin: http://a.test\r\n",
						"\r\nx-forwarded-for: 127.0.0.1\r\n")
				.doesNotContain("content-length", "transfer-encoding", ":protocol");
		}
	}

	@Test
	void bytesThatComeBeforeTheAnswerWaitForIt() throws IOException {
		CompletableFuture<Void> go = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			go.join();
			switchProtocols(peer, "");
			peer.out().write(peer.in().readNBytes(5));
			peer.awaitEnd();
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			await().until(() -> !backend.heads().isEmpty());
			client.data(stream, "early", false);
			client.ping(1);
			client.awaitPong(1);
			go.complete(null);
			assertThat(client.head(stream).header(":status")).isEqualTo("200");
			assertThat(text(client, stream, 5)).isEqualTo("early");
		}
	}

	@Test
	void bytesInOnePacketWithTheAnswersHeadArrive() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
					+ "Sec-WebSocket-Accept: " + accepted(peer.lastHead()) + "\r\n\r\nHTTP/1.1 200 OK\r\n\r\n\0");
			peer.awaitEnd();
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.head(stream);
			assertThat(text(client, stream, 20)).isEqualTo("HTTP/1.1 200 OK\r\n\r\n\0");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "with the last byte", "alone", "before the answer" })
	void halfClosedByTheClientStaysOpenForTheBackend(String end) throws IOException {
		CompletableFuture<Void> go = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			go.join();
			switchProtocols(peer, "");
			String all = new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1);
			peer.write("got " + all);
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			if (end.equals("before the answer")) {
				await().until(() -> !backend.heads().isEmpty());
				client.data(stream, "the lot", true);
				client.ping(1);
				client.awaitPong(1);
				go.complete(null);
				client.head(stream);
			}
			else {
				go.complete(null);
				client.head(stream);
				client.data(stream, "the lot", end.equals("with the last byte"));
				if (end.equals("alone")) {
					client.data(stream, "", true);
				}
			}
			assertThat(rest(client, stream)).isEqualTo("got the lot");
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
		}
	}

	@Test
	void clientThatSaysNothingIsStillTalkedTo() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			peer.write("got " + peer.in().readAllBytes().length);
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.connect("websocket", "/orders/", true);
			assertThat(client.head(stream).header(":status")).isEqualTo("200");
			assertThat(rest(client, stream)).isEqualTo("got 0");
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
		}
	}

	@Test
	void halfClosedByTheBackendStaysOpenForTheClient() throws IOException {
		CompletableFuture<String> received = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			peer.write("bye");
			peer.endOutput();
			received.complete(new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1));
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.head(stream);
			assertThat(rest(client, stream)).isEqualTo("bye");
			client.data(stream, "one more ", false);
			client.data(stream, "thing", true);
			assertThat(received.join()).isEqualTo("one more thing");
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.SUCCESS);
		}
	}

	@Test
	void resetByTheBackendResetsTheStreamAlone() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			peer.read();
			peer.reset();
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.head(stream);
			client.data(stream, "x", false);
			assertThat(client.awaitReset(stream)).isEqualTo(CANCEL);
			assertThat(gateway.recorder.end()).isEqualTo(switched("backend-reset"));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.BROKEN);
			assertThat(client.message(client.get("/livez")).status()).isEqualTo(200);
		}
	}

	@Test
	void resetByTheClientResetsTheBackend() throws IOException {
		CompletableFuture<Boolean> reset = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			reset.complete(peer.awaitEnd());
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.head(stream);
			client.reset(stream, CANCEL);
			assertThat(reset.join()).isTrue();
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.SUCCESS);
			assertThat(client.message(client.get("/livez")).status()).isEqualTo(200);
		}
	}

	@Test
	void clientThatGoesBeforeTheAnswerCancelsTheHandshake() throws IOException {
		CompletableFuture<Boolean> reset = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			reset.complete(peer.awaitEnd());
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			await().until(() -> !backend.heads().isEmpty());
			client.data(stream, "early", false);
			client.reset(stream, CANCEL);
			assertThat(reset.join()).isTrue();
			assertThat(gateway.recorder.end().status()).isEqualTo(499);
		}
	}

	@Test
	void connectionThatEndsTakesItsTunnelsAlong() throws IOException {
		CompletableFuture<Boolean> end = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			end.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(backend.port())) {
			try (Http2Wire client = Http2Wire.connect(gateway.server.port())) {
				client.head(open(client));
			}
			end.join();
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
			assertThat(gateway.active()).isZero();
		}
	}

	@Test
	void instanceThatRefusesIsPassedOnAndTheConnectionGoesOn() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nContent-Length: 2\r\n\r\nno");
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			for (int i = 0; i < 3; i++) {
				int stream = open(client, "sec-websocket-version", "99");
				client.data(stream, "early", false);
				Http2Wire.Message answer = client.message(stream);
				assertThat(answer.status()).isEqualTo(426);
				assertThat(answer.head().header("sec-websocket-version")).isEqualTo("13");
				assertThat(answer.body()).isEqualTo("no");
			}
			assertThat(client.message(client.get("/livez")).status()).isEqualTo(200);
			assertThat(gateway.recorder.outcomes).containsOnly(Outcome.SUCCESS).hasSize(3);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = {
			"101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
					+ "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n",
			"101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
			"101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n", "200 OK\r\nContent-Length: 2\r\n" })
	void whatIsNoSwitchToWebSocketIsABadAnswer(String head) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 " + head + "\r\nno");
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message answer = client.message(open(client));
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.head().header("holdfast-error")).isEqualTo("bad-answer");
			assertThat(client.message(client.get("/livez")).status()).isEqualTo(200);
		}
	}

	@Test
	void otherProtocolsAreNotSupported() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message answer = client.message(client.connect("connect-udp", "/orders/", false));
			assertThat(answer.status()).isEqualTo(501);
			assertThat(answer.head().header("holdfast-error")).isEqualTo("protocol-not-supported");
			assertThat(gateway.recorder.rejections).containsExactly("protocol");
			assertThat(client.message(client.get("/livez")).status()).isEqualTo(200);
			assertThat(backend.connections()).isZero();
		}
	}

	@Test
	void instancesThatSpeakHttp2AreNotAsked() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.message(open(client)).status()).isEqualTo(501);
			assertThat(backend.connections()).isZero();
		}
	}

	@Test
	void handshakeIsTriedOnAnotherInstance() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			peer.out().write(peer.in().readNBytes(5));
			peer.awaitEnd();
		});
				ScriptedBackend broken = new ScriptedBackend(ScriptedBackend.Peer::reset);
				Gateway gateway = new Gateway(ScriptedBackend.refusedPort(), broken.port(), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.data(stream, "early", false);
			assertThat(client.head(stream).header(":status")).isEqualTo("200");
			assertThat(text(client, stream, 5)).isEqualTo("early");
		}
	}

	@Test
	void otherStreamsGoOnBesideIt() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			while (!peer.readHead().contains("websocket")) {
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
			}
			switchProtocols(peer, "");
			while (true) {
				peer.out().write(peer.read());
			}
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.message(client.get("/orders/")).body()).isEqualTo("ok");
			int first = open(client);
			int second = open(client);
			client.head(first);
			client.head(second);
			for (int i = 0; i < 3; i++) {
				client.data(first, "one", false);
				client.data(second, "two", false);
				assertThat(client.message(client.get("/orders/")).body()).isEqualTo("ok");
				assertThat(text(client, second, 3)).isEqualTo("two");
				assertThat(text(client, first, 3)).isEqualTo("one");
			}
			client.reset(first, CANCEL);
			client.data(second, "two", false);
			assertThat(text(client, second, 3)).isEqualTo("two");
			assertThat(client.message(client.get("/orders/")).body()).isEqualTo("ok");
		}
	}

	@Test
	void clientThatOpensNoWindowSlowsTheBackendDownAndNoOtherStream() throws IOException {
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			LargeBody.write(peer.out(), written);
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			client.keepWindows();
			client.head(open(client));
			LargeBody.awaitStill(written);
			assertThat(written.get()).isLessThan(LargeBody.MOST_UNDER_WAY);
			client.window(0, 1024 * 1024);
			assertThat(client.message(client.get("/livez")).status()).isEqualTo(200);
		}
	}

	@Test
	void tunnelIsARunningRequestUntilItEnds() throws IOException {
		Duration request = Duration.ofSeconds(20);
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			peer.awaitEnd();
		});
				Gateway gateway = new Gateway(Gateway.policy(request, Duration.ZERO), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.head(stream);
			// Longer than a request may wait for its answer, and a client may be idle.
			gateway.pass(request.multipliedBy(10));
			gateway.pass(request.multipliedBy(10));
			assertThat(gateway.recorder.ends).isEmpty();
			assertThat(gateway.active()).isOne();
			client.data(stream, "", true);
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
			assertThat(gateway.active()).isZero();
		}
	}

	@Test
	void idleTunnelIsClosed() throws IOException {
		CompletableFuture<Boolean> reset = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			peer.out().write(peer.read());
			reset.complete(peer.awaitEnd());
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.head(stream);
			gateway.pass(Duration.ofMinutes(40));
			client.data(stream, "x", false);
			assertThat(text(client, stream, 1)).isEqualTo("x");
			gateway.pass(Duration.ofMinutes(40));
			assertThat(gateway.active()).isOne();
			gateway.pass(Duration.ofMinutes(20));
			assertThat(rest(client, stream)).isEmpty();
			client.data(stream, "", true);
			assertThat(reset.join()).isFalse();
			assertThat(gateway.recorder.end()).isEqualTo(switched(""));
		}
	}

	@Test
	void stopEndsBothDirectionsInOrder(CapturedLog output) throws IOException {
		CompletableFuture<Boolean> reset = awaited();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			take(peer, "");
			reset.complete(peer.awaitEnd());
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = open(client);
			client.head(stream);
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(20)));
			assertThat(client.awaitGoAway().last()).isEqualTo(Integer.MAX_VALUE);
			gateway.pass(Duration.ofSeconds(1));
			assertThat(rest(client, stream)).isEmpty();
			client.data(stream, "", true);
			assertThat(reset.join()).isFalse();
			client.awaitEnd();
			await().until(() -> !stop.isAlive());
			assertThat(output).contains("waits for 1 requests, 0 of them streams, and 1 tunnels on 1 connections")
				.contains("All clients have gone");
		}
	}

}
