package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StreamingTests {

	// The backend ends the connection behind the body, at a moment that differs.
	@RepeatedTest(10)
	void largeDownloadArrivesWholeAtASlowReader() throws IOException {
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + LargeBody.LENGTH + "\r\n\r\n");
			LargeBody.write(peer.out(), written);
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			LargeBody.awaitStill(written);
			assertThat(written.get()).isLessThan(LargeBody.MOST_UNDER_WAY);
			assertThat(LargeBody.read(client.in())).isEqualTo(LargeBody.LENGTH);
		}
	}

	@Test
	void largeUploadArrivesWholeAtASlowReader() throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		CompletableFuture<Long> read = new CompletableFuture<>();
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			go.join();
			read.complete(LargeBody.read(peer.in()));
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(
					"PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + LargeBody.LENGTH + "\r\n\r\n");
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
			assertThat(client.answer().status()).isEqualTo(200);
		}
	}

	@Test
	void answerMayComeBeforeTheRequestHasEnded() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write("HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + LargeBody.LENGTH
					+ "\r\n\r\nstart");
			assertThat(client.answer().body()).isEqualTo("no!");
		}
	}

}
