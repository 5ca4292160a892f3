package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

import dev.holdfast.upstream.Outcome;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests requests for a service that is forgotten, and those that were under way when it
 * was.
 */
class ForgottenServiceTests {

	private static final String GET = "GET /orders/events HTTP/1.1\r\nHost: gateway.test\r\n\r\n";

	private final CountDownLatch forgotten = new CountDownLatch(1);

	private void stream(ScriptedBackend.Peer peer) throws IOException {
		peer.readRequest();
		peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
		try {
			this.forgotten.await();
		}
		catch (InterruptedException ex) {
			throw new IOException(ex);
		}
		peer.write("4\r\nlast\r\n0\r\n\r\n");
	}

	@Test
	void streamThroughAnInstanceThatIsGoneAndForgottenComesToItsEnd() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(this::stream);
				Gateway gateway = new Gateway(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.send(GET).head().status()).isEqualTo(200);
			assertThat(client.text(client.chunkSize())).isEqualTo("first");
			client.line();
			gateway.forgetService();
			this.forgotten.countDown();
			assertThat(client.text(client.chunkSize())).isEqualTo("last");
			client.line();
			assertThat(client.chunkSize()).isZero();
			assertThat(gateway.recorder.end().errorCode()).isEmpty();
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.SUCCESS);
			assertThat(gateway.breakers.getAllCircuitBreakers()).isEmpty();
		}
	}

	@Test
	void clientThatGoesInSuchAStreamEndsItAsWell() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(this::stream);
				Gateway gateway = new Gateway(backend.port())) {
			try (RawClient client = gateway.client()) {
				assertThat(client.send(GET).head().status()).isEqualTo(200);
				gateway.forgetService();
			}
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("client-gone");
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.CANCELLED);
			assertThat(gateway.breakers.getAllCircuitBreakers()).isEmpty();
			this.forgotten.countDown();
		}
	}

	@Test
	void requestsForAForgottenServiceAreToldThatItHasNoInstance() throws IOException {
		try (Gateway gateway = new Gateway(1); RawClient client = gateway.client()) {
			gateway.forgetService();
			for (int i = 1; i <= 3; i++) {
				int requests = i;
				RawClient.Answer answer = client.get("/orders/events");
				assertThat(answer.status()).isEqualTo(503);
				assertThat(answer.header("holdfast-error")).isEqualTo("no-instance");
				await().until(() -> gateway.recorder.ends.size() == requests);
			}
			assertThat(gateway.recorder.ends).allSatisfy((end) -> assertThat(end.route()).isEqualTo("by-path"));
			assertThat(gateway.breakers.getAllCircuitBreakers()).isEmpty();
		}
	}

}
