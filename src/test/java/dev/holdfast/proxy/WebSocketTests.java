package dev.holdfast.proxy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.holdfast.testing.Patience;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocketListener;
import okio.ByteString;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Clients of the real world against a real backend that compresses.
 */
class WebSocketTests {

	private static final String LONG = "All work and no play makes Jack a dull boy. ".repeat(20_000);

	private final Vertx vertx = Vertx.vertx();

	private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

	private final CompletableFuture<Short> closedWith = new CompletableFuture<>();

	private int port;

	@BeforeEach
	void listen() {
		HttpServerOptions options = new HttpServerOptions().setHost("127.0.0.1")
			.setPort(0)
			.setMaxWebSocketMessageSize(4 * 1024 * 1024)
			.setPerMessageWebSocketCompressionSupported(true)
			.addWebSocketSubProtocol("chat");
		this.port = this.vertx.createHttpServer(options)
			.webSocketHandler(this::serve)
			.listen()
			.toCompletionStage()
			.toCompletableFuture()
			.join()
			.actualPort();
	}

	@AfterEach
	void close() {
		this.vertx.close().toCompletionStage().toCompletableFuture().join();
	}

	private void serve(ServerWebSocket socket) {
		socket.textMessageHandler(socket::writeTextMessage);
		socket.binaryMessageHandler(socket::writeBinaryMessage);
		socket.pongHandler((pong) -> this.heard.add("pong " + pong));
		socket.writePing(Buffer.buffer("ping"));
		socket.closeHandler((closed) -> this.closedWith.complete(socket.closeStatusCode()));
	}

	private String next() throws InterruptedException {
		return String.valueOf(this.heard.poll(Patience.TIME.toSeconds(), TimeUnit.SECONDS));
	}

	@Test
	void browserGradeClientTalksCompressed() throws InterruptedException {
		CompletableFuture<Response> opened = new CompletableFuture<>();
		try (Gateway gateway = new Gateway(this.port)) {
			OkHttpClient client = new OkHttpClient();
			okhttp3.WebSocket socket = client.newWebSocket(
					new Request.Builder().url("ws://127.0.0.1:%d/orders/chat".formatted(gateway.server.port()))
						.header("Sec-WebSocket-Protocol", "chat")
						.build(),
					new WebSocketListener() {
						@Override
						public void onOpen(okhttp3.WebSocket socket, Response response) {
							opened.complete(response);
						}

						@Override
						public void onMessage(okhttp3.WebSocket socket, String text) {
							WebSocketTests.this.heard.add(text);
						}

						@Override
						public void onMessage(okhttp3.WebSocket socket, ByteString bytes) {
							WebSocketTests.this.heard.add(bytes.hex());
						}

						@Override
						public void onClosing(okhttp3.WebSocket socket, int code, String reason) {
							WebSocketTests.this.heard.add("closing " + code);
						}

						@Override
						public void onFailure(okhttp3.WebSocket socket, Throwable failure,
								@Nullable Response response) {
							opened.completeExceptionally(failure);
							WebSocketTests.this.heard.add(failure.toString());
						}
					});
			Response response = opened.join();
			assertThat(response.code()).isEqualTo(101);
			assertThat(response.header("Sec-WebSocket-Extensions")).startsWith("permessage-deflate");
			assertThat(response.header("Sec-WebSocket-Protocol")).isEqualTo("chat");
			assertThat(next()).isEqualTo("pong ping");
			socket.send(LONG);
			assertThat(next()).isEqualTo(LONG);
			socket.send(ByteString.decodeHex("0001feff"));
			assertThat(next()).isEqualTo("0001feff");
			socket.close(4001, "done");
			assertThat(this.closedWith.join()).isEqualTo((short) 4001);
			assertThat(gateway.recorder.end().status()).isEqualTo(101);
			client.dispatcher().executorService().shutdown();
			client.connectionPool().evictAll();
		}
	}

	@Test
	void jdksClientSendsFragments() throws InterruptedException {
		try (Gateway gateway = new Gateway(this.port); HttpClient client = HttpClient.newHttpClient()) {
			WebSocket socket = client.newWebSocketBuilder()
				.buildAsync(URI.create("ws://127.0.0.1:%d/orders/chat".formatted(gateway.server.port())),
						new WebSocket.Listener() {
							private final StringBuilder text = new StringBuilder();

							@Override
							public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data,
									boolean last) {
								this.text.append(data);
								if (last) {
									WebSocketTests.this.heard.add(this.text.toString());
								}
								socket.request(1);
								return null;
							}

							@Override
							public @Nullable CompletionStage<?> onPong(WebSocket socket, ByteBuffer message) {
								WebSocketTests.this.heard.add("backend pong " + message.remaining());
								socket.request(1);
								return null;
							}
						})
				.join();
			assertThat(next()).isEqualTo("pong ping");
			socket.sendText("one ", false).join();
			socket.sendText("two ", false).join();
			socket.sendText("three", true).join();
			assertThat(next()).isEqualTo("one two three");
			socket.sendPing(ByteBuffer.wrap(new byte[7])).join();
			assertThat(next()).isEqualTo("backend pong 7");
			socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
			assertThat(this.closedWith.join()).isEqualTo((short) WebSocket.NORMAL_CLOSURE);
			assertThat(gateway.recorder.end().status()).isEqualTo(101);
		}
	}

	@Test
	void handshakeThatTheBackendRefusesIsRefused() throws IOException {
		try (Gateway gateway = new Gateway(this.port); RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/chat", "Connection: Upgrade", "Upgrade: websocket",
					"Sec-WebSocket-Version: 99", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
			assertThat(answer.status()).isEqualTo(426);
			assertThat(answer.header("sec-websocket-version")).isEqualTo("13");
		}
	}

}
