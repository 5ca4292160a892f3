package dev.holdfast.proxy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.TestBackend;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Every duty of a proxy for clients and backends of either version.
 */
class CrossingTests {

	private static final int MEGABYTE = 1024 * 1024;

	private static final int LARGE = 16 * MEGABYTE;

	/** More than the kernel lets the buffers of the gateway's sockets grow to. */
	private static final int FLOOD = 64 * MEGABYTE;

	/** So that the kernel alone cannot take all of it. */
	private static final int KERNEL_BUFFER = MEGABYTE / 4;

	private static Vertx vertx;

	static Stream<Arguments> crossings() {
		return Stream.of(HttpVersion.HTTP_1_1, HttpVersion.HTTP_2)
			.flatMap((client) -> Stream.of(Scheme.HTTP, Scheme.GRPC).map((backend) -> Arguments.of(client, backend)));
	}

	@BeforeAll
	static void start() {
		vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
	}

	@AfterAll
	static void stop() throws TimeoutException {
		get(vertx.close());
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void getIsAnswered(HttpVersion version, Scheme scheme) {
		try (World world = new World(version, scheme,
				(request) -> request.response()
					.putHeader("x-version", request.version().name())
					.end(request.method() + " " + request.uri()))) {
			Answer answer = world.send(HttpMethod.GET);
			assertThat(answer.body().toString()).isEqualTo("GET /items");
			assertThat(answer.head().version()).isEqualTo(version);
			assertThat(answer.head().getHeader("x-version"))
				.isEqualTo((scheme == Scheme.GRPC) ? HttpVersion.HTTP_2.name() : HttpVersion.HTTP_1_1.name());
		}
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void largeBodiesPassBothWays(HttpVersion version, Scheme scheme) {
		try (World world = new World(version, scheme, (request) -> {
			request.response().setChunked(true);
			request.pipeTo(request.response());
		})) {
			HttpClientRequest request = world.request(HttpMethod.POST).setChunked(true);
			Buffer body = Buffer.buffer(new byte[LARGE]);
			for (int i = 0; i < LARGE; i += 1024) {
				body.setInt(i, i);
			}
			Future<Buffer> echo = request.response().compose(HttpClientResponse::body);
			request.end(body);
			assertThat(get(echo).equals(body)).isTrue();
		}
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void clientThatStopsReadingStopsTheBackend(HttpVersion version, Scheme scheme) {
		AtomicLong sent = new AtomicLong();
		try (World world = new World(version, scheme, (request) -> flood(request.response().setChunked(true), sent))) {
			HttpClientRequest request = world.request(HttpMethod.GET);
			AtomicLong received = new AtomicLong();
			Future<HttpClientResponse> head = request.response().onSuccess((answer) -> {
				answer.pause();
				answer.handler((chunk) -> received.addAndGet(chunk.length()));
			});
			request.end();
			HttpClientResponse answer = get(head);
			AtomicLong before = new AtomicLong(-1);
			await().pollInterval(200, TimeUnit.MILLISECONDS).until(() -> before.getAndSet(sent.get()) == sent.get());
			assertThat(sent.get()).isLessThan(FLOOD);
			answer.resume();
			await().until(() -> received.get() == FLOOD);
		}
	}

	private static void flood(HttpServerResponse response, AtomicLong sent) {
		while (sent.get() < FLOOD) {
			response.write(Buffer.buffer(new byte[64 * 1024]));
			sent.addAndGet(64 * 1024);
			if (response.writeQueueFull()) {
				response.drainHandler((drained) -> flood(response, sent));
				return;
			}
		}
		response.end();
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void backendThatStopsReadingStopsTheClient(HttpVersion version, Scheme scheme) {
		CompletableFuture<HttpServerRequest> paused = new CompletableFuture<>();
		AtomicLong received = new AtomicLong();
		try (World world = new World(version, scheme, (request) -> {
			request.handler((chunk) -> received.addAndGet(chunk.length()));
			request.endHandler((end) -> request.response().end());
			paused.complete(request.pause());
		})) {
			HttpClientRequest request = world.request(HttpMethod.POST).setChunked(true);
			AtomicLong sent = new AtomicLong();
			Future<HttpClientResponse> answer = request.response();
			vertx.runOnContext((run) -> flood(request, sent));
			await().until(paused::isDone);
			AtomicLong before = new AtomicLong(-1);
			await().pollInterval(200, TimeUnit.MILLISECONDS).until(() -> before.getAndSet(sent.get()) == sent.get());
			assertThat(sent.get()).isLessThan(FLOOD);
			paused.join().resume();
			assertThat(get(answer).statusCode()).isEqualTo(200);
			assertThat(received.get()).isEqualTo(FLOOD);
		}
	}

	private static void flood(HttpClientRequest request, AtomicLong sent) {
		while (sent.get() < FLOOD) {
			request.write(Buffer.buffer(new byte[64 * 1024]));
			sent.addAndGet(64 * 1024);
			if (request.writeQueueFull()) {
				request.drainHandler((drained) -> flood(request, sent));
				return;
			}
		}
		request.end();
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void headHasTheLengthAndNoBody(HttpVersion version, Scheme scheme) {
		try (World world = new World(version, scheme,
				(request) -> request.response().putHeader("content-length", "1234").end())) {
			Answer answer = world.send(HttpMethod.HEAD);
			assertThat(answer.head().getHeader("content-length")).isEqualTo("1234");
			assertThat(answer.body().length()).isZero();
			assertThat(world.send(HttpMethod.HEAD).head().statusCode()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void answersThatHaveNoBodyEndWithTheirHead(HttpVersion version, Scheme scheme) {
		try (World world = new World(version, scheme,
				(request) -> request.response()
					.setStatusCode(request.getHeader("x-status") != null ? 304 : 204)
					.putHeader("etag", "\"1\"")
					.end())) {
			Answer none = world.send(HttpMethod.GET);
			assertThat(none.head().statusCode()).isEqualTo(204);
			assertThat(none.body().length()).isZero();
			Answer unchanged = world.send(world.request(HttpMethod.GET).putHeader("x-status", "304"));
			assertThat(unchanged.head().statusCode()).isEqualTo(304);
			assertThat(unchanged.head().getHeader("etag")).isEqualTo("\"1\"");
			assertThat(unchanged.body().length()).isZero();
		}
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void trailersOfAnAnswerPass(HttpVersion version, Scheme scheme) {
		try (World world = new World(version, scheme,
				(request) -> request.response()
					.setChunked(true)
					.putTrailer("x-checksum", "1")
					.putTrailer("set-cookie", "a=1")
					.end("body"))) {
			Answer answer = world.send(HttpMethod.GET);
			assertThat(answer.body().toString()).isEqualTo("body");
			assertThat(answer.head().getTrailer("x-checksum")).isEqualTo("1");
			assertThat(answer.head().getTrailer("set-cookie")).isNull();
		}
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void answerThatBreaksOffIsNeverWhole(HttpVersion version, Scheme scheme) {
		try (World world = new World(version, scheme, (request) -> {
			HttpServerResponse response = request.response().setChunked(true);
			response.write("half").onComplete((written) -> vertx.setTimer(50, (timer) -> {
				if (request.version() == HttpVersion.HTTP_2) {
					response.reset(2);
				}
				else {
					request.connection().close();
				}
			}));
		})) {
			assertThatThrownBy(() -> world.send(HttpMethod.GET)).isInstanceOf(Exception.class);
			assertThat(world.gateway.recorder.end().errorCode()).isEqualTo("backend-reset");
			assertThat(world.gateway.recorder.end().status()).isEqualTo(200);
		}
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void backendHearsThatTheClientHasGone(HttpVersion version, Scheme scheme) {
		AtomicReference<Throwable> heard = new AtomicReference<>();
		try (World world = new World(version, scheme, (request) -> {
			request.response().exceptionHandler(heard::set);
			request.response().setChunked(true).write("half");
		})) {
			HttpClientRequest request = world.request(HttpMethod.GET);
			request.end();
			get(request.response());
			get(request.reset(8));
			await().until(() -> heard.get() != null);
			assertThat(world.gateway.recorder.end().errorCode()).isEqualTo("client-gone");
		}
	}

	@ParameterizedTest
	@MethodSource("crossings")
	void requestThatBreaksOffIsNeverWhole(HttpVersion version, Scheme scheme) {
		AtomicReference<Throwable> heard = new AtomicReference<>();
		AtomicReference<String> ended = new AtomicReference<>();
		AtomicLong received = new AtomicLong();
		try (World world = new World(version, scheme, (request) -> {
			request.exceptionHandler(heard::set);
			request.handler((chunk) -> received.addAndGet(chunk.length()));
			request.endHandler((end) -> ended.set("whole"));
		})) {
			HttpClientRequest request = world.request(HttpMethod.PUT).setChunked(true);
			request.write("half");
			await().until(() -> received.get() == 4);
			get(request.reset(8));
			await().until(() -> heard.get() != null);
			assertThat(ended.get()).isNull();
		}
	}

	private static <T> T get(Future<T> future) {
		try {
			return future.await(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

	/**
	 * An answer that has come whole.
	 */
	private record Answer(HttpClientResponse head, Buffer body) {
	}

	/**
	 * A client, the gateway and a backend.
	 */
	private static final class World implements AutoCloseable {

		private final TestBackend backend;

		private final Gateway gateway;

		private final HttpClient client;

		private World(HttpVersion version, Scheme scheme, Handler<HttpServerRequest> handler) {
			this.backend = TestBackend.start("orders", handler);
			this.gateway = new Gateway(Gateway.settings(), List.of(), scheme, this.backend.port());
			this.client = vertx.createHttpClient(new HttpClientOptions().setProtocolVersion(version)
				.setHttp2ClearTextUpgrade(false)
				.setReceiveBufferSize(KERNEL_BUFFER));
		}

		private HttpClientRequest request(HttpMethod method) {
			HttpClientRequest request = get(this.client.request(new RequestOptions().setMethod(method)
				.setHost("127.0.0.1")
				.setPort(this.gateway.server.port())
				.setURI("/orders/items")));
			return request.exceptionHandler((broken) -> {
				// The answer's future fails as well.
			});
		}

		private Answer send(HttpMethod method) {
			return send(request(method));
		}

		private Answer send(HttpClientRequest request) {
			Future<Answer> answer = request.response()
				.compose((head) -> head.body().map((body) -> new Answer(head, body)));
			request.end();
			return get(answer);
		}

		@Override
		public void close() {
			get(this.client.close());
			this.gateway.close();
			this.backend.close();
		}

	}

}
