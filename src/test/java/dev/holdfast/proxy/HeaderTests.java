package dev.holdfast.proxy;

import java.io.IOException;
import java.util.List;
import java.util.Locale;

import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class HeaderTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

	@Test
	void fieldsOfTheClientsConnectionAreNotPassedOn() throws IOException {
		String head = sent("Connection: keep-alive, X-Hop", "X-Hop: 1", "Keep-Alive: timeout=5",
				"Proxy-Connection: keep-alive", "Proxy-Authorization: Basic eDp5", "TE: gzip", "Upgrade: foo",
				"X-Kept: 2", "Authorization: Bearer t");
		assertThat(head).doesNotContainIgnoringCase("x-hop")
			.doesNotContainIgnoringCase("keep-alive")
			.doesNotContainIgnoringCase("proxy-")
			.doesNotContainIgnoringCase("\r\nconnection:")
			.doesNotContainIgnoringCase("\r\nte:")
			.doesNotContainIgnoringCase("upgrade")
			.contains("\r\nX-Kept: 2\r\n")
			.contains("\r\nAuthorization: Bearer t\r\n");
	}

	@Test
	void connectionCannotTakeAwayWhatTheGatewayAdds() throws IOException {
		String head = sent("Connection: X-Forwarded-For, Host, X-Request-Id, Via, Forwarded, X-Forwarded-Prefix",
				"X-Request-Id: mine");
		assertThat(head).containsIgnoringCase("\r\nx-forwarded-for: 127.0.0.1\r\n")
			.containsIgnoringCase("\r\nhost: 127.0.0.1:")
			.containsIgnoringCase("\r\nx-request-id: mine\r\n")
			.containsIgnoringCase("\r\nvia: 1.1 holdfast\r\n")
			.containsIgnoringCase("\r\nforwarded: for=127.0.0.1;")
			.containsIgnoringCase("\r\nx-forwarded-prefix: /orders\r\n");
	}

	@Test
	void willingnessToTakeTrailersIsPassedOnAlone() throws IOException {
		assertThat(sent("TE: gzip;q=0.5, trailers")).containsIgnoringCase("\r\nte: trailers\r\n");
	}

	@Test
	void forwardingFieldsOfStrangersAreDropped() throws IOException {
		String head = sent("X-Forwarded-For: 1.2.3.4", "X-Forwarded-Proto: https", "X-Forwarded-Host: evil.test",
				"X-Forwarded-Port: 1", "X-Forwarded-Prefix: /evil", "Forwarded: for=1.2.3.4");
		assertThat(head).doesNotContain("1.2.3.4", "https", "evil")
			.containsIgnoringCase("\r\nx-forwarded-for: 127.0.0.1\r\n")
			.containsIgnoringCase("\r\nx-forwarded-proto: http\r\n")
			.containsIgnoringCase("\r\nx-forwarded-host: gateway.test\r\n")
			.containsIgnoringCase("\r\nforwarded: for=127.0.0.1;host=\"gateway.test\";proto=http\r\n");
	}

	@Test
	void forwardingFieldsOfTrustedProxiesAreContinued() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(Gateway.settings("10.1.0.0/16", "127.0.0.0/8"), backend.port());
				RawClient client = gateway.client()) {
			client.get("/orders/", "X-Forwarded-For: 1.2.3.4", "X-Forwarded-For: 5.6.7.8", "X-Forwarded-Proto: https",
					"X-Forwarded-Host: shop.test", "X-Forwarded-Port: 443", "X-Forwarded-Prefix: /shop",
					"Forwarded: for=1.2.3.4");
			assertThat(backend.heads().getFirst())
				.containsIgnoringCase("\r\nx-forwarded-for: 1.2.3.4, 5.6.7.8, 127.0.0.1\r\n")
				.containsIgnoringCase("\r\nx-forwarded-proto: https\r\n")
				.containsIgnoringCase("\r\nx-forwarded-host: shop.test\r\n")
				.containsIgnoringCase("\r\nx-forwarded-port: 443\r\n")
				.containsIgnoringCase("\r\nx-forwarded-prefix: /shop, /orders\r\n")
				.containsIgnoringCase(
						"\r\nforwarded: for=1.2.3.4;host=\"shop.test\";proto=https, for=5.6.7.8, for=127.0.0.1\r\n");
		}
	}

	@Test
	void requestWithoutIdGetsAnotherOneEachTime() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.get("/orders/");
			client.get("/orders/");
			assertThat(backend.heads()).extracting(HeaderTests::requestId).doesNotContain("").doesNotHaveDuplicates();
		}
	}

	private static String requestId(String head) {
		int start = head.indexOf("x-request-id: ");
		return (start < 0) ? "" : head.substring(start, head.indexOf("\r\n", start));
	}

	@Test
	void hostIsTheInstancesUnlessTheRoutePreservesIt() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK)) {
			try (Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
				client.get("/orders/");
			}
			try (Gateway gateway = Gateway.preservingHost(backend.port()); RawClient client = gateway.client()) {
				client.get("/orders/");
			}
			assertThat(backend.heads().getFirst())
				.containsIgnoringCase("\r\nhost: 127.0.0.1:" + backend.port() + "\r\n");
			assertThat(backend.heads().getLast()).containsIgnoringCase("\r\nhost: gateway.test\r\n");
		}
	}

	@Test
	void hostOfAnAbsoluteTargetWins() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("GET http://other.test:81/orders/a HTTP/1.1\r\nHost: gateway.test\r\n\r\n").answer();
			assertThat(backend.heads().getFirst()).startsWith("GET /a HTTP/1.1\r\n")
				.containsIgnoringCase("\r\nx-forwarded-host: other.test:81\r\n")
				.containsIgnoringCase("\r\nx-forwarded-port: 81\r\n");
		}
	}

	@Test
	void tracesAreContinued() throws IOException {
		String parent = "traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
		assertThat(sent(parent)).contains("\r\n" + parent + "\r\n");
	}

	@Test
	void fieldsOfTheBackendsConnectionAreNotPassedOn() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=9\r\n"
					+ "Proxy-Authenticate: Basic\r\nUpgrade: h2c\r\nVia: 1.1 other\r\nSet-Cookie: a=1\r\n"
					+ "Set-Cookie: b=2\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").fields()).containsExactlyInAnyOrder("via: 1.1 other, 1.1 holdfast",
					"Set-Cookie: a=1", "Set-Cookie: b=2", "Location: /x", "Content-Length: 0");
		}
	}

	@Test
	void blanksBeforeTheColonsOfAnAnswerAreRemoved() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 200 OK\r\nX-Odd : 1\r\nSet-Cookie\t : a=1\r\nContent-Length : 2\r\n\r\nok");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/");
			assertThat(answer.fields()).containsExactlyInAnyOrder("X-Odd: 1", "Set-Cookie: a=1", "Content-Length: 2",
					"via: 1.1 holdfast");
			assertThat(answer.body()).isEqualTo("ok");
		}
	}

	@Test
	void blanksBeforeTheColonsOfAnAnswersTrailersAreRemoved() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 200 OK\r\nTransfer-Encoding : chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum : 1\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message answer = client.message(client.get("/orders/"));
			assertThat(answer.body()).isEqualTo("ok");
			assertThat(answer.trailers().fields()).containsExactly("x-sum: 1");
		}
	}

	@Test
	void protocolThatAnAnswerRequiresIsNamed() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket, TLS/1.2\r\nUpgrade: foo\r\n"
					+ "Connection: Upgrade, X-Hop\r\nX-Hop: 1\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				Http2Wire http2 = Http2Wire.connect(gateway.server.port())) {
			for (String[] offer : new String[][] { {}, { "Connection: upgrade", "Upgrade: websocket" } }) {
				RawClient.Answer answer = client.get("/orders/", offer);
				assertThat(answer.status()).isEqualTo(426);
				assertThat(answer.header("upgrade")).isEqualTo("websocket, TLS/1.2, foo");
				assertThat(answer.header("connection")).isEqualTo("upgrade");
				assertThat(answer.header("x-hop")).isEmpty();
			}
			Http2Wire.Message answer = http2.message(http2.get("/orders/"));
			assertThat(answer.status()).isEqualTo(426);
			assertThat(answer.head().header("upgrade") + answer.head().header("connection")).isEmpty();
		}
	}

	@Test
	void protocolThatAnAnswerRequiresIsNamedOnItsWayOut() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend
			.answering("HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				RawClient old = gateway.client()) {
			gateway.server.beginShutdown();
			assertThat(client.get("/orders/").fields()).contains("upgrade: websocket", "connection: upgrade, close");
			RawClient.Answer answer = old.send("GET /orders/ HTTP/1.0\r\n\r\n").answer();
			assertThat(answer.header("upgrade")).isEqualTo("websocket");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "PATCH" })
	void lengthIsToldOfARequestThatUsuallyHasContent(String method) throws IOException {
		assertThat(withoutBody(method)).allSatisfy((head) -> assertThat(head).startsWith(method)
			.containsOnlyOnce("content-length: 0\r\n")
			.doesNotContain("transfer-encoding"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "HEAD", "DELETE", "OPTIONS", "PROPFIND" })
	void noLengthIsToldOfOtherRequestsWithoutContent(String method) throws IOException {
		assertThat(withoutBody(method)).allSatisfy((head) -> assertThat(head).startsWith(method)
			.doesNotContain("content-length")
			.doesNotContain("transfer-encoding"));
	}

	/**
	 * The heads of a request that has neither content nor a length, by each version of
	 * HTTP.
	 */
	private static List<String> withoutBody(String method) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 204 No Content\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				RawClient old = gateway.client();
				Http2Wire http2 = Http2Wire.connect(gateway.server.port())) {
			client.send(method + " /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			old.send(method + " /orders/ HTTP/1.0\r\n\r\n").head();
			http2.message(http2.request(method, "/orders/", true));
			assertThat(backend.heads()).hasSize(3);
			return backend.heads()
				.stream()
				.map((head) -> head.replaceAll("(?i)content-length", "content-length"))
				.toList();
		}
	}

	@Test
	void requestWhoseEndComesLaterIsSentInChunksWithoutWaiting() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("POST", "/orders/", false);
			await().until(() -> backend.heads().size() == 1);
			client.data(stream, "", true);
			assertThat(client.message(stream).status()).isEqualTo(200);
			assertThat(backend.heads().getFirst()).containsIgnoringCase("\r\ntransfer-encoding: chunked\r\n")
				.doesNotContainIgnoringCase("content-length");
		}
	}

	@Test
	void lengthThatAClientTellsIsNotToldTwice() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				Http2Wire http2 = Http2Wire.connect(gateway.server.port())) {
			client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 0\r\n\r\n").answer();
			http2.message(http2.request("POST", "/orders/", true, "content-length", "0"));
			assertThat(backend.heads()).hasSize(2)
				.allSatisfy(
						(head) -> assertThat(head.toLowerCase(Locale.ROOT)).containsOnlyOnce("content-length: 0\r\n"));
		}
	}

	private static String sent(String... fields) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.get("/orders/", fields);
			return backend.heads().getFirst();
		}
	}

}
