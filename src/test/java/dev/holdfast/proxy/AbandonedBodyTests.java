package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.RepeatedTest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bodies that nobody takes any more while a part of them waits in the gateway. What is
 * left of them fails the run by {@code LeakCheck}.
 */
class AbandonedBodyTests {

	private static final int MOST = 64 * 1024 * 1024;

	private static final byte[] BLOCK = new byte[64 * 1024];

	@RepeatedTest(5)
	void clientGoesWhileItsAnswerWaits() throws IOException {
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + MOST + "\r\n\r\n");
			while (written.get() < MOST) {
				peer.out().write(BLOCK);
				written.addAndGet(BLOCK.length);
			}
		}); Gateway gateway = new Gateway(backend.port())) {
			try (RawClient client = gateway.client()) {
				client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
				awaitStill(written);
			}
			assertThat(gateway.recorder.end().status()).isEqualTo(499);
			assertThat(written.get()).isLessThan(MOST);
		}
	}

	@RepeatedTest(5)
	void clientGoesWhileItsUploadWaits() throws IOException {
		AtomicLong written = new AtomicLong();
		CompletableFuture<Void> gone = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			gone.join();
		}); Gateway gateway = new Gateway(backend.port())) {
			RawClient client = gateway.client();
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + MOST + "\r\n\r\n");
			Thread.ofVirtual().start(() -> {
				try {
					while (written.get() < MOST) {
						client.out().write(BLOCK);
						written.addAndGet(BLOCK.length);
					}
				}
				catch (IOException ex) {
					// It is to go in the middle.
				}
			});
			awaitStill(written);
			client.reset();
			assertThat(gateway.recorder.end().status()).isEqualTo(499);
			gone.complete(null);
		}
	}

	private static void awaitStill(AtomicLong written) {
		AtomicLong before = new AtomicLong(-1);
		await().until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
	}

}
