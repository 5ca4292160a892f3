package dev.holdfast.proxy;

import java.io.IOException;

import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Http2Wire.Head;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Http2Tests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@Test
	void clientThatKnowsThatHttp2IsSpokenHereIsServed() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message answer = client
				.message(client.get("/orders/items?x=1", "cookie", "a=1", "cookie", "b=2"));
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("ok");
			assertThat(answer.head().header("via")).isEqualTo("1.1 holdfast");
			assertThat(backend.heads().getFirst()).startsWith("GET /items?x=1 HTTP/1.1\r\n")
				.containsIgnoringCase("\r\nhost: 127.0.0.1:" + backend.port() + "\r\n")
				.containsIgnoringCase("\r\nvia: 2.0 holdfast\r\n")
				.containsIgnoringCase("\r\nx-forwarded-host: gateway.test\r\n")
				.containsIgnoringCase("\r\ncookie: a=1; b=2\r\n")
				.doesNotContainIgnoringCase("content-length")
				.doesNotContainIgnoringCase("transfer-encoding");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 2\r\n\r\nok", "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
			"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n" })
	void clientSeesTheHeadBeforeItOpensAWindowForTheBody(String rest) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\n" + rest);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port(), new Http2Settings().initialWindowSize(0))) {
			int stream = client.get("/orders/");
			assertThat(client.head(stream)).matches((head) -> head.header(":status").equals("200") && !head.end());
			client.window(stream, 2);
			assertThat(client.data(stream).text()).isEqualTo("ok");
		}
	}

	@Test
	void optionsOfTheServerAreAnsweredHere() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.message(client.request("OPTIONS", "*", true)).status()).isEqualTo(200);
			assertThat(client.message(client.get("*")).status()).isEqualTo(400);
			assertThat(backend.heads()).isEmpty();
		}
	}

	@Test
	void bodyOfUnknownLengthIsSentInChunksToAnHttp1Backend() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("POST", "/orders/", false);
			client.data(stream, "hello", true);
			assertThat(client.message(stream).body()).isEqualTo("ok");
			assertThat(backend.heads().getFirst()).containsIgnoringCase("\r\ntransfer-encoding: chunked\r\n");
		}
	}

	@Test
	void backendThatSpeaksHttp2IsSentAnHttp1ClientsRequests() throws IOException {
		try (Http2Backend backend = Http2Backend.answering("ok");
				Gateway gateway = Gateway.toHttp2(backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/items");
			assertThat(answer.body()).isEqualTo("ok");
			assertThat(answer.header("via")).isEqualTo("2.0 holdfast");
			assertThat(client.get("/orders/items").body()).isEqualTo("ok");
			assertThat(backend.wires()).hasSize(1);
		}
	}

	@Test
	void http2PassesFromEndToEnd() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			Head head = wire.nextHead();
			wire.answer(head.stream(), "200", true, "x-seen", String.join("|", head.fields()));
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message answer = client.message(client.get("/orders/items", "te", "trailers", "x-mine", "1"));
			assertThat(answer.head().header("x-seen").split("\\|")).contains(":method: GET", ":path: /items",
					":scheme: http", ":authority: 127.0.0.1:" + backend.port(), "te: trailers", "x-mine: 1",
					"via: 2.0 holdfast");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { OK, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n" })
	void headOfAnAnswerDoesNotWaitForRoomForItsBody(String answer) throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(answer);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port(), new Http2Settings().initialWindowSize(0))) {
			int stream = client.get("/orders/");
			Head head = client.head(stream);
			assertThat(head.header(":status")).isEqualTo("200");
			assertThat(head.end()).isFalse();
			client.window(stream, 100);
			assertThat(client.data(stream).text()).startsWith("o");
		}
	}

	@Test
	void requestToUpgradeToHttp2IsServedAsHttp1() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
					"HTTP2-Settings: AAMAAABkAAQAAP__");
			assertThat(answer.line()).isEqualTo("HTTP/1.1 200 OK");
			assertThat(backend.heads().getFirst()).doesNotContainIgnoringCase("upgrade")
				.doesNotContainIgnoringCase("http2-settings");
		}
	}

	@Test
	void prefaceThatComesInPiecesIsUnderstood() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			client.send("P").send("OST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi");
			assertThat(client.answer().body()).isEqualTo("ok");
		}
	}

	@Test
	void trailersOfARequestPassToHttp2() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			Http2Wire.Data body = wire.data(stream);
			Head trailers = wire.nextHead();
			wire.answer(stream, "200", true, "x-body", body.text(), "x-trailers", String.join("|", trailers.fields()));
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port());
				RawClient other = gateway.client()) {
			int stream = client.request("POST", "/orders/", false);
			client.data(stream, "hello", false);
			client.trailers(stream, "x-checksum", "1", "host", "evil.test");
			Head answer = client.head(stream);
			assertThat(answer.header("x-body")).isEqualTo("hello");
			assertThat(answer.header("x-trailers")).isEqualTo("x-checksum: 1");
			other.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ "5\r\nhello\r\n0\r\nX-Checksum: 2\r\nAuthorization: me\r\n\r\n");
			assertThat(other.answer().header("x-trailers")).isEqualTo("x-checksum: 2");
		}
	}

	@Test
	void trailersOfARequestPassToHttp1() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			while (true) {
				peer.readHead();
				String body = peer.readHead();
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
			}
		});
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port());
				RawClient other = gateway.client()) {
			int stream = client.request("POST", "/orders/", false);
			client.data(stream, "hello", false);
			client.trailers(stream, "x-checksum", "1");
			assertThat(client.message(stream).body()).isEqualTo("5\r\nhello\r\n0\r\nx-checksum: 1\r\n\r\n");
			other.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ "5\r\nhello\r\n0\r\nX-Checksum: 2\r\nContent-Length: 3\r\n\r\n");
			assertThat(other.answer().body()).isEqualTo("5\r\nhello\r\n0\r\nX-Checksum: 2\r\n\r\n");
		}
	}

	@Test
	void trailersOfARequestThatDidNotWaitForItsTurnAreDropped() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			while (true) {
				peer.readHead();
				String body = peer.readHead();
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
			}
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			String request = "POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nTransfer-Encoding: chunked\r\n\r\n"
					+ "1\r\n%1$s\r\n0\r\nX-Checksum: %1$s\r\n\r\n";
			client.send(request.formatted(1) + request.formatted(2) + request.formatted(3));
			assertThat(client.answer().body()).startsWith("1\r\n1\r\n0\r\n").doesNotContain(": 2", ": 3");
			assertThat(client.answer().body()).startsWith("1\r\n2\r\n0\r\n").doesNotContain(": 1", ": 3");
			assertThat(client.answer().body()).startsWith("1\r\n3\r\n0\r\n").doesNotContain(": 1", ": 2");
		}
	}

}
