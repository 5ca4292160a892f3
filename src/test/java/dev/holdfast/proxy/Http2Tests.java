package dev.holdfast.proxy;

import java.io.IOException;

import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;

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
			Http2Wire.Head head = wire.nextHead();
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

}
