package dev.holdfast.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import dev.holdfast.gateway.Conversation.Line;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.Patience;
import io.grpc.Status;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocketListener;
import org.jspecify.annotations.Nullable;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What conversations are held over, each with a client that people use.
 */
final class Lines {

	private static final long PATIENCE_SECONDS = Patience.TIME.toSeconds();

	private static final int NORMAL = 1000;

	private Lines() {
	}

	private static String take(BlockingQueue<String> messages) throws InterruptedException, IOException {
		String next = messages.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
		if (next == null) {
			throw new IOException("nothing came within %d s".formatted(PATIENCE_SECONDS));
		}
		return next;
	}

	/**
	 * A gRPC call on which both sides speak.
	 */
	record Grpc(GrpcClient.Call call) implements Line {

		@Override
		public String exchange(int number) {
			return this.call.send(Integer.toString(number)).next();
		}

		@Override
		public void end() {
			GrpcClient.Result result = this.call.halfClose().result();
			assertThat(result.status()).isEqualTo(Status.OK);
			assertThat(result.messages()).isEmpty();
		}

	}

	/**
	 * A WebSocket of OkHttp's.
	 */
	static final class OkHttp extends WebSocketListener implements Line {

		private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		private final OkHttpClient client = new OkHttpClient();

		private final okhttp3.WebSocket socket;

		OkHttp(String url) {
			this.socket = this.client.newWebSocket(new Request.Builder().url(url).build(), this);
		}

		@Override
		public void onMessage(okhttp3.WebSocket from, String text) {
			this.messages.add(text);
		}

		@Override
		public void onClosed(okhttp3.WebSocket from, int code, String reason) {
			this.messages.add("closed " + code);
		}

		@Override
		public void onFailure(okhttp3.WebSocket from, Throwable failure, @Nullable Response response) {
			this.messages.add(failure + " " + response);
		}

		@Override
		public String exchange(int number) throws Exception {
			this.socket.send(Integer.toString(number));
			return take(this.messages);
		}

		@Override
		public void end() throws Exception {
			this.socket.close(NORMAL, null);
			assertThat(take(this.messages)).isEqualTo("closed " + NORMAL);
			this.client.dispatcher().executorService().shutdown();
		}

	}

	/**
	 * A WebSocket of the JDK's.
	 */
	static final class Jdk implements Line, WebSocket.Listener {

		private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();

		private final HttpClient client = HttpClient.newHttpClient();

		private final WebSocket socket;

		Jdk(String url) {
			this.socket = this.client.newWebSocketBuilder()
				.buildAsync(URI.create("ws" + url.substring(4)), this)
				.join();
		}

		@Override
		public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
			this.messages.add(text.toString());
			from.request(1);
			return null;
		}

		@Override
		public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
			this.messages.add("closed " + code);
			return null;
		}

		@Override
		public void onError(WebSocket from, Throwable failure) {
			this.messages.add(failure.toString());
		}

		@Override
		public String exchange(int number) throws Exception {
			this.socket.sendText(Integer.toString(number), true).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			return take(this.messages);
		}

		@Override
		public void end() throws Exception {
			this.socket.sendClose(NORMAL, "").get(PATIENCE_SECONDS, TimeUnit.SECONDS);
			assertThat(take(this.messages)).isEqualTo("closed " + NORMAL);
			this.client.close();
		}

	}

	/**
	 * Server-sent events.
	 */
	static final class Ticker implements Line {

		private final HttpClient client = HttpClient.newHttpClient();

		private final BufferedReader events;

		Ticker(String url) {
			HttpRequest request = HttpRequest.newBuilder(URI.create(url)).build();
			InputStream body = this.client.sendAsync(request, HttpResponse.BodyHandlers.ofInputStream()).join().body();
			this.events = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
		}

		@Override
		public String exchange(int number) throws IOException {
			String event = String.valueOf(this.events.readLine());
			assertThat(this.events.readLine()).isEmpty();
			assertThat(event).startsWith("data: ");
			return event.substring("data: ".length());
		}

		@Override
		public void end() {
			this.client.shutdownNow();
		}

	}

}
