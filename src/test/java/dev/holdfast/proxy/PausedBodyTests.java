package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Bodies in many small frames for a side that takes none of them for a while.
 */
class PausedBodyTests {

	private static final Http2Settings NO_ROOM = new Http2Settings().initialWindowSize(0);

	private static final int MUCH = 100_000;

	private final String body = body();

	private static String body() {
		StringBuilder body = new StringBuilder();
		for (int i = 0; i < 3_000; i++) {
			body.append((char) ('a' + i % 26));
		}
		return body.toString();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void uploadArrivesWhole(boolean trailers) throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		try (Http2Backend backend = new Http2Backend(NO_ROOM, (wire) -> {
			int stream = wire.nextHead().stream();
			go.join();
			wire.window(stream, MUCH);
			StringBuilder read = new StringBuilder();
			Http2Wire.Data data = wire.data(stream);
			while (!data.end() && read.length() + data.text().length() < this.body.length()) {
				read.append(data.text());
				data = wire.data(stream);
			}
			read.append(data.text());
			String sum = trailers ? wire.nextHead().header("x-sum") : "none";
			wire.answer(stream, "200", false, "x-sum", sum);
			wire.data(stream, read.toString(), true);
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("POST", "/orders/", false);
			send(client, stream, !trailers);
			if (trailers) {
				client.trailers(stream, "x-sum", "1");
			}
			client.ping(1);
			client.awaitPong(1);
			go.complete(null);
			Http2Wire.Message answer = client.message(stream);
			assertThat(answer.body()).isEqualTo(this.body);
			assertThat(answer.head().header("x-sum")).isEqualTo(trailers ? "1" : "none");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 2\r\n\r\nhi", "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n" })
	void headOfARequestDoesNotWaitForRoomForItsBody(String rest) throws IOException {
		try (Http2Backend backend = new Http2Backend(NO_ROOM, (wire) -> {
			for (int i = 0; i < 2; i++) {
				Http2Wire.Head head = wire.nextHead();
				wire.window(head.stream(), MUCH);
				wire.answer(head.stream(), head.end() ? "500" : "200", false);
				wire.data(head.stream(), wire.data(head.stream()).text(), true);
			}
			wire.awaitEnd();
		}); Gateway gateway = Gateway.toHttp2(backend.port()); RawClient client = gateway.client()) {
			for (int i = 0; i < 2; i++) {
				client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\n" + rest);
				assertThat(client.answer().body()).isEqualTo("hi");
			}
			assertThat(backend.wires()).hasSize(1);
		}
	}

	@Test
	void answerArrivesWhole() throws IOException {
		CompletableFuture<Void> sent = new CompletableFuture<>();
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			wire.answer(stream, "200", false);
			send(wire, stream, false);
			wire.trailers(stream, "x-sum", "1");
			wire.ping(1);
			wire.awaitPong(1);
			sent.complete(null);
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port(), NO_ROOM)) {
			int stream = client.get("/orders/");
			sent.join();
			client.window(stream, MUCH);
			Http2Wire.Message answer = client.message(stream);
			assertThat(answer.body()).isEqualTo(this.body);
			assertThat(answer.trailers().header("x-sum")).isEqualTo("1");
		}
	}

	private void send(Http2Wire wire, int stream, boolean end) throws IOException {
		for (int i = 0; i < this.body.length(); i++) {
			wire.data(stream, this.body.substring(i, i + 1), end && i == this.body.length() - 1);
		}
	}

}
