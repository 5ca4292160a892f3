package dev.holdfast.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class StreamingTests {

	private static final int MEGABYTE = 1024 * 1024;

	private static final long LENGTH = 64L * MEGABYTE;

	// The backend ends the connection behind the body, at a moment that differs.
	@RepeatedTest(10)
	void largeDownloadArrivesWholeAtASlowReader() throws IOException {
		AtomicLong written = new AtomicLong();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + LENGTH + "\r\n\r\n");
			write(peer.out(), written);
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			awaitStill(written);
			assertThat(written.get()).isLessThan(LENGTH / 2);
			assertThat(read(client.in())).isEqualTo(LENGTH);
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
			read.complete(read(peer.in()));
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
			peer.awaitEnd();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + LENGTH + "\r\n\r\n");
			Thread.ofVirtual().start(() -> {
				try {
					write(client.out(), written);
				}
				catch (IOException ex) {
					read.completeExceptionally(ex);
				}
			});
			awaitStill(written);
			assertThat(written.get()).isLessThan(LENGTH / 2);
			go.complete(null);
			assertThat(read.join()).isEqualTo(LENGTH);
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
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + LENGTH + "\r\n\r\nstart");
			assertThat(client.answer().body()).isEqualTo("no!");
		}
	}

	/**
	 * Waits until nothing more is written, because nobody reads.
	 */
	private static void awaitStill(AtomicLong written) {
		AtomicLong before = new AtomicLong(-1);
		await().pollInterval(Duration.ofMillis(200))
			.until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
	}

	private static void write(OutputStream out, AtomicLong written) throws IOException {
		byte[] chunk = new byte[MEGABYTE / 4];
		for (long i = 0; i < LENGTH; i += chunk.length) {
			for (int j = 0; j < chunk.length; j++) {
				chunk[j] = expected(i + j);
			}
			out.write(chunk);
			written.addAndGet(chunk.length);
		}
	}

	private static long read(InputStream in) throws IOException {
		byte[] chunk = new byte[MEGABYTE / 4];
		long read = 0;
		while (read < LENGTH) {
			int length = in.read(chunk);
			if (length < 0) {
				return read;
			}
			for (int i = 0; i < length; i++) {
				if (chunk[i] != expected(read + i)) {
					throw new IOException("wrong byte at " + (read + i));
				}
			}
			read += length;
		}
		return read;
	}

	private static byte expected(long index) {
		return (byte) (index ^ (index >> 11));
	}

}
