package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.testing.Http2Wire;
import dev.holdfast.upstream.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class EventStreamTests {

	private static final String GET = "GET /orders/events HTTP/1.1\r\nHost: gateway.test\r\n\r\n";

	private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
			+ "Transfer-Encoding: chunked\r\n\r\n";

	private static final int EVENTS = 200;

	private final BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();

	private static String event(int i) {
		return "id: %d\ndata: tick\n\n".formatted(i);
	}

	private static String chunk(String text) {
		return "%x\r\n%s\r\n".formatted(text.length(), text);
	}

	/**
	 * Sends an event when the one before it was seen, and not earlier.
	 */
	private void sendInLockstep(ScriptedBackend.Peer peer) throws IOException {
		peer.readRequest();
		peer.write(HEAD);
		try {
			for (int i = 0; i < EVENTS; i++) {
				peer.write(chunk(event(i)));
				assertThat(this.seen.take()).isEqualTo(i);
			}
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
		peer.write("0\r\n\r\n");
	}

	@Test
	void eachEventArrivesBeforeTheNextIsSent() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(this::sendInLockstep);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.send(GET).head().header("content-type")).isEqualTo("text/event-stream");
			for (int i = 0; i < EVENTS; i++) {
				assertThat(client.text(client.chunkSize())).isEqualTo(event(i));
				client.line();
				this.seen.add(i);
			}
			assertThat(client.chunkSize()).isZero();
		}
	}

	@Test
	void eachEventArrivesBeforeTheNextIsSentOverHttp2() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(this::sendInLockstep);
				Gateway gateway = new Gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.get("/orders/events");
			assertThat(client.head(stream).header("content-type")).isEqualTo("text/event-stream");
			for (int i = 0; i < EVENTS; i++) {
				String expected = event(i);
				client.await((frame) -> frame instanceof Http2Wire.Data data && data.text().equals(expected));
				this.seen.add(i);
			}
			client.await((frame) -> frame instanceof Http2Wire.Data data && data.end());
		}
	}

	@Test
	void headOfAnAnswerArrivesBeforeItsFirstEvent() throws IOException {
		CompletableFuture<Void> go = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write(HEAD);
			go.join();
			peer.write(chunk(event(1)) + "0\r\n\r\n");
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			assertThat(client.send(GET).head().status()).isEqualTo(200);
			go.complete(null);
			assertThat(client.text(client.chunkSize())).isEqualTo(event(1));
		}
	}

	@Test
	void endsInOrderWhenTheGatewayStops() throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write(HEAD + chunk(event(1)));
			reset.complete(peer.awaitEnd());
		});
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client();
				Http2Wire multiplexed = Http2Wire.connect(gateway.server.port())) {
			client.send(GET).head();
			assertThat(client.text(client.chunkSize())).isEqualTo(event(1));
			int stream = multiplexed.get("/orders/events");
			multiplexed.data(stream);
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofHours(1)));
			gateway.passUntil(() -> !stop.isAlive());
			client.line();
			assertThat(client.rest()).isEqualTo("0\r\n\r\n");
			multiplexed.await((frame) -> frame instanceof Http2Wire.Data data && data.stream() == stream && data.end());
			assertThat(reset.join()).isTrue();
			await().until(() -> gateway.recorder.ends.size() == 2);
			assertThat(gateway.recorder.ends)
				.extracting(Gateway.Recorder.Entry::status, Gateway.Recorder.Entry::errorCode)
				.containsOnly(org.assertj.core.groups.Tuple.tuple(200, ""));
			assertThat(gateway.recorder.outcomes).containsOnly(Outcome.SUCCESS);
		}
	}

	@Test
	void clientThatReadsSlowlySlowsTheBackendDownAndMissesNoEvent() throws IOException {
		String padding = "x".repeat(32 * 1024);
		int events = 2048;
		AtomicInteger written = new AtomicInteger();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write(HEAD);
			for (int i = 0; i < events; i++) {
				peer.write(chunk(event(i) + padding));
				written.incrementAndGet();
			}
			peer.write("0\r\n\r\n");
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send(GET).head();
			AtomicInteger before = new AtomicInteger(-1);
			await().pollInterval(Duration.ofMillis(200))
				.until(() -> written.get() > 0 && before.getAndSet(written.get()) == written.get());
			assertThat(written.get()).isLessThan(events / 2);
			StringBuilder rest = new StringBuilder();
			int next = 0;
			for (int size = client.chunkSize(); size > 0; size = client.chunkSize()) {
				rest.append(client.text(size));
				client.line();
				while (rest.length() >= (event(next) + padding).length()) {
					assertThat(rest.substring(0, event(next).length())).isEqualTo(event(next));
					rest.delete(0, (event(next) + padding).length());
					next++;
				}
			}
			assertThat(rest).isEmpty();
			assertThat(next).isEqualTo(events);
		}
	}

}
