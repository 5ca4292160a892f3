package dev.holdfast.proxy;

import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import dev.holdfast.proxy.AnswerRows.HardAnswer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lets a backend answer with each row of the hard answers, in one piece and byte by byte.
 * One row is played by {@code -Dholdfast.hard-input="<name>"}.
 */
class HardAnswerTests {

	private static final String CLEAN = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nclean";

	private static volatile String answer = CLEAN;

	private static volatile boolean slowly;

	private static volatile int hard;

	private static volatile int clean;

	private static ScriptedBackend backend;

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		backend = new ScriptedBackend(HardAnswerTests::serve);
		gateway = new Gateway(backend.port());
	}

	@AfterAll
	static void stop() throws IOException {
		gateway.close();
		backend.close();
	}

	private static void serve(ScriptedBackend.Peer peer) throws IOException {
		while (true) {
			String head = peer.readHead();
			boolean isClean = head.contains(" /clean ");
			if (isClean) {
				clean = System.identityHashCode(peer);
			}
			else {
				hard = System.identityHashCode(peer);
			}
			String text = isClean ? CLEAN : answer;
			if (slowly) {
				for (byte next : text.getBytes(StandardCharsets.ISO_8859_1)) {
					peer.out().write(next);
				}
			}
			else {
				peer.write(text);
			}
		}
	}

	static Stream<HardAnswer> rows() {
		String only = System.getProperty("holdfast.hard-input", "");
		return AnswerRows.rows().stream().filter((row) -> only.isEmpty() || row.name().equals(only));
	}

	static Stream<HardAnswer> shortRows() {
		return rows().filter((row) -> row.bytes().length() < 1000);
	}

	@BeforeEach
	void closeTheCircuit() {
		gateway.breakers.circuitBreaker("orders").reset();
		slowly = false;
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rows")
	void hardAnswerIsJudged(HardAnswer row) throws IOException {
		judge(row);
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("shortRows")
	void hardAnswerIsJudgedAlikeByteByByte(HardAnswer row) throws IOException {
		slowly = true;
		judge(row);
	}

	private static void judge(HardAnswer row) throws IOException {
		answer = row.bytes();
		try (RawClient client = gateway.client(); RawClient other = gateway.client()) {
			client.send(row.method() + " /orders/hard HTTP/1.1\r\nHost: a\r\n\r\n");
			if (row.status() == 0) {
				assertThatAnswerIsBroken(client);
			}
			else {
				RawClient.Answer seen = read(row, client);
				assertThat(seen.status()).as(seen.toString()).isEqualTo(row.status());
				assertThat(seen.header("holdfast-error")).isEqualTo((row.status() == 502) ? "bad-answer" : "");
				if (row.status() != 502) {
					assertThat(seen.body()).isEqualTo(row.body());
				}
			}
			assertThat(other.get("/orders/clean").body()).isEqualTo("clean");
			if (row.status() != 0) {
				// On the same event loop, and so from the same pool.
				assertThat(client.get("/orders/clean").body()).isEqualTo("clean");
				assertThat(hard == clean).as("the connection is used again").isEqualTo(row.reusable());
			}
		}
	}

	private static RawClient.Answer read(HardAnswer row, RawClient client) throws IOException {
		RawClient.Answer seen = row.method().equals("HEAD") ? client.head() : client.answer();
		// Early hints may be passed on.
		return (seen.status() == 103) ? read(row, client) : seen;
	}

	private static void assertThatAnswerIsBroken(RawClient client) throws IOException {
		try {
			assertThat(client.answer().header("holdfast-error")).isEqualTo("bad-answer");
		}
		catch (EOFException | SocketException | NumberFormatException ex) {
			// Broken off in its body.
		}
	}

	@Test
	void answerOnAnIdleConnectionIsNobodys() throws IOException {
		CompletableFuture<Boolean> poison = new CompletableFuture<>();
		CompletableFuture<Boolean> ended = new CompletableFuture<>();
		try (ScriptedBackend poisoning = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(CLEAN);
			poison.join();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
			ended.complete(peer.in().read() < 0);
		}); Gateway own = new Gateway(poisoning.port()); RawClient client = own.client()) {
			assertThat(client.get("/orders/a").body()).isEqualTo("clean");
			poison.complete(true);
			assertThat(ended.orTimeout(90, TimeUnit.SECONDS).join()).isTrue();
			assertThat(client.get("/orders/b").body()).isEqualTo("clean");
			assertThat(poisoning.connections()).isEqualTo(2);
		}
	}

}
