package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Http2Wire.Head;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Many requests on few connections to instances, and what becomes of them when one ends.
 */
class MultiplexingTests {

	private static final int MANY = 50;

	@Test
	void requestsThatComeTogetherShareOneConnection() throws IOException {
		try (Http2Backend backend = Http2Backend.answering("ok");
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			for (int i = 0; i < MANY; i++) {
				client.get("/orders/" + i);
			}
			for (int i = 0; i < MANY; i++) {
				assertThat(client.message(2 * i + 1).body()).isEqualTo("ok");
			}
			assertThat(backend.wires()).hasSize(1);
		}
	}

	@Test
	void connectionCarriesNoMoreRequestsThanTheInstanceTakes() throws IOException {
		CompletableFuture<Void> answers = new CompletableFuture<>();
		try (Http2Backend backend = new Http2Backend(new Http2Settings().maxConcurrentStreams(2), (wire) -> {
			int first = wire.nextHead().stream();
			int second = wire.nextHead().stream();
			answers.join();
			wire.answer(first, "200", true);
			wire.answer(second, "200", true);
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			for (int i = 0; i < 6; i++) {
				client.get("/orders/" + i);
			}
			await().until(() -> backend.wires().size() == 3);
			answers.complete(null);
			for (int i = 0; i < 6; i++) {
				assertThat(client.message(2 * i + 1).status()).isEqualTo(200);
			}
			assertThat(backend.wires()).hasSize(3);
		}
	}

	@Test
	void instanceThatTakesNoStreamsIsGivenUp() throws IOException {
		try (Http2Backend backend = new Http2Backend(new Http2Settings().maxConcurrentStreams(0), Http2Wire::awaitEnd);
				Gateway gateway = Gateway.toHttp2(backend.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("connect-failed");
			await().until(() -> backend.wires().size() == 1);
		}
	}

	@Test
	void instanceThatTakesConnectionsAndSaysNothingIsGivenUpAndAskedAgain() throws IOException {
		TrafficTimes times = new TrafficTimes(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofSeconds(10),
				Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofMillis(100), Duration.ZERO);
		try (ScriptedBackend mute = new ScriptedBackend(ScriptedBackend.Peer::awaitEnd);
				Gateway gateway = new Gateway(Gateway.settings(TrafficLimits.DEFAULTS, times), List.of(), Scheme.GRPC,
						mute.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("connect-failed");
			assertThat(client.get("/orders/").header("holdfast-error")).isEqualTo("connect-failed");
			assertThat(gateway.recorder.connectFailures).containsExactly("timeout", "timeout");
			await().until(() -> mute.connections() == 2);
		}
	}

	@Test
	void postThatTheInstanceRefusedIsSentAgainWithItsBody() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int refused = wire.nextHead().stream();
			wire.data(refused);
			wire.reset(refused, Http2Error.REFUSED_STREAM.code());
			while (true) {
				int stream = wire.nextHead().stream();
				wire.answer(stream, "200", false);
				wire.data(stream, wire.data(stream).text(), true);
			}
		}); Gateway gateway = Gateway.toHttp2(backend.port()); RawClient client = gateway.client()) {
			client.send("POST /orders/ HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 2\r\n\r\nhi");
			assertThat(client.answer().body()).isEqualTo("hi");
			assertThat(gateway.recorder.retries).hasSize(1);
			assertThat(backend.wires()).hasSize(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "GET", "POST" })
	void onlyWhatMayBeDoneTwiceIsSentAgainWhenTheStreamBreaks(String method) throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			wire.reset(wire.nextHead().stream(), Http2Error.INTERNAL_ERROR.code());
			wire.answer(wire.nextHead().stream(), "200", true);
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port(), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			Http2Wire.Message answer = client.message(client.request(method, "/orders/", true));
			assertThat(answer.head().header("holdfast-error")).isEqualTo(method.equals("GET") ? "" : "backend-reset");
			assertThat(gateway.recorder.end().tries()).isEqualTo(method.equals("GET") ? 2 : 1);
		}
	}

	@Test
	void goAwayLetsTheOldRequestsFinishAndSendsTheOthersElsewhere() throws IOException {
		CompletableFuture<Void> retried = new CompletableFuture<>();
		try (Http2Backend backend = new Http2Backend((wire) -> {
			Head head = wire.nextHead();
			if (!head.header(":path").equals("/first")) {
				wire.answer(head.stream(), "200", true, "x-connection", "second");
				wire.awaitEnd();
				return;
			}
			wire.nextHead();
			wire.goAway(head.stream());
			retried.join();
			wire.answer(head.stream(), "200", true, "x-connection", "first");
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int first = client.request("POST", "/orders/first", true);
			await().until(() -> backend.wires().size() == 1);
			int second = client.request("POST", "/orders/second", true);
			assertThat(client.message(second).head().header("x-connection")).isEqualTo("second");
			retried.complete(null);
			assertThat(client.message(first).head().header("x-connection")).isEqualTo("first");
			// Its last request has ended, and nobody will use it again.
			backend.wires().getFirst().awaitEnd();
		}
	}

	@Test
	void otherStreamsGoOnWhenOneBreaks() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int broken = wire.nextHead().stream();
			int sound = wire.nextHead().stream();
			wire.answer(broken, "200", false);
			wire.answer(sound, "200", false);
			wire.data(broken, "half", false);
			wire.data(sound, "half", false);
			wire.awaitPong(1);
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int broken = client.get("/orders/broken");
			int sound = client.get("/orders/sound");
			assertThat(client.data(broken).text()).isEqualTo("half");
			assertThat(client.data(sound).text()).isEqualTo("half");
			Http2Wire wire = backend.wires().getFirst();
			wire.reset(1, Http2Error.INTERNAL_ERROR.code());
			assertThat(client.awaitReset(broken)).isEqualTo(Http2Error.INTERNAL_ERROR.code());
			wire.data(3, "whole", true);
			assertThat(client.data(sound).text()).isEqualTo("whole");
		}
	}

	@Test
	void backendsStreamIsCancelledWhenTheClientResetsItsOwn() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			wire.nextHead();
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.get("/orders/");
			await().until(() -> backend.wires().size() == 1);
			client.reset(stream, Http2Error.CANCEL.code());
			assertThat(backend.wires().getFirst().awaitReset(1)).isEqualTo(Http2Error.CANCEL.code());
		}
	}

	@Test
	void streamsOfOneConnectionMayBeForDifferentHosts() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			while (true) {
				Head head = wire.nextHead();
				wire.answer(head.stream(), "200", true, "x-hosts",
						head.header(":authority") + " " + head.header("x-forwarded-host"));
			}
		});
				Gateway gateway = new Gateway(Gateway.settings(),
						List.of(new Route("orders", "", "/orders/**", Set.of(), Map.of(), Gateway.ORDERS, "/orders",
								true, RoutePolicy.DEFAULTS)),
						Scheme.GRPC, backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			// Both wait for the connection that the first one needs.
			int first = client.headers(1, head("one.test:8080"), true);
			int second = client.headers(3, head("two.test"), true);
			assertThat(client.message(first).head().header("x-hosts")).isEqualTo("one.test:8080 one.test:8080");
			assertThat(client.message(second).head().header("x-hosts")).isEqualTo("two.test two.test");
		}
	}

	private static DefaultHttp2Headers head(String authority) {
		DefaultHttp2Headers head = new DefaultHttp2Headers();
		head.method("GET").scheme("http").path("/orders/").authority(authority);
		return head;
	}

	@Test
	void clientThatSendsOnAfterItsAnswerIsToldToStop() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			wire.answer(stream, "413", true);
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("POST", "/orders/", false);
			assertThat(client.head(stream).header(":status")).isEqualTo("413");
			assertThat(client.awaitReset(stream)).isEqualTo(Http2Error.NO_ERROR.code());
			assertThat(backend.wires().getFirst().awaitReset(1)).isEqualTo(Http2Error.CANCEL.code());
		}
	}

	@Test
	void stopSaysGoAwayAndLetsRunningRequestsFinish() throws Exception {
		CompletableFuture<Void> answer = new CompletableFuture<>();
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			answer.join();
			wire.answer(stream, "200", true);
			wire.awaitEnd();
		});
				Gateway gateway = Gateway.toHttp2(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.get("/orders/");
			await().until(() -> backend.wires().size() == 1);
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(10)));
			assertThat(client.awaitGoAway().last()).isGreaterThanOrEqualTo(stream);
			answer.complete(null);
			assertThat(client.message(stream).status()).isEqualTo(200);
			client.awaitEnd();
			stop.join();
		}
	}

}
