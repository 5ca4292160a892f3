package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.upstream.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class TimeoutTests {

	private static final TrafficSettings IMPATIENT = Gateway.settings(Duration.ofMillis(300));

	@Test
	void backendThatDoesNotAnswerInTimeIsGivenUp() throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			end.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(IMPATIENT, backend.port()); RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/");
			assertThat(answer.status()).isEqualTo(504);
			assertThat(answer.header("holdfast-error")).isEqualTo("timeout");
			assertThat(end.join()).isTrue();
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.TIMEOUT);
			assertThat(client.get("/livez").status()).isEqualTo(200);
		}
	}

	@Test
	void answerMayTakeLongerThanTheTimeoutOnceItHasBegun() throws IOException {
		CompletableFuture<Void> timeIsOver = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nsl");
			timeIsOver.join();
			peer.write("ow");
		});
				ScriptedBackend silent = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				Gateway gateway = new Gateway(IMPATIENT, backend.port());
				Gateway clock = new Gateway(IMPATIENT, silent.port());
				RawClient client = gateway.client();
				RawClient watch = clock.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> !backend.heads().isEmpty());
			assertThat(watch.get("/orders/").status()).isEqualTo(504);
			timeIsOver.complete(null);
			assertThat(client.answer().body()).isEqualTo("slow");
		}
	}

	@Test
	void clientThatStallsInItsBodyIsToBlameItself() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(ScriptedBackend.Peer::readRequest);
				Gateway gateway = new Gateway(IMPATIENT, backend.port());
				RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 10\r\n\r\nhalf");
			assertThat(client.answer().header("holdfast-error")).isEqualTo("request-timeout");
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.CANCELLED);
		}
	}

	@Test
	void clientThatGoesAwayTakesTheBackendsRequestAlong() throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			end.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(backend.port())) {
			try (RawClient client = gateway.client()) {
				client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
				await().until(() -> !backend.heads().isEmpty());
			}
			assertThat(end.join()).isTrue();
			assertThat(gateway.recorder.end())
				.isEqualTo(new Gateway.Recorder.Entry("by-path", "orders", "GET", 499, "client-gone", 1));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.CANCELLED);
		}
	}

	@Test
	void clientThatGoesAwayInTheMiddleOfAnAnswerTakesItAlong() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
			while (true) {
				peer.write("5\r\nevent\r\n");
			}
		}); Gateway gateway = new Gateway(backend.port())) {
			try (RawClient client = gateway.client()) {
				client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			}
			assertThat(gateway.recorder.end().status()).isEqualTo(499);
		}
	}

	@Test
	void idleClientIsDisconnected() throws IOException {
		TrafficSettings settings = new TrafficSettings("127.0.0.1", 0, 1, 16 * 1024, Duration.ofMillis(200),
				Duration.ofHours(1), Duration.ofSeconds(1), Duration.ofSeconds(1), List.of(), "", "");
		try (Gateway gateway = new Gateway(settings); RawClient client = gateway.client()) {
			assertThat(client.rest()).isEmpty();
		}
	}

	@Test
	void settingsThatCannotBeUsedAreNamed() {
		assertThatThrownBy(() -> Gateway.settings(Duration.ZERO)).isInstanceOf(IllegalArgumentException.class)
			.hasMessage("request-timeout: PT0S (expected: 1ms to 24d)");
		assertThatThrownBy(() -> Gateway.settings(Duration.ofSeconds(1), "10.0.0.0/33"))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessageStartingWith("trusted-proxies: \"10.0.0.0/33\" (expected:");
	}

}
