package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.holdfast.accesslog.AccessLog;
import dev.holdfast.accesslog.AccessLogFormat;
import dev.holdfast.accesslog.AccessLogSettings;
import dev.holdfast.registry.RegistryStatus;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Revision;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.GrpcBackend;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * What the access log has of requests over sockets: one line for each.
 */
class AccessLogTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@TempDir
	private Path folder;

	@Test
	void requestHasOneLineThatTellsItsWholeWay() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK)) {
			JsonNode line = only(new Gateway(backend.port()), (gateway) -> {
				try (RawClient client = gateway.client()) {
					client.send("POST /orders/a%20b?token=secret HTTP/1.1\r\nHost: Gateway.test:8080\r\n"
							+ "Authorization: Bearer secret\r\nX-Request-Id: id-1\r\nContent-Length: 3\r\n\r\nabc");
					assertThat(client.answer().body()).isEqualTo("ok");
				}
			});
			assertThat(line.toString()).doesNotContain("secret");
			assertThat(line.get("clientAddress").asText()).isEqualTo("127.0.0.1");
			assertThat(line.get("method").asText()).isEqualTo("POST");
			assertThat(line.get("path").asText()).isEqualTo("/orders/a%20b");
			assertThat(line.get("protocol").asText()).isEqualTo("HTTP/1.1");
			assertThat(line.get("host").asText()).isEqualTo("gateway.test");
			assertThat(line.get("status").asInt()).isEqualTo(200);
			assertThat(line.get("requestBytes").asInt()).isEqualTo(3);
			assertThat(line.get("responseBytes").asInt()).isEqualTo(2);
			assertThat(line.get("tries").asInt()).isEqualTo(1);
			assertThat(line.get("service").asText()).isEqualTo("orders");
			assertThat(line.get("instance").asText()).isEqualTo("orders-" + backend.port());
			assertThat(line.get("endpoint").asText()).isEqualTo("http://127.0.0.1:" + backend.port());
			assertThat(line.get("endpointState").asText()).isEqualTo("LIVE");
			assertThat(line.get("requestId").asText()).isEqualTo("id-1");
			assertThat(line.get("durationSeconds").asDouble())
				.isGreaterThanOrEqualTo(line.get("upstreamSeconds").asDouble());
			assertThat(line.has("errorCode")).isFalse();
		}
	}

	@Test
	void requestsOnOneConnectionHaveTheirOwnLines() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK)) {
			List<JsonNode> lines = lines(new Gateway(backend.port()), (gateway) -> {
				try (RawClient client = gateway.client()) {
					for (int i = 0; i < 20; i++) {
						client.send("GET /orders/%d HTTP/1.1\r\nHost: gateway.test\r\n\r\n".formatted(i));
					}
					for (int i = 0; i < 20; i++) {
						client.answer();
					}
				}
			});
			assertThat(lines).hasSize(20);
			for (int i = 0; i < 20; i++) {
				assertThat(lines.get(i).get("path").asText()).isEqualTo("/orders/" + i);
			}
		}
	}

	@Test
	void streamsOfHttp2HaveTheirOwnLines() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK)) {
			List<JsonNode> lines = lines(new Gateway(Gateway.oneEventLoop(), backend.port()), (gateway) -> {
				try (Http2Wire client = Http2Wire.connect(gateway.server.port())) {
					assertThat(client.message(client.get("/orders/a")).status()).isEqualTo(200);
					assertThat(client.message(client.get("/nowhere")).status()).isEqualTo(404);
				}
			});
			assertThat(lines).hasSize(2);
			assertThat(lines).allMatch((line) -> line.get("protocol").asText().equals("HTTP/2.0"));
			assertThat(lines.getFirst().get("responseBytes").asInt()).isEqualTo(2);
			assertThat(lines.getLast().get("errorCode").asText()).isEqualTo("no-route");
			assertThat(lines.getLast().get("status").asInt()).isEqualTo(404);
			assertThat(lines.getLast().get("responseBytes").asInt()).isPositive();
			assertThat(lines.getLast().has("endpointState")).isFalse();
		}
	}

	@Test
	void callOfGrpcHasALine() throws IOException {
		try (GrpcBackend backend = GrpcBackend.start()) {
			JsonNode line = only(
					new Gateway(Gateway.settings(),
							List.of(new Route("echo", "", "/" + GrpcBackend.SERVICE + "/**", Set.of(), Map.of(),
									Gateway.ORDERS, "", false, RoutePolicy.DEFAULTS)),
							Scheme.GRPC, backend.port()),
					(gateway) -> {
						try (GrpcClient client = new GrpcClient(gateway.server.port())) {
							assertThat(client.send("Count", "3").status().isOk()).isTrue();
						}
					});
			assertThat(line.get("method").asText()).isEqualTo("POST");
			assertThat(line.get("path").asText()).endsWith("/Count");
			assertThat(line.get("route").asText()).isEqualTo("echo");
			assertThat(line.get("requestBytes").asInt()).isPositive();
			assertThat(line.get("responseBytes").asInt()).isPositive();
		}
	}

	@Test
	void retriedRequestNamesTheLastInstanceAndCountsItsTries() throws IOException {
		int refused = ScriptedBackend.refusedPort();
		JsonNode line = only(new Gateway(refused, ScriptedBackend.refusedPort()), (gateway) -> {
			try (RawClient client = gateway.client()) {
				assertThat(client.get("/orders/").status()).isEqualTo(502);
			}
		});
		assertThat(line.get("tries").asInt()).isEqualTo(2);
		assertThat(line.get("errorCode").asText()).isEqualTo("connect-failed");
		assertThat(line.get("status").asInt()).isEqualTo(502);
		assertThat(line.get("instance").asText()).startsWith("orders-");
	}

	@Test
	void clientThatGoesIsLoggedAs499() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.awaitEnd();
		})) {
			JsonNode line = only(new Gateway(backend.port()), (gateway) -> {
				try (RawClient client = gateway.client()) {
					client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
					await().until(() -> !backend.heads().isEmpty());
				}
				gateway.recorder.end();
			});
			assertThat(line.get("status").asInt()).isEqualTo(499);
			assertThat(line.get("errorCode").asText()).isEqualTo("client-gone");
		}
	}

	@Test
	void malformedAndTooLargeRequestsHaveLines() throws IOException {
		List<JsonNode> lines = lines(new Gateway(), (gateway) -> {
			turnedAway(gateway, "GET / HTTP/1.1\r\n\r\n", 400);
			turnedAway(gateway, "GE\"T / HTTP/1.1\r\nHost: a\r\n\r\n", 400);
			turnedAway(gateway, "GET http://user:secret@host/a HTTP/1.1\r\nHost: a\r\n\r\n", 400);
			turnedAway(gateway, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(20_000) + "\r\n\r\n", 431);
			turnedAway(gateway, "GET /a%0d%0a HTTP/1.1\r\nHost: a\r\nX-Request-Id: \"},{\"\r\n\r\n", 404, 400);
		});
		assertThat(lines).hasSize(5);
		assertThat(lines).extracting((line) -> line.get("status").asInt()).startsWith(400, 400, 400, 431);
		assertThat(lines.toString()).doesNotContain("secret");
		assertThat(lines.get(0).get("path").asText()).isEqualTo("/");
		// Nobody has sent what was not understood.
		assertThat(lines.get(1).has("method")).isFalse();
		assertThat(lines.get(1).has("path")).isFalse();
	}

	@Test
	void clientThatDoesNotFinishItsHeadHasALineWithoutRequest() throws IOException {
		JsonNode line = only(new Gateway(), (gateway) -> {
			try (RawClient client = gateway.client()) {
				client.send("GET /orders HTTP/1.1\r\n");
				gateway.pass(Duration.ofSeconds(11));
				assertThat(client.answer().status()).isEqualTo(408);
			}
		});
		assertThat(line.get("status").asInt()).isEqualTo(408);
		assertThat(line.get("errorCode").asText()).isEqualTo("header-timeout");
		assertThat(line.get("clientAddress").asText()).isEqualTo("127.0.0.1");
		assertThat(line.has("path")).isFalse();
	}

	@Test
	void tunnelHasALineWithTheBytesOfBothDirections() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
			peer.out().write(peer.in().readNBytes(5));
			peer.awaitEnd();
		})) {
			JsonNode line = only(new Gateway(backend.port()), (gateway) -> {
				try (RawClient client = gateway.client()) {
					client.send(
							"GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
						.head();
					client.send("hello");
					assertThat(client.text(5)).isEqualTo("hello");
				}
				gateway.recorder.end();
			});
			assertThat(line.get("status").asInt()).isEqualTo(101);
			assertThat(line.get("requestBytes").asInt()).isEqualTo(5);
			assertThat(line.get("responseBytes").asInt()).isEqualTo(5);
		}
	}

	@Test
	void requestThatTheStopCutsOffHasItsLine() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.awaitEnd();
		})) {
			Gateway stopped = new Gateway(backend.port());
			try (RawClient client = stopped.client()) {
				JsonNode line = only(stopped, (gateway) -> {
					client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
					await().until(() -> !backend.heads().isEmpty());
				});
				assertThat(line.get("path").asText()).isEqualTo("/orders/");
				assertThat(line.get("errorCode").asText()).isNotEmpty();
			}
		}
	}

	@Test
	void probesAreNotLogged() throws IOException {
		assertThat(lines(new Gateway(), (gateway) -> {
			try (RawClient client = gateway.client()) {
				assertThat(client.get("/livez").status()).isEqualTo(200);
			}
		})).isEmpty();
	}

	@Test
	void onlyListenerHearsWithoutAnythingBetween() {
		ExchangeListener meters = new ExchangeListener() {
		};
		assertThat(ExchangeListeners.of(List.of(meters))).isSameAs(meters);
	}

	private static void turnedAway(Gateway gateway, String request, Integer... statuses) throws IOException {
		try (RawClient client = gateway.client()) {
			assertThat(client.send(request).answer().status()).isIn((Object[]) statuses);
		}
	}

	private JsonNode only(Gateway gateway, Traffic traffic) throws IOException {
		List<JsonNode> lines = lines(gateway, traffic);
		assertThat(lines).hasSize(1);
		return lines.getFirst();
	}

	/**
	 * Closes the port and then the log, as the gateway does.
	 */
	private List<JsonNode> lines(Gateway gateway, Traffic traffic) throws IOException {
		Path file = this.folder.resolve("access.log");
		AccessLog log = new AccessLog(
				new AccessLogSettings(AccessLogFormat.JSON, file.toString(), 1_000_000, 1, 1_000_000, false),
				InstantSource.system(),
				() -> new RegistryStatus.Live(new Revision(1, 1), InstantSource.system().instant()));
		gateway.log.to(log);
		try (log; gateway) {
			traffic.run(gateway);
		}
		assertThat(log.dropped()).isZero();
		List<JsonNode> lines = new ArrayList<>();
		for (String line : Files.readAllLines(file)) {
			lines.add(new ObjectMapper().readTree(line));
		}
		return lines;
	}

	private interface Traffic {

		void run(Gateway gateway) throws IOException;

	}

}
