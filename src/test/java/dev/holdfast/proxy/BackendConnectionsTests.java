package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.Http2ClientConfig;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.internal.ContextInternal;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections to instances, with the time moved by hand.
 */
class BackendConnectionsTests {

	private static final long IDLE = Duration.ofSeconds(15).toNanos();

	private static final long START = 1_000_000;

	private static final long AGE = Duration.ofMinutes(100).toNanos();

	/** The age at which the first connections are too old. */
	private static final long YOUNGEST = Duration.ofMinutes(90).toNanos();

	/** The age at which all are. */
	private static final long OLDEST = Duration.ofMinutes(110).toNanos();

	private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));

	private final Context loop = this.vertx.getOrCreateContext();

	private final AtomicLong now = new AtomicLong(START);

	private final BackendConnections connections = new BackendConnections(
			new BackendConnector(
					this.vertx.createHttpClient(
							new HttpClientConfig().setVersions(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1)
								.setHttp2Config(new Http2ClientConfig().setClearTextUpgrade(false)),
							new PoolOptions().setCleanerPeriod(0)),
					new HostResolver(HostLookup.system()), (ContextInternal) this.loop, Duration.ofSeconds(1)),
			new BackendBundles(Map.of(), Duration.ofSeconds(1)),
			new ConnectionAge(Duration.ofNanos(AGE), this.now::get), new Line(), 64 * 1024);

	private Http2Backend backend;

	@BeforeEach
	void start() {
		this.backend = new Http2Backend(Http2Wire::awaitEnd);
	}

	@AfterEach
	void stop() throws IOException {
		get(this.vertx.close());
		this.backend.close();
	}

	@Test
	void idleHttp2ConnectionIsClosedWhenItsTimeIsOver() throws IOException {
		BackendConnection connection = connect(http2(), WireProtocol.HTTP2);
		release(connection, -1, START);
		sweep(START + IDLE - 1);
		assertThat(connection.isClosed()).isFalse();
		assertThat(take()).isSameAs(connection);
		release(connection, -1, START + 1);
		sweep(START + IDLE);
		assertThat(connection.isClosed()).isFalse();
		sweep(START + IDLE + 1);
		assertThat(connection.isClosed()).isTrue();
		wire().awaitEnd();
		assertThat(take()).isNull();
	}

	@Test
	void http2ConnectionThatCarriesARequestIsNotIdle() throws IOException {
		BackendConnection connection = connect(http2(), WireProtocol.HTTP2);
		take();
		release(connection, -1, START);
		sweep(START + 10 * IDLE);
		assertThat(connection.isClosed()).isFalse();
		release(connection, -1, START + 10 * IDLE);
		sweep(START + 11 * IDLE);
		assertThat(connection.isClosed()).isTrue();
		wire().awaitEnd();
	}

	@Test
	void idleHttp1ConnectionIsClosedASecondBeforeItsInstanceDoes() throws IOException {
		try (ScriptedBackend http1 = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd)) {
			BackendConnection connection = connect(new Endpoint(Scheme.HTTP, "127.0.0.1", http1.port()),
					WireProtocol.HTTP1);
			release(connection, 3, START);
			sweep(START + Duration.ofSeconds(2).toNanos() - 1);
			assertThat(connection.isClosed()).isFalse();
			sweep(START + Duration.ofSeconds(2).toNanos());
			assertThat(connection.isClosed()).isTrue();
		}
	}

	@Test
	void http1ConnectionIsGivenBackUntilItIsTooOld() throws IOException {
		try (ScriptedBackend http1 = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd)) {
			Endpoint endpoint = new Endpoint(Scheme.HTTP, "127.0.0.1", http1.port());
			BackendConnection connection = connect(endpoint, WireProtocol.HTTP1);
			release(connection, -1, START + YOUNGEST - 1);
			assertThat(connection.isClosed()).isFalse();
			assertThat(onLoop(() -> this.connections.take(endpoint, WireProtocol.HTTP1, BackendSecurity.DEFAULTS)))
				.isSameAs(connection);
			release(connection, -1, START + OLDEST);
			assertThat(connection.isClosed()).isTrue();
		}
	}

	@Test
	void http2ConnectionThatIsTooOldTakesNoMoreRequestsAndEndsBehindItsLast() throws IOException {
		BackendConnection connection = connect(http2(), WireProtocol.HTTP2);
		sweep(START + YOUNGEST - 1);
		assertThat(take()).isSameAs(connection);
		sweep(START + OLDEST);
		assertThat(take()).isNull();
		release(connection, -1, START + OLDEST);
		assertThat(connection.isClosed()).isFalse();
		release(connection, -1, START + OLDEST);
		assertThat(connection.isClosed()).isTrue();
		assertThat(wire().awaitGoAway()).isNotNull();
		wire().awaitEnd();
	}

	@Test
	void connectionsMadeTogetherBecomeTooOldOneAfterTheOther() {
		ConnectionAge age = new ConnectionAge(Duration.ofNanos(AGE), this.now::get);
		assertThat(Stream.generate(age::end).limit(100))
			.allMatch((end) -> end >= START + YOUNGEST && end < START + OLDEST)
			.anyMatch((end) -> end < START + (YOUNGEST + AGE) / 2)
			.anyMatch((end) -> end > START + (AGE + OLDEST) / 2);
	}

	@Test
	void connectionsMayBecomeAsOldAsTheyLike() {
		assertThat(new ConnectionAge(Duration.ZERO, this.now::get).end())
			.isGreaterThan(Duration.ofDays(36_500).toNanos());
	}

	private Http2Wire wire() {
		await().until(() -> this.backend.wires().size() == 1);
		return this.backend.wires().getFirst();
	}

	private Endpoint http2() {
		return new Endpoint(Scheme.GRPC, "127.0.0.1", this.backend.port());
	}

	private BackendConnection connect(Endpoint endpoint, WireProtocol protocol) {
		return get(Future.future((made) -> this.loop.runOnContext(
				(run) -> this.connections.connect(endpoint, protocol, BackendSecurity.DEFAULTS).onComplete(made))));
	}

	private @Nullable BackendConnection take() {
		return onLoop(() -> this.connections.take(http2(), WireProtocol.HTTP2, BackendSecurity.DEFAULTS));
	}

	private void release(BackendConnection connection, int announcedSeconds, long now) {
		onLoop(() -> {
			this.connections.release(connection, announcedSeconds, now);
			return true;
		});
	}

	private void sweep(long now) {
		onLoop(() -> {
			this.connections.sweep(now);
			return true;
		});
	}

	private <T extends @Nullable Object> T onLoop(Supplier<T> task) {
		return get(Future.future((done) -> this.loop.runOnContext((run) -> done.complete(task.get()))));
	}

	private static <T extends @Nullable Object> T get(Future<T> future) {
		try {
			return future.await(20, TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

}
