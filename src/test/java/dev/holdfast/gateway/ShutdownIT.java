package dev.holdfast.gateway;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.GrpcBackend;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.TestBackend;
import io.grpc.Status;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

class ShutdownIT {

	private static final int CLIENTS = 8;

	private static final int SIGTERM = 128 + 15;

	private static final int SLOW_MILLIS = 3_000;

	private static final int TICK_MILLIS = 100;

	private static final Duration PAUSE = Duration.ofMillis(20);

	private static final Duration LONG_PAUSE = Duration.ofMillis(2_500);

	private static final Duration GRACE = Duration.ofMinutes(10);

	private static final String BODY = "done";

	private final EtcdProcess etcd = EtcdProcess.start();

	private final TestBackend backend = TestBackend.start("a", this::serve);

	private final GrpcBackend grpc = GrpcBackend.start();

	private final AtomicLong answered = new AtomicLong();

	private final AtomicLong told = new AtomicLong();

	private final AtomicBoolean slowArrived = new AtomicBoolean();

	private final AtomicBoolean greeted = new AtomicBoolean();

	private final Queue<String> failures = new ConcurrentLinkedQueue<>();

	@AfterEach
	void stop() {
		this.grpc.close();
		this.backend.close();
		this.etcd.close();
	}

	@Test
	void gatewayToldToEndUnderLoadAnswersEveryRequestThatItTookAndEndsStreamsInOrder() throws Exception {
		try (EtcdKeys keys = new EtcdKeys(this.etcd.endpoint())) {
			keys.put("/services/orders/a", this.backend.address());
			keys.put("/services/echo/a", "{\"url\":\"grpc://127.0.0.1:%d\"}".formatted(this.grpc.port()));
		}
		try (GatewayProcess gateway = GatewayProcess.with(this.etcd.endpoint())
			.arguments("--holdfast.routes[0].id=echo", "--holdfast.routes[0].path=/" + GrpcBackend.SERVICE + "/**",
					"--holdfast.routes[0].service=echo", "--holdfast.server.shutdown-grace=" + GRACE.toSeconds() + "s")
			.start();
				HttpClient http = HttpClient.newHttpClient();
				GrpcClient calls = new GrpcClient(URI.create(gateway.url("/")).getPort())) {
			int port = URI.create(gateway.url("/")).getPort();
			CompletableFuture<String> socket = talk(http, port);
			CompletableFuture<List<String>> events = listen(http, gateway.url("/orders/events"));
			GrpcClient.Call chat = calls.call("Chat");
			assertThat(chat.send("one").next()).isEqualTo("one");
			GrpcClient.Call call = calls.call("Collect").send("x");
			List<Thread> clients = start(port);
			await().until(() -> this.answered.get() > 1_000);
			await().until(() -> this.slowArrived.get() && this.greeted.get() && this.grpc.heads().size() == 2);
			gateway.terminate();
			GrpcClient.Result ended = chat.result();
			assertThat(ended.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(ended.trailer("holdfast-error")).isEqualTo("shutting-down");
			assertThat(call.send("y").halfClose().result().messages()).containsExactly("xy");
			assertThat(events.get(Patience.TIME.toSeconds(), TimeUnit.SECONDS)).contains("data: tick");
			assertThat(socket.get(Patience.TIME.toSeconds(), TimeUnit.SECONDS)).startsWith("closed ");
			for (Thread client : clients) {
				assertThat(client.join(Patience.TIME)).isTrue();
			}
			assertThat(gateway.awaitExit()).isEqualTo(SIGTERM);
			assertThat(this.failures).isEmpty();
			assertThat(this.told).hasValue(clients.size());
			assertThatExceptionOfType(ConnectException.class)
				.isThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port).close());
			assertThat(gateway.defects()).isEmpty();
		}
	}

	private List<Thread> start(int port) {
		List<Thread> clients = new ArrayList<>();
		for (int i = 0; i < CLIENTS; i++) {
			clients.add(Thread.ofVirtual().start(() -> ask(port, "/orders/quick", PAUSE)));
			clients.add(Thread.ofVirtual().start(() -> ask(port, "/orders/quick", LONG_PAUSE)));
			clients.add(Thread.ofVirtual().start(() -> connectAgainAndAgain(port)));
			clients.add(Thread.ofVirtual().start(() -> askByHttp2(port)));
		}
		clients.add(Thread.ofVirtual().start(() -> ask(port, "/orders/slow", PAUSE)));
		return clients;
	}

	private CompletableFuture<List<String>> listen(HttpClient http, String url) {
		// Fails if the answer breaks off.
		return http
			.sendAsync(HttpRequest.newBuilder(URI.create(url)).version(HttpClient.Version.HTTP_1_1).build(),
					HttpResponse.BodyHandlers.ofLines())
			.thenApplyAsync((answer) -> answer.body().toList(), Thread::startVirtualThread);
	}

	private CompletableFuture<String> talk(HttpClient http, int port) {
		CompletableFuture<String> end = new CompletableFuture<>();
		http.newWebSocketBuilder()
			.buildAsync(URI.create("ws://127.0.0.1:%d/orders/chat".formatted(port)), new WebSocket.Listener() {

				@Override
				public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
					ShutdownIT.this.greeted.set(true);
					socket.request(1);
					return null;
				}

				@Override
				public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
					end.complete("closed " + code);
					return null;
				}

				@Override
				public void onError(WebSocket socket, Throwable failure) {
					end.complete(failure.toString());
				}

			})
			.join();
		return end;
	}

	private void serve(HttpServerRequest request) {
		if (request.path().equals("/slow")) {
			this.slowArrived.set(true);
			Vertx.currentContext().owner().setTimer(SLOW_MILLIS, (timer) -> request.response().end(BODY));
		}
		else if (request.path().equals("/events")) {
			HttpServerResponse answer = request.response().setChunked(true);
			answer.putHeader("Content-Type", "text/event-stream").write("data: tick\n\n");
			long timer = Vertx.currentContext()
				.owner()
				.setPeriodic(TICK_MILLIS, (tick) -> answer.write("data: tick\n\n"));
			answer.closeHandler((closed) -> Vertx.currentContext().owner().cancelTimer(timer));
		}
		else if (request.path().equals("/chat")) {
			request.toWebSocket().onSuccess((socket) -> socket.writeTextMessage("hello"));
		}
		else {
			request.response().end(BODY);
		}
	}

	// Asks until it is told that the connection ends. Load balancers send nothing more to
	// a gateway that is not ready, so it does not connect again.
	private void ask(int port, String path, Duration pause) {
		long answers = 0;
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.setSoTimeout((int) Patience.TIME.toMillis());
			InputStream in = new BufferedInputStream(socket.getInputStream());
			String head = "";
			while (!head.contains("\r\nconnection: close\r\n")) {
				socket.getOutputStream()
					.write("GET %s HTTP/1.1\r\nHost: gateway.test\r\n\r\n".formatted(path)
						.getBytes(StandardCharsets.US_ASCII));
				head = readHead(in);
				String body = new String(in.readNBytes(BODY.length()), StandardCharsets.US_ASCII);
				if (!head.startsWith("http/1.1 200") || !body.equals(BODY)) {
					this.failures.add("after %d answers on the connection: \"%s%s\"".formatted(answers, head, body));
					return;
				}
				// Clients pause between requests, and that is when a connection looks
				// idle.
				LockSupport.parkNanos(pause.toNanos());
				answers++;
				this.answered.incrementAndGet();
			}
			this.told.incrementAndGet();
		}
		catch (IOException ex) {
			this.failures.add("after %d answers on the connection: %s".formatted(answers, ex));
		}
	}

	// A refused connection is for the load balancer to take elsewhere. Whoever is
	// connected is answered.
	private void connectAgainAndAgain(int port) {
		for (long answers = 0; true; answers++) {
			try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
				socket.setSoTimeout((int) Patience.TIME.toMillis());
				socket.getOutputStream()
					.write("GET /orders/quick HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n"
						.getBytes(StandardCharsets.US_ASCII));
				String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
				if (!answer.startsWith("HTTP/1.1 200") || !answer.endsWith("\r\n\r\n" + BODY)) {
					this.failures.add("on the %d. connection: \"%s\"".formatted(answers, answer));
				}
				this.answered.incrementAndGet();
				LockSupport.parkNanos(PAUSE.toNanos());
			}
			catch (ConnectException ex) {
				this.told.incrementAndGet();
				return;
			}
			catch (IOException ex) {
				this.failures.add("on the %d. connection: %s".formatted(answers, ex));
			}
		}
	}

	// Every stream up to the last one that the gateway names is answered.
	private void askByHttp2(int port) {
		try (Http2Wire wire = Http2Wire.connect(port)) {
			while (lastStream(wire) == Integer.MAX_VALUE) {
				askByHttp2(wire, wire.get("/orders/quick"));
				LockSupport.parkNanos(PAUSE.toNanos());
			}
			this.told.incrementAndGet();
		}
		catch (IOException ex) {
			this.failures.add("on an HTTP/2 connection: " + ex);
		}
	}

	private void askByHttp2(Http2Wire wire, int stream) throws IOException {
		try {
			Http2Wire.Message answer = wire.message(stream);
			if (!answer.head().header(":status").equals("200") || !answer.body().equals(BODY)) {
				this.failures.add("stream %d: %s".formatted(stream, answer));
			}
			this.answered.incrementAndGet();
		}
		catch (IOException ex) {
			// The client may not have known yet that it was to go.
			if (stream <= lastStream(wire)) {
				throw ex;
			}
		}
	}

	private static int lastStream(Http2Wire wire) {
		return wire.frames()
			.stream()
			.mapToInt((frame) -> (frame instanceof Http2Wire.GoAway goAway) ? goAway.last() : Integer.MAX_VALUE)
			.min()
			.orElse(Integer.MAX_VALUE);
	}

	private static String readHead(InputStream in) throws IOException {
		ByteArrayOutputStream head = new ByteArrayOutputStream();
		while (!head.toString(StandardCharsets.US_ASCII).endsWith("\r\n\r\n")) {
			int next = in.read();
			if (next < 0) {
				break;
			}
			head.write(next);
		}
		return head.toString(StandardCharsets.US_ASCII).toLowerCase(Locale.ROOT);
	}

}
