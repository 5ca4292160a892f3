package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.stream.Stream;

import dev.holdfast.route.RoutePolicy;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Answers that have no content: to HEAD, and by their status (RFC 9110, section 6.4.1).
 */
class HeadTests {

	private static final String[] ID = { "x-request-id", "mine" };

	/**
	 * Answers of the gateway's own.
	 */
	enum Own {

		LIVE("/livez", 200), NOT_READY("/readyz", 503), NO_ROUTE("/nothing/", 404), BAD_TARGET("/orders/%00", 400),
		NO_ANSWER("/orders/", 502);

		private final String path;

		private final int status;

		Own(String path, int status) {
			this.path = path;
			this.status = status;
		}

	}

	@ParameterizedTest
	@EnumSource
	void ownAnswerToHeadByHttp2IsItsHeadAlone(Own own) throws IOException {
		try (Gateway gateway = new Gateway(ScriptedBackend.refusedPort());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			gateway.probes.ready = false;
			assertThatHeadIsAlone(client, own.path, own.status);
		}
	}

	@ParameterizedTest
	@EnumSource
	void ownAnswerToHeadByHttp1IsItsHeadAlone(Own own) throws IOException {
		try (Gateway gateway = new Gateway(ScriptedBackend.refusedPort())) {
			gateway.probes.ready = false;
			assertThatHeadIsAlone(gateway, own.path, own.status);
		}
	}

	@Test
	void ownAnswerToHeadIsItsHeadAloneWhenTheTargetIsTooLong() throws IOException {
		String path = "/orders/" + "x".repeat(20_000);
		try (Gateway gateway = new Gateway(); Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThatHeadIsAlone(client.message(client.request("HEAD", path, true)), 431);
			try (RawClient http1 = gateway.client()) {
				http1.send("HEAD " + path + " HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
				assertThat(http1.head().status()).isEqualTo(414);
				assertThat(http1.rest()).isEmpty();
			}
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "/livez", "/nothing/" })
	void ownAnswerToHeadIsItsHeadAloneDuringAShutdown(String path) throws IOException {
		int status = path.equals("/livez") ? 200 : 404;
		try (Gateway gateway = new Gateway(); Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			client.message(client.get("/livez"));
			gateway.server.beginShutdown();
			assertThatHeadIsAlone(client, path, status);
			assertThatHeadIsAlone(gateway, path, status);
		}
	}

	@Test
	void earlyAnswersToHeadAreTheirHeadsAlone() throws IOException {
		RoutePolicy policy = Gateway.policy(RoutePolicy.DEFAULTS.times(), 10);
		try (Gateway gateway = new Gateway(policy, ScriptedBackend.refusedPort());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("HEAD", "/orders/", false, "content-length", "1000000");
			assertThatHeadIsAlone(client.message(stream), 413);
			String[] many = Stream.iterate(1, (i) -> i + 1)
				.limit(TrafficLimits.DEFAULTS.maxHeaderCount() + 1)
				.flatMap((i) -> Stream.of("x-" + i, "y"))
				.toArray(String[]::new);
			assertThatHeadIsAlone(client.message(client.request("HEAD", "/orders/", true, many)), 431);
			assertThat(client.message(client.get("/livez")).body()).isEqualTo("ok\n");
		}
	}

	@Test
	void answerToHeadThatComesTooLateIsItsHeadAlone() throws IOException {
		Duration soon = Duration.ofSeconds(20);
		try (ScriptedBackend backend = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				Gateway gateway = new Gateway(Gateway.policy(soon, Duration.ZERO), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("HEAD", "/orders/", true);
			await().until(() -> backend.connections() == 1);
			gateway.pass(soon);
			assertThatHeadIsAlone(client.message(stream), 504);
		}
	}

	private static void assertThatHeadIsAlone(Http2Wire client, String path, int status) throws IOException {
		Http2Wire.Message whole = client.message(client.get(path, ID));
		Http2Wire.Message head = client.message(client.request("HEAD", path, true, ID));
		assertThat(whole.status()).isEqualTo(status);
		assertThatHeadIsAlone(head, status);
		assertThat(head.head().header("content-length")).isEqualTo(Integer.toString(whole.body().length()));
		assertThat(client.message(client.get("/livez")).body()).isEqualTo("ok\n");
	}

	private static void assertThatHeadIsAlone(Http2Wire.Message answer, int status) {
		assertThat(answer.status()).isEqualTo(status);
		assertThat(answer.body()).isEmpty();
		assertThat(answer.head().end()).as("ends with its head").isTrue();
	}

	private static void assertThatHeadIsAlone(Gateway gateway, String path, int status) throws IOException {
		try (RawClient whole = gateway.client(); RawClient client = gateway.client()) {
			RawClient.Answer expected = whole.get(path, "X-Request-Id: mine");
			RawClient.Answer head = client
				.send("HEAD %s HTTP/1.1\r\nHost: gateway.test\r\nX-Request-Id: mine\r\nConnection: close\r\n\r\n"
					.formatted(path))
				.head();
			assertThat(head.status()).isEqualTo(status).isEqualTo(expected.status());
			assertThat(head.header("content-length")).isEqualTo(Integer.toString(expected.body().length()));
			assertThat(client.rest()).isEmpty();
		}
	}

	static Stream<String[]> withoutContent() {
		return Stream.of(new String[] { "HEAD", "200" }, new String[] { "GET", "204" }, new String[] { "GET", "304" });
	}

	@ParameterizedTest
	@MethodSource("withoutContent")
	void contentThatHttp2DoesNotAllowIsNotPassedOn(String method, String status) throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			while (true) {
				int stream = wire.nextHead().stream();
				wire.answer(stream, status, false, "etag", "\"1\"");
				wire.data(stream, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison", true);
			}
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port());
				RawClient http1 = gateway.client()) {
			assertThatHeadIsAlone(client.message(client.request(method, "/orders/", true)), Integer.parseInt(status));
			http1.send(method + " /orders/ HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n");
			assertThat(http1.head().status()).isEqualTo(Integer.parseInt(status));
			assertThat(http1.rest()).isEmpty();
		}
	}

	@ParameterizedTest
	@MethodSource("withoutContent")
	void answerWithoutContentIsItsHeadAlone(String method, String status) throws IOException {
		try (Http2Backend http2 = new Http2Backend((wire) -> {
			while (true) {
				wire.answer(wire.nextHead().stream(), status, true, "etag", "\"1\"");
			}
		}); ScriptedBackend http1 = ScriptedBackend.answering("HTTP/1.1 " + status + " Fine\r\nETag: \"1\"\r\n\r\n")) {
			try (Gateway gateway = Gateway.toHttp2(http2.port());
					Http2Wire client = Http2Wire.connect(gateway.server.port())) {
				assertThatHeadIsAlone(client.message(client.request(method, "/orders/", true)),
						Integer.parseInt(status));
			}
			try (Gateway gateway = new Gateway(http1.port());
					Http2Wire client = Http2Wire.connect(gateway.server.port())) {
				assertThatHeadIsAlone(client.message(client.request(method, "/orders/", true)),
						Integer.parseInt(status));
			}
		}
	}

}
