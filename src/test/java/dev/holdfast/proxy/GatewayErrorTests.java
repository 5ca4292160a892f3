package dev.holdfast.proxy;

import java.io.IOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class GatewayErrorTests {

	@Test
	void errorIsAProblemDocumentWithACode() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/nothing/here", "X-Request-Id: a\"b\\c\u00e4");
			assertThat(answer.status()).isEqualTo(404);
			assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
			assertThat(answer.header("holdfast-error")).isEqualTo("no-route");
			JsonNode problem = new ObjectMapper().readTree(answer.body());
			assertThat(problem.get("type").asText()).isEqualTo("urn:holdfast:error:no-route");
			assertThat(problem.get("title").asText()).isEqualTo("No route");
			assertThat(problem.get("status").asInt()).isEqualTo(404);
			assertThat(problem.get("detail").asText()).isNotEmpty();
			assertThat(problem.get("code").asText()).isEqualTo("no-route");
			assertThat(problem.get("instance").asText()).isEqualTo("a?b?c?");
			assertThat(gateway.recorder.end()).isEqualTo(new Gateway.Recorder.Entry("", "", "GET", 404, "no-route", 0));
		}
	}

	@Test
	void errorToHeadHasNoBody() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			client.send("HEAD /nothing HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.head().header("holdfast-error")).isEqualTo("no-route");
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	@Test
	void serviceWithoutInstancesIsUnavailableForNow() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/");
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.header("holdfast-error")).isEqualTo("no-instance");
			assertThat(answer.header("retry-after")).isEqualTo("1");
		}
	}

	@Test
	void openCircuitIsAnsweredWithoutAskingTheBackend() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			gateway.breakers.circuitBreaker("orders").transitionToOpenState();
			RawClient.Answer answer = client.get("/orders/");
			assertThat(answer.status()).isEqualTo(503);
			assertThat(answer.header("holdfast-error")).isEqualTo("circuit-open");
			assertThat(answer.header("retry-after")).isEqualTo("60");
			assertThat(gateway.recorder.outcomes).isEmpty();
			gateway.breakers.circuitBreaker("orders").transitionToClosedState();
			assertThat(client.get("/orders/").status()).isEqualTo(200);
		}
	}

	@Test
	void connectionLivesOnAfterAnErrorWithASmallBodyUnread() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			client.send("POST /nothing HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 5\r\n\r\n");
			assertThat(client.answer().status()).isEqualTo(404);
			assertThat(client.send("12345").get("/livez").status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			GET /a/../b HTTP/1.1~Host: a~~                                         | 400 | target
			GET /a%2f..%2fb HTTP/1.1~Host: a~~                                     | 400 | target
			GET //.. HTTP/1.1~Host: a~~                                            | 400 | target
			GET * HTTP/1.1~Host: a~~                                               | 400 | target
			GET /a HTTP/1.1~~                                                      | 400 | host
			GET /a HTTP/1.1~Host: a~Host: a~~                                      | 400 | host
			GET /a HTTP/1.1~Host: a, b~~                                           | 400 | host
			GET /a HTTP/1.1~Host: u@a~~                                            | 400 | host
			GET /a HTTP/1.1~Host: a/b~~                                            | 400 | host
			GET /a HTTP/1.1~Host:~~                                                | 400 | host
			CONNECT a:80 HTTP/1.1~Host: a~~                                        | 405 | method
			TRACE /a HTTP/1.1~Host: a~~                                            | 405 | method
			POST /a HTTP/1.1~Host: a~Content-Length: 3~Transfer-Encoding: chunked~~ | 400 | framing
			POST /a HTTP/1.1~Host: a~Content-Length: 3~Transfer-Encoding: identity~~ | 400 | framing
			POST /a HTTP/1.1~Host: a~Transfer-Encoding: gzip, chunked~~            | 501 | coding
			GET /a HTTP/1.1~Bad Name: x~Host: a~~                                  | 400 | field
			""")
	void ambiguousRequestIsTurnedAwayAndItsConnectionClosed(String request, int status, String reason)
			throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.send(request.replace("~", "\r\n")).answer();
			assertThat(answer.status()).isEqualTo(status);
			assertThat(answer.header("connection")).isEqualTo("close");
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.rejections).containsExactly(reason);
			assertThat(backend.heads()).isEmpty();
		}
	}

	@Test
	void headThatIsTooLargeIsTurnedAway() throws IOException {
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			assertThat(client.get("/a", "X: " + "x".repeat(20_000)).header("holdfast-error"))
				.isEqualTo("headers-too-large");
		}
		try (Gateway gateway = new Gateway(); RawClient client = gateway.client()) {
			assertThat(client.get("/" + "x".repeat(20_000)).header("holdfast-error")).isEqualTo("uri-too-long");
		}
	}

}
