package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

import dev.holdfast.testing.Patience;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class OverloadTests {

	private static final String GET = "GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n";

	private final Semaphore answers = new Semaphore(0);

	@Test
	void requestsBeyondWhatAnInstanceTakesWaitForTheirTurn() throws IOException {
		try (ScriptedBackend backend = answeringWhenAllowed();
				Gateway gateway = new Gateway(1, 2, Patience.TIME, backend.port());
				RawClient first = gateway.client();
				RawClient second = gateway.client();
				RawClient third = gateway.client();
				RawClient fourth = gateway.client()) {
			first.send(GET);
			await().until(() -> backend.heads().size() == 1);
			second.send(GET);
			third.send(GET);
			RawClient.Answer refused = await().until(() -> fourth.get("/orders/"), (answer) -> answer.status() == 503);
			assertThat(refused.header("holdfast-error")).isEqualTo("overloaded");
			assertThat(refused.header("retry-after")).isEqualTo("1");
			assertThat(backend.heads()).hasSize(1);
			this.answers.release(3);
			assertThat(first.head().status()).isEqualTo(204);
			assertThat(second.head().status()).isEqualTo(204);
			assertThat(third.head().status()).isEqualTo(204);
			assertThat(backend.connections()).isLessThanOrEqualTo(2);
		}
	}

	@Test
	void requestThatHasWaitedTooLongIsAnswered() throws IOException {
		try (ScriptedBackend backend = answeringWhenAllowed();
				Gateway gateway = new Gateway(1, 2, Duration.ofSeconds(10), backend.port());
				RawClient first = gateway.client();
				RawClient second = gateway.client()) {
			first.send(GET);
			await().until(() -> backend.heads().size() == 1);
			assertThat(second.get("/livez").status()).isEqualTo(200);
			second.send(GET);
			gateway.pass(Duration.ofSeconds(10));
			assertThat(second.answer().header("holdfast-error")).isEqualTo("overloaded");
			this.answers.release();
			assertThat(first.head().status()).isEqualTo(204);
		}
	}

	@Test
	void clientThatGoesLeavesTheLine() throws IOException {
		try (ScriptedBackend backend = answeringWhenAllowed();
				Gateway gateway = new Gateway(1, 1, Patience.TIME, backend.port());
				RawClient first = gateway.client();
				RawClient third = gateway.client()) {
			first.send(GET);
			await().until(() -> backend.heads().size() == 1);
			try (RawClient second = gateway.client()) {
				second.send(GET);
				assertThat(third.get("/livez").status()).isEqualTo(200);
			}
			await().until(() -> gateway.recorder.ends.size() == 1);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("client-gone");
			third.send(GET);
			this.answers.release(2);
			assertThat(first.head().status()).isEqualTo(204);
			assertThat(third.head().status()).isEqualTo(204);
			assertThat(backend.heads()).hasSize(2);
		}
	}

	private ScriptedBackend answeringWhenAllowed() {
		return new ScriptedBackend((peer) -> {
			while (true) {
				peer.readRequest();
				this.answers.acquireUninterruptibly();
				peer.write("HTTP/1.1 204 No Content\r\n\r\n");
			}
		});
	}

}
