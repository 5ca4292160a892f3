package dev.holdfast.proxy;

import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Sends each row of the hard inputs, in one piece and byte by byte. One row is played by
 * {@code -Dholdfast.hard-input="<name>"}.
 */
class HardInputTests {

	private static final String CLEAN = "GET /orders/clean HTTP/1.1\r\nHost: gateway.test\r\n\r\n";

	private static RecordingBackend backend;

	private static Gateway gateway;

	@BeforeAll
	static void start() {
		backend = new RecordingBackend();
		gateway = new Gateway(backend.port());
	}

	@AfterAll
	static void stop() throws IOException {
		gateway.close();
		backend.close();
	}

	static Stream<HardInput> rows() {
		String only = System.getProperty("holdfast.hard-input", "");
		return Stream.of(LengthRows.rows(), ChunkRows.rows(), FieldRows.rows(), TargetRows.rows())
			.flatMap(List::stream)
			.filter((row) -> only.isEmpty() || row.name().equals(only));
	}

	static Stream<HardInput> shortRows() {
		return rows().filter((row) -> row.bytes().length() < 1000);
	}

	@BeforeEach
	void forget() {
		backend.forget();
		gateway.recorder.rejections.clear();
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("rows")
	void hardInputIsJudged(HardInput row) throws IOException {
		try (RawClient client = gateway.client()) {
			client.send(row.bytes());
			judge(row, client);
		}
	}

	@ParameterizedTest(name = "{0}")
	@MethodSource("shortRows")
	void hardInputIsJudgedAlikeByteByByte(HardInput row) throws IOException {
		try (RawClient client = gateway.client()) {
			for (byte next : row.bytes().getBytes(StandardCharsets.ISO_8859_1)) {
				client.out().write(next);
			}
			judge(row, client);
		}
		catch (SocketException ex) {
			assertThat(row.isAccepted()).as("%s: %s", row, ex).isFalse();
		}
	}

	private static void judge(HardInput row, RawClient client) throws IOException {
		for (String request : row.requests()) {
			String[] parts = request.split(" ", 3);
			RawClient.Answer answer = parts[0].equals("HEAD") ? client.head() : client.answer();
			assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo(parts[0].equals("HEAD") ? "" : parts[1]);
		}
		if (!row.isAccepted()) {
			RawClient.Answer answer = client.answer();
			assertThat(answer.status()).as(answer.toString()).isIn(row.statuses());
			assertThat(answer.header("connection")).isEqualTo("close");
			assertThat(answer.header("content-type")).isEqualTo("application/problem+json");
			assertThat(answer.header("holdfast-error")).isNotEmpty();
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.rejections).hasSize(1);
		}
		assertThatOthersAreUnharmed(row);
	}

	private static void assertThatOthersAreUnharmed(HardInput row) throws IOException {
		try (RawClient other = gateway.client()) {
			RawClient.Answer answer = other.send(CLEAN).answer();
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("/clean");
		}
		await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(5)).until(backend::isSettled);
		assertThat(backend.readings()).extracting(ReferenceReader.Reading::error).containsOnly("");
		List<String> expected = Stream.concat(row.requests().stream(), Stream.of("GET /clean")).toList();
		assertThat(backend.requests()).containsExactlyInAnyOrderElementsOf(expected);
		for (ReferenceReader.Reading reading : backend.readings()) {
			for (ReferenceReader.Request request : reading.requests()) {
				assertThat(request.fields())
					.doesNotContainAnyElementsOf(row.absent().isEmpty() ? List.of("-") : row.absent());
				assertThat(request.trailers())
					.doesNotContainAnyElementsOf(row.absent().isEmpty() ? List.of("-") : row.absent());
			}
		}
	}

}
