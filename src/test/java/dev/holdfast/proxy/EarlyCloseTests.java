package dev.holdfast.proxy;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Patience;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Backends that close behind an answer of which the client takes no byte before.
 */
class EarlyCloseTests {

	/** More than are read ahead, so that they wait in every queue there is. */
	private static final int PIECES = 400;

	private static final String PIECE = "0123456789abcdef";

	private static final String BODY = PIECE.repeat(PIECES);

	private static final long PATIENCE_SECONDS = Patience.TIME.toSeconds();

	@ParameterizedTest
	@EnumSource
	void answerArrivesWholeWhenTheBackendClosesBehindIt(Framing framing) throws IOException {
		CompletableFuture<Void> closed = new CompletableFuture<>();
		try (ScriptedBackend backend = closingBehind((peer) -> {
			peer.readRequest();
			framing.write(peer);
		}, closed); Gateway gateway = new Gateway(backend.port()); Http2Wire client = slow(gateway)) {
			int stream = client.get("/orders/");
			await(closed);
			hurry(client);
			assertThat(client.message(stream).body()).isEqualTo(BODY);
			assertThat(gateway.recorder.end().errorCode()).isEmpty();
		}
	}

	@ParameterizedTest
	@EnumSource
	void earlyAnswerArrivesWholeWhenTheBackendClosesBehindIt(Framing framing) throws IOException {
		CompletableFuture<Void> closed = new CompletableFuture<>();
		try (ScriptedBackend backend = closingBehind((peer) -> {
			peer.readHead();
			framing.write(peer);
		}, closed); Gateway gateway = new Gateway(backend.port()); Http2Wire client = slow(gateway)) {
			int stream = client.request("POST", "/orders/", false);
			client.data(stream, "half", false);
			await(closed);
			hurry(client);
			assertThat(client.message(stream).body()).isEqualTo(BODY);
		}
	}

	@Test
	void answerWhoseEndIsMissingIsBrokenOff() throws IOException {
		CompletableFuture<Void> closed = new CompletableFuture<>();
		try (ScriptedBackend backend = closingBehind((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks());
		}, closed); Gateway gateway = new Gateway(backend.port()); Http2Wire client = slow(gateway)) {
			int stream = client.get("/orders/");
			await(closed);
			hurry(client);
			assertThatIOException().isThrownBy(() -> client.message(stream));
			assertThat(gateway.recorder.end().errorCode()).isEqualTo(GatewayError.BACKEND_RESET.code());
		}
	}

	@Test
	void answerThatIsResetIsBrokenOff() throws IOException {
		CompletableFuture<Void> begun = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks());
			await(begun);
			peer.reset();
		}); Gateway gateway = new Gateway(backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			begun.complete(null);
			assertThatIOException().isThrownBy(client::rest);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo(GatewayError.BACKEND_RESET.code());
		}
	}

	/**
	 * A backend that ends its connection right behind its answer.
	 * @param answer reads the request and answers
	 * @param closed completed when the gateway has ended it as well
	 */
	private static ScriptedBackend closingBehind(ScriptedBackend.Script answer, CompletableFuture<Void> closed) {
		return new ScriptedBackend((peer) -> {
			answer.run(peer);
			peer.endOutput();
			peer.awaitEnd();
			closed.complete(null);
		});
	}

	private static Http2Wire slow(Gateway gateway) throws IOException {
		return Http2Wire.connect(gateway.server.port(), new Http2Settings().initialWindowSize(0));
	}

	private static void hurry(Http2Wire client) throws IOException {
		client.settings(new Http2Settings().initialWindowSize(BODY.length()));
	}

	private static void await(CompletableFuture<Void> closed) {
		closed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
	}

	private static String chunks() {
		return "10\r\n%s\r\n".formatted(PIECE).repeat(PIECES);
	}

	/**
	 * How an answer says where it ends.
	 */
	enum Framing {

		LENGTH {
			@Override
			void write(ScriptedBackend.Peer peer) throws IOException {
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n".formatted(BODY.length()));
				pieces(peer);
			}
		},

		LENGTH_AND_CLOSE {
			@Override
			void write(ScriptedBackend.Peer peer) throws IOException {
				peer.write(
						"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n".formatted(BODY.length()));
				pieces(peer);
			}
		},

		CHUNKS {
			@Override
			void write(ScriptedBackend.Peer peer) throws IOException {
				peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks() + "0\r\n\r\n");
			}
		},

		CLOSE {
			@Override
			void write(ScriptedBackend.Peer peer) throws IOException {
				peer.write("HTTP/1.1 200 OK\r\n\r\n");
				pieces(peer);
			}
		};

		abstract void write(ScriptedBackend.Peer peer) throws IOException;

		private static void pieces(ScriptedBackend.Peer peer) throws IOException {
			peer.socket().setTcpNoDelay(true);
			for (int i = 0; i < PIECES; i++) {
				peer.write(PIECE);
			}
		}

	}

}
