package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Patience;
import dev.holdfast.upstream.Outcome;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

class TimeoutTests {

	/** For the one that waits for it in real time. */
	private static final Duration MOMENT = Duration.ofMillis(300);

	/** Passes by hand. */
	private static final Duration TIME = Duration.ofSeconds(20);

	private static final RoutePolicy IMPATIENT = Gateway.policy(TIME, Duration.ZERO);

	@Test
	void backendThatDoesNotAnswerInTimeIsGivenUp() throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			end.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(IMPATIENT, backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> !backend.heads().isEmpty());
			gateway.pass(TIME);
			RawClient.Answer answer = client.answer();
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
		}); Gateway gateway = new Gateway(IMPATIENT, backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			gateway.pass(TIME);
			timeIsOver.complete(null);
			assertThat(client.text(4)).isEqualTo("slow");
		}
	}

	@Test
	void clientThatStallsInItsBodyIsToBlameItself() throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend(ScriptedBackend.Peer::readRequest);
				Gateway gateway = new Gateway(IMPATIENT, backend.port());
				RawClient client = gateway.client()) {
			client.send("PUT /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 10\r\n\r\nhalf");
			await().until(() -> !backend.heads().isEmpty());
			gateway.pass(TIME);
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
		try (Gateway gateway = new Gateway(impatient(TIME)); RawClient client = gateway.client()) {
			assertThat(client.get("/livez").status()).isEqualTo(200);
			assertThat(client.get("/livez").status()).isEqualTo(200);
			gateway.pass(TIME);
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.turnedAway).isEmpty();
		}
	}

	@Test
	void clientThatSaysNothingIsDisconnected() throws IOException {
		try (Gateway gateway = new Gateway(impatient(MOMENT)); RawClient client = gateway.client()) {
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.turnedAway).isEmpty();
		}
	}

	@Test
	void clientThatSendsItsHeadByteByByteIsTurnedAway() throws IOException {
		try (Gateway gateway = new Gateway(impatient(TIME)); RawClient client = gateway.client()) {
			assertThat(client.get("/livez").status()).isEqualTo(200);
			client.send("GET /livez HTTP/1.1\r\nHost: gate");
			gateway.pass(TIME.dividedBy(2));
			client.send("w");
			gateway.pass(TIME.dividedBy(2));
			RawClient.Answer answer = client.answer();
			assertThat(answer.status()).isEqualTo(408);
			assertThat(answer.header("holdfast-error")).isEqualTo("header-timeout");
			assertThat(answer.body()).contains("\"code\":\"header-timeout\"");
			assertThat(client.rest()).isEmpty();
			assertThat(gateway.recorder.turnedAway).containsExactly("header-timeout header-timeout");
		}
	}

	@Test
	void idleHttp2ClientIsToldToGo() throws IOException {
		CompletableFuture<Void> idleTimeIsOver = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			idleTimeIsOver.join();
			peer.write("HTTP/1.1 204 No Content\r\n\r\n");
		});
				Gateway gateway = new Gateway(impatient(TIME), backend.port());
				Http2Wire waiting = Http2Wire.connect(gateway.server.port());
				Http2Wire idle = Http2Wire.connect(gateway.server.port());
				Http2Wire silent = Http2Wire.connect(gateway.server.port())) {
			int stream = waiting.get("/orders/");
			await().until(() -> !backend.heads().isEmpty());
			int last = idle.get("/livez");
			assertThat(idle.message(last).status()).isEqualTo(200);
			gateway.pass(TIME);
			assertThat(idle.awaitGoAway()).isEqualTo(new Http2Wire.GoAway(0, last, 0));
			idle.awaitEnd();
			assertThat(silent.awaitGoAway()).isEqualTo(new Http2Wire.GoAway(0, 0, 0));
			silent.awaitEnd();
			idleTimeIsOver.complete(null);
			assertThat(waiting.message(stream).status()).isEqualTo(204);
			assertThat(gateway.recorder.turnedAway).isEmpty();
		}
	}

	@Test
	void clientThatWaitsForItsAnswerIsNotIdle() throws IOException {
		CompletableFuture<Void> idleTimeIsOver = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			idleTimeIsOver.join();
			peer.write("HTTP/1.1 204 No Content\r\n\r\n");
		});
				Gateway gateway = new Gateway(impatient(TIME), backend.port());
				RawClient client = gateway.client();
				RawClient watch = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> !backend.heads().isEmpty());
			gateway.pass(TIME);
			assertThat(watch.rest()).isEmpty();
			idleTimeIsOver.complete(null);
			assertThat(client.head().status()).isEqualTo(204);
		}
	}

	@Test
	void tryThatTakesTooLongIsRepeatedOnAnotherInstance() throws IOException {
		try (ScriptedBackend mute = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				ScriptedBackend other = ScriptedBackend.answering("HTTP/1.1 204 No Content\r\n\r\n");
				Gateway gateway = new Gateway(Gateway.policy(TIME.multipliedBy(3), TIME), mute.port(), other.port());
				RawClient client = gateway.client()) {
			while (gateway.recorder.outcomes.stream().noneMatch(Outcome.TIMEOUT::equals)) {
				client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
				await().until(() -> mute.connections() == 1 || client.in().available() > 0);
				gateway.pass((mute.connections() == 0) ? Duration.ZERO : TIME);
				assertThat(client.head().status()).isEqualTo(204);
			}
			assertThat(gateway.recorder.outcomes).contains(Outcome.TIMEOUT);
			assertThat(gateway.recorder.retries).isNotEmpty();
		}
	}

	@Test
	void tryThatTakesTooLongFailsWhenRepeatingItCouldDoHarm() throws IOException {
		try (ScriptedBackend mute = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				Gateway gateway = new Gateway(Gateway.policy(TIME.multipliedBy(2), TIME), mute.port());
				RawClient client = gateway.client()) {
			client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 0\r\n\r\n");
			await().until(() -> mute.connections() == 1);
			gateway.pass(TIME);
			assertThat(client.answer().header("holdfast-error")).isEqualTo("timeout");
			assertThat(gateway.recorder.end().tries()).isEqualTo(1);
		}
	}

	@Test
	void backendThatStallsInItsAnswerIsGivenUp() throws IOException {
		RouteTimes times = new RouteTimes(Duration.ofSeconds(10), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(10),
				TIME);
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
			end.complete(peer.awaitEnd());
		}); Gateway gateway = new Gateway(Gateway.policy(times), backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			assertThat(client.head().status()).isEqualTo(200);
			gateway.pass(TIME);
			assertThatThrownBy(client::rest).isInstanceOf(IOException.class);
			assertThat(end.join()).isTrue();
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("timeout");
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.TIMEOUT);
		}
	}

	@Test
	void requestMayTakeNoLongerThanItsTotalTimeWhateverItsProgress() throws IOException {
		RouteTimes times = new RouteTimes(Duration.ofSeconds(10), Duration.ZERO, TIME, Duration.ofSeconds(10),
				Duration.ZERO);
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
			while (true) {
				peer.write("5\r\nevent\r\n");
			}
		}); Gateway gateway = new Gateway(Gateway.policy(times), backend.port()); RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			gateway.pass(TIME);
			assertThatThrownBy(client::rest).isInstanceOf(IOException.class);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("timeout");
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.CANCELLED);
		}
	}

	@Test
	void clientThatDoesNotTakeItsAnswerIsGivenUp() throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend backend = answeringWithoutEnd(0x100000, end);
				Gateway gateway = new Gateway(impatient(TIME), backend.port());
				RawClient client = gateway.client()) {
			client.send("GET /orders/ HTTP/1.1\r\nHost: gateway.test\r\n\r\n");
			await().until(() -> client.in().available() > 0);
			await().until(() -> {
				gateway.pass(TIME);
				return end.isDone();
			});
			assertThat(gateway.recorder.end())
				.isEqualTo(new Gateway.Recorder.Entry("by-path", "orders", "GET", 499, "client-stalled", 1));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.CANCELLED);
			assertThatThrownBy(client::rest).isInstanceOf(IOException.class);
		}
	}

	@Test
	void http2ClientThatOpensNoWindowIsGivenUp() throws IOException {
		CompletableFuture<Boolean> end = new CompletableFuture<>();
		try (ScriptedBackend backend = answeringWithoutEnd(0x10000, end);
				Gateway gateway = new Gateway(impatient(TIME), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port(), new Http2Settings().initialWindowSize(0))) {
			int stream = client.get("/orders/");
			assertThat(client.head(stream).header(":status")).isEqualTo("200");
			await().until(() -> {
				gateway.pass(TIME);
				return end.isDone();
			});
			assertThat(client.awaitReset(stream)).isNotZero();
			assertThat(end.orTimeout(Patience.TIME.toSeconds(), TimeUnit.SECONDS).join()).isTrue();
			assertThat(gateway.recorder.end())
				.isEqualTo(new Gateway.Recorder.Entry("by-path", "orders", "GET", 499, "client-stalled", 1));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.CANCELLED);
			assertThat(client.frames()).noneMatch(Http2Wire.Data.class::isInstance);
		}
	}

	@Test
	void http2ClientThatOpensNoWindowForASmallAnswerIsNotKeptForEver() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
				Gateway gateway = new Gateway(impatient(TIME), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port(), new Http2Settings().initialWindowSize(0))) {
			client.get("/orders/");
			assertThat(gateway.recorder.end().status()).isEqualTo(200);
			await().until(() -> {
				gateway.pass(TIME);
				return client.isEnded();
			});
			client.awaitEnd();
			assertThat(client.frames()).noneMatch(Http2Wire.Data.class::isInstance);
		}
	}

	/**
	 * A backend that answers for as long as it is read from.
	 * @param chunk the size of its chunks, bytes
	 * @param end completed when nobody reads any more
	 */
	private static ScriptedBackend answeringWithoutEnd(int chunk, CompletableFuture<Boolean> end) {
		return new ScriptedBackend((peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
			String block = Integer.toHexString(chunk) + "\r\n" + "x".repeat(chunk) + "\r\n";
			try {
				while (true) {
					peer.write(block);
				}
			}
			finally {
				end.complete(true);
			}
		});
	}

	private static TrafficSettings impatient(Duration time) {
		TrafficSettings usual = Gateway.oneEventLoop();
		return new TrafficSettings(usual.address(), usual.port(), usual.eventLoops(), usual.trustedProxies(),
				usual.livenessPath(), usual.readinessPath(), usual.limits(),
				new TrafficTimes(time, time, time, time, time, time, Duration.ZERO));
	}

	@Test
	void settingsThatCannotBeUsedAreNamed() {
		assertThatThrownBy(() -> Gateway.policy(Duration.ZERO, Duration.ZERO))
			.isInstanceOf(IllegalArgumentException.class)
			.hasMessage("request-timeout: PT0S (expected: 1ms to 24d)");
		assertThatThrownBy(() -> Gateway.settings("10.0.0.0/33")).isInstanceOf(IllegalArgumentException.class)
			.hasMessageStartingWith("trusted-proxies: \"10.0.0.0/33\" (expected:");
	}

}
