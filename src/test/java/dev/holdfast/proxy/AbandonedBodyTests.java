package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Bodies that nobody takes any more while a part of them waits in the gateway. What is
 * left of them fails the run by {@code LeakCheck}.
 */
class AbandonedBodyTests {

	private static final int MOST = 64 * 1024 * 1024;

	/** Of an HTTP/2 client's stream, before it has read the gateway's settings. */
	private static final int WINDOW = 65_535;

	private static final String FRAME = "x".repeat(16 * 1024);

	private static final long CANCEL = 0x8;

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
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		try (ScriptedBackend backend = readingNothing(gone, reset); Gateway gateway = new Gateway(backend.port())) {
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
			assertThat(reset.orTimeout(90, TimeUnit.SECONDS).join()).as("ended by a reset").isTrue();
			assertThat(gateway.active()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void http2ClientGoesWhileItsUploadWaits(boolean resetsItsStream) throws IOException {
		CompletableFuture<Void> gone = new CompletableFuture<>();
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		try (ScriptedBackend backend = readingNothing(gone, reset);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			leave(client, fill(client, () -> !backend.heads().isEmpty()), resetsItsStream);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("client-gone");
			gone.complete(null);
			assertThat(reset.orTimeout(90, TimeUnit.SECONDS).join()).as("ended by a reset").isTrue();
			assertThat(gateway.active()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { false, true })
	void http2ClientGoesWhileItsUploadWaitsForAnHttp2Backend(boolean resetsItsStream) throws IOException {
		CompletableFuture<Integer> begun = new CompletableFuture<>();
		CompletableFuture<Long> reset = new CompletableFuture<>();
		try (Http2Backend backend = new Http2Backend((wire) -> {
			begun.complete(wire.keepWindows().nextHead().stream());
			reset.complete(wire.awaitReset(begun.join()));
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			leave(client, fill(client, begun::isDone), resetsItsStream);
			assertThat(reset.orTimeout(90, TimeUnit.SECONDS).join()).isEqualTo(CANCEL);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("client-gone");
			assertThat(gateway.active()).isZero();
		}
	}

	/**
	 * A backend that reads nothing of a body.
	 * @param gone completed when the client has gone
	 * @param reset told whether the connection then ends by a reset
	 */
	private static ScriptedBackend readingNothing(CompletableFuture<Void> gone, CompletableFuture<Boolean> reset) {
		return new ScriptedBackend((peer) -> {
			peer.readHead();
			gone.join();
			reset.complete(peer.awaitEnd());
		});
	}

	private static void leave(Http2Wire client, int stream, boolean byReset) throws IOException {
		if (byReset) {
			client.reset(stream, CANCEL);
		}
		else {
			client.close();
		}
	}

	/**
	 * Sends as much of a body as is taken.
	 * @param begun whether the backend has got the request
	 */
	private static int fill(Http2Wire client, Callable<Boolean> begun) throws IOException {
		int stream = client.request("PUT", "/orders/", false);
		AtomicLong written = new AtomicLong();
		Thread.ofVirtual().start(() -> {
			try {
				long window = WINDOW;
				while (true) {
					for (; window >= FRAME.length(); window -= FRAME.length()) {
						client.data(stream, FRAME, false);
						written.addAndGet(FRAME.length());
					}
					window += ((Http2Wire.Window) client
						.await((frame) -> frame.stream() == stream && frame instanceof Http2Wire.Window)).bytes();
				}
			}
			catch (IOException ex) {
				// It is to go in the middle.
			}
		});
		await().until(begun);
		awaitStill(written);
		return stream;
	}

	private static void awaitStill(AtomicLong written) {
		AtomicLong before = new AtomicLong(-1);
		await().until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
	}

}
