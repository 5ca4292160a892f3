package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Backends that answer before they have read the request, and reset the connection while
 * the rest of the request is being sent.
 */
class EarlyAnswerTests {

	private static final String HEAD = "POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 100000\r\n\r\n";

	private static final String PART = "x".repeat(10_000);

	private static final String TOO_LARGE = "HTTP/1.1 413 Content Too Large\r\n";

	private static final int PATIENCE_SECONDS = 60;

	private static final long NO_ERROR = 0;

	@ParameterizedTest
	@ValueSource(
			strings = { "Content-Length: 9\r\n\r\ntoo large", "Connection: close\r\nContent-Length: 9\r\n\r\ntoo large",
					"Transfer-Encoding: chunked\r\n\r\n9\r\ntoo large\r\n0\r\n\r\n" })
	void wholeAnswerIsReadBeforeTheResetThatFollowsIt(String rest) throws IOException {
		try (World world = new World(TOO_LARGE + rest)) {
			world.upload();
			RawClient.Answer answer = world.client.answer();
			assertThat(answer.status()).isEqualTo(413);
			assertThat(answer.body()).isEqualTo("too large");
			assertThat(answer.header("holdfast-error")).isEmpty();
			assertThat(world.gateway.recorder.end().errorCode()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 90\r\n\r\ntoo large",
			"Transfer-Encoding: chunked\r\n\r\n9\r\ntoo large\r\n", "\r\ntoo large" })
	void answerThatIsNotWholeAtTheResetIsBroken(String rest) throws IOException {
		try (World world = new World(TOO_LARGE + rest)) {
			world.upload();
			assertThatIOException().isThrownBy(() -> {
				RawClient.Answer answer = world.client.answer();
				throw new IOException("complete with " + answer);
			});
			assertThat(world.gateway.recorder.end().errorCode()).isEqualTo(GatewayError.BACKEND_RESET.code());
		}
	}

	@Test
	void resetWithoutAnswerIsBroken() throws IOException {
		try (World world = new World("")) {
			world.upload();
			RawClient.Answer answer = world.client.answer();
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.header("holdfast-error")).isEqualTo(GatewayError.BACKEND_RESET.code());
		}
	}

	@Test
	void answerThatEndsWithItsConnectionIsNotWholeWhenThatIsReset() throws IOException {
		CompletableFuture<Void> begun = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\n\r\nhalf");
			begun.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
			peer.reset();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			assertThat(client.text(client.chunkSize())).isEqualTo("half");
			begun.complete(null);
			assertThatIOException().isThrownBy(client::rest);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo(GatewayError.BACKEND_RESET.code());
		}
	}

	@Test
	void wholeAnswerByHttp2IsReadBeforeTheResetThatFollowsIt() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			wire.data(stream);
			wire.answer(stream, "413", false);
			wire.data(stream, "too large", true);
			wire.reset(stream, NO_ERROR);
			wire.awaitEnd();
		}); Gateway gateway = Gateway.toHttp2(backend.port()); RawClient client = gateway.client()) {
			client.send(HEAD + PART);
			RawClient.Answer answer = client.answer();
			assertThat(answer.status()).isEqualTo(413);
			assertThat(answer.body()).isEqualTo("too large");
		}
	}

	@Test
	void wholeAnswerReachesAnUploadByHttp2() throws IOException {
		try (World world = new World(TOO_LARGE + "Content-Length: 9\r\n\r\ntoo large");
				Http2Wire client = Http2Wire.connect(world.gateway.server.port())) {
			int stream = client.request("POST", "/orders/", false);
			client.data(stream, PART, false);
			world.reset(() -> client.data(stream, PART, false));
			Http2Wire.Message answer = client.message(stream);
			assertThat(answer.status()).isEqualTo(413);
			assertThat(answer.body()).isEqualTo("too large");
		}
	}

	/**
	 * A backend that answers early, and the gateway with an event loop that can be
	 * stopped, so that the reset and more to send wait for it at the same time.
	 */
	private static final class World implements AutoCloseable {

		private final CompletableFuture<Void> reading = new CompletableFuture<>();

		private final CompletableFuture<Void> sent = new CompletableFuture<>();

		private final CompletableFuture<Void> stopped = new CompletableFuture<>();

		private final CompletableFuture<Void> reset = new CompletableFuture<>();

		private final ScriptedBackend backend;

		private final Gateway gateway;

		private final RawClient client;

		private World(String answer) throws IOException {
			this.backend = new ScriptedBackend((peer) -> {
				peer.readHead();
				peer.in().readNBytes(PART.length());
				this.reading.complete(null);
				await(this.sent);
				peer.write(answer);
				peer.reset();
				this.reset.complete(null);
			});
			this.gateway = new Gateway(Gateway.oneEventLoop(), this.backend.port());
			this.client = this.gateway.client();
		}

		private void upload() throws IOException {
			this.client.send(HEAD + PART);
			reset(() -> this.client.send(PART));
		}

		private void reset(Sending more) throws IOException {
			await(this.reading);
			CompletableFuture<Boolean> live = new CompletableFuture<>() {
				@Override
				public Boolean join() {
					World.this.stopped.complete(null);
					return super.join();
				}
			};
			this.gateway.probes.live = live;
			try (RawClient prober = this.gateway.client()) {
				prober.send("GET /livez HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
				await(this.stopped);
				more.send();
				this.sent.complete(null);
				await(this.reset);
				live.complete(true);
				prober.answer();
			}
		}

		private static void await(CompletableFuture<Void> event) {
			event.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
		}

		@Override
		public void close() throws IOException {
			this.client.close();
			this.gateway.close();
			this.backend.close();
		}

	}

	/**
	 * Sends something.
	 */
	@FunctionalInterface
	private interface Sending {

		void send() throws IOException;

	}

}
