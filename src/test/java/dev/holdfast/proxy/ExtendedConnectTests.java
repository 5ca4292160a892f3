package dev.holdfast.proxy;

import java.io.IOException;

import dev.holdfast.testing.Http2Wire;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class ExtendedConnectTests {

	private static final long PROTOCOL_ERROR = 0x1;

	@Test
	void webSocketOverHttp2IsRefusedForItsStreamAlone() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			assertThat(client.message(client.get("/orders/")).body()).isEqualTo("ok");
			Http2Headers connect = new DefaultHttp2Headers().method("CONNECT")
				.scheme("http")
				.path("/orders/chat")
				.authority("gateway.test")
				.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), "websocket")
				.set("sec-websocket-version", "13");
			client.headers(3, connect, false);
			assertThat(client.awaitReset(3)).isEqualTo(PROTOCOL_ERROR);
			assertThat(client.message(client.headers(5, get(), true)).body()).isEqualTo("ok");
			assertThat(backend.heads()).hasSize(2);
		}
	}

	private static Http2Headers get() {
		return new DefaultHttp2Headers().method("GET").scheme("http").path("/orders/").authority("gateway.test");
	}

}
