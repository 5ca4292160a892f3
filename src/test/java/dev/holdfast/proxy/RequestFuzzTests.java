package dev.holdfast.proxy;

import java.io.IOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Sends requests that were damaged at random. Whatever the gateway forwards must be
 * requests to {@link ReferenceReader} too. A seed by chance is printed, and
 * {@code -Dholdfast.fuzz-seed=<seed>} plays it again.
 */
class RequestFuzzTests {

	private static final Duration TIME = Duration.ofSeconds(30);

	private static final int ROUNDS = 15;

	private static final Duration PATIENCE = Duration.ofMillis(50);

	private static final List<String> PIECES = List.of("\r\n", "\n", "\r", "\r\n\r\n", " ", "\t", ":", ";", ",",
			"\u0000", "\u000b", "\u00ff", "0", "5", "0\r\n\r\n", "Content-Length: 5\r\n",
			"Transfer-Encoding: chunked\r\n", "Host: b\r\n", "GET /orders/x HTTP/1.1\r\nHost: b\r\n\r\n", "HTTP/1.1",
			"%2e", "/../", "%2f", "%5c", "%3b", "//", "..", ".", ";", "%2f..%2f", "%252e", "\"", "\\", "+", "0x",
			"Expect: 100-continue\r\n", "Connection: close\r\n", "chunked");

	@Test
	void whateverIsForwardedIsReadAlikeByTheBackend() throws IOException {
		AtomicInteger rounds = new AtomicInteger();
		play(Long.getLong("holdfast.fuzz-seed", 1), () -> rounds.getAndIncrement() < ROUNDS);
	}

	@Test
	@Tag("slow")
	void whateverIsForwardedIsReadAlikeByTheBackendAtLength() throws IOException {
		long seed = Long.getLong("holdfast.fuzz-seed", System.nanoTime());
		System.out.println("holdfast.fuzz-seed=" + seed);
		long end = System.nanoTime() + TIME.toNanos();
		play(seed, () -> System.nanoTime() - end < 0);
	}

	private static void play(long seed, BooleanSupplier goesOn) throws IOException {
		Random random = new Random(seed);
		List<String> valid = Stream.of(LengthRows.rows(), ChunkRows.rows(), FieldRows.rows(), TargetRows.rows())
			.flatMap(List::stream)
			.filter((row) -> row.isAccepted() && row.bytes().length() < 1000)
			.map(HardInput::bytes)
			.toList();
		int forwarded = 0;
		try (RecordingBackend backend = new RecordingBackend(); Gateway gateway = new Gateway(backend.port())) {
			while (goesOn.getAsBoolean()) {
				List<String> inputs = new ArrayList<>();
				for (int i = 0; i < 20; i++) {
					inputs.add(damaged(valid, random));
				}
				backend.forget();
				play(gateway, inputs);
				await().until(() -> gateway.recorder.starts.get() == gateway.recorder.ends.size());
				await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(backend::isSettled);
				assertThat(backend.readings()).as("seed %d, %s", seed, inputs)
					.extracting(ReferenceReader.Reading::error)
					.allMatch(String::isEmpty);
				forwarded += backend.readings().size();
			}
			try (RawClient client = gateway.client()) {
				assertThat(client.get("/orders/clean").body()).isEqualTo("/clean");
			}
			await().until(() -> gateway.recorder.starts.get() == gateway.recorder.ends.size());
		}
		assertThat(forwarded).isPositive();
	}

	private static void play(Gateway gateway, List<String> inputs) throws IOException {
		List<RawClient> clients = new ArrayList<>();
		try {
			for (String input : inputs) {
				RawClient client = gateway.client();
				clients.add(client);
				client.send(input);
			}
			for (RawClient client : clients) {
				client.patience(PATIENCE);
				readAll(client);
			}
		}
		finally {
			for (RawClient client : clients) {
				client.close();
			}
		}
	}

	private static void readAll(RawClient client) throws IOException {
		try {
			client.rest();
		}
		catch (SocketTimeoutException ex) {
			// The gateway waits for more, or keeps the connection.
		}
		catch (SocketException ex) {
			// Closed with something unread, as it may.
		}
	}

	private static String damaged(List<String> valid, Random random) {
		StringBuilder bytes = new StringBuilder(valid.get(random.nextInt(valid.size())));
		for (int i = random.nextInt(4); i >= 0; i--) {
			int at = random.nextInt(bytes.length() + 1);
			int to = Math.min(bytes.length(), at + 1 + random.nextInt(8));
			switch (random.nextInt(5)) {
				case 0 -> bytes.insert(at, PIECES.get(random.nextInt(PIECES.size())));
				case 1 -> bytes.delete(at, to);
				case 2 -> bytes.insert(at, bytes.substring(at, to));
				case 3 -> {
					if (at < bytes.length()) {
						bytes.setCharAt(at, (char) (bytes.charAt(at) ^ (1 << random.nextInt(8))));
					}
				}
				default -> {
					String other = valid.get(random.nextInt(valid.size()));
					bytes.replace(at, bytes.length(), other.substring(random.nextInt(other.length())));
				}
			}
		}
		return bytes.toString();
	}

}
