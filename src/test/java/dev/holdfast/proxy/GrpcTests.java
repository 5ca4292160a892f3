package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.GrpcBackend;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.upstream.Outcome;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class GrpcTests {

	private static final Metadata.Key<String> ECHO = Metadata.Key.of("x-echo", Metadata.ASCII_STRING_MARSHALLER);

	private static final Metadata.Key<byte[]> BINARY = Metadata.Key.of("x-echo-bin", Metadata.BINARY_BYTE_MARSHALLER);

	private static final int MEGABYTE = 1024 * 1024;

	@Test
	void unaryCallPassesWithItsMetadata() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			Metadata head = new Metadata();
			head.put(ECHO, "text");
			head.put(BINARY, new byte[] { 0, -1, 10, 13 });
			GrpcClient.Result result = client.call("Say", CallOptions.DEFAULT, head, true)
				.send("hello")
				.halfClose()
				.result();
			assertThat(result.status().isOk()).isTrue();
			assertThat(result.messages()).containsExactly("hello");
			assertThat(result.head().get(ECHO)).isEqualTo("text");
			assertThat(result.head().get(BINARY)).containsExactly(0, -1, 10, 13);
			assertThat(result.trailers().get(ECHO)).isEqualTo("text");
			assertThat(result.trailers().get(BINARY)).containsExactly(0, -1, 10, 13);
			assertThat(result.trailer("x-afterwards")).isEqualTo("yes");
			assertThat(gateway.recorder.end().status()).isEqualTo(200);
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.SUCCESS);
		}
	}

	@Test
	void serverStreamPassesInOrder() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Result result = client.send("Count", "1000");
			assertThat(result.status().isOk()).isTrue();
			assertThat(result.messages()).hasSize(1000).startsWith("1", "2", "3").endsWith("1000");
		}
	}

	@Test
	void clientStreamPassesToItsHalfClose() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Call call = client.call("Collect");
			for (int i = 0; i < 100; i++) {
				call.send("x");
			}
			assertThat(call.halfClose().result().messages()).containsExactly("x".repeat(100));
		}
	}

	@Test
	void messagesPassBothWaysWhileBothSidesTalk() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Call call = client.call("Chat");
			for (int i = 0; i < 10; i++) {
				assertThat(call.send("message " + i).next()).isEqualTo("message " + i);
			}
			assertThat(call.halfClose().result().status().isOk()).isTrue();
		}
	}

	@Test
	void largeMessagesPass() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			String message = "x".repeat(16 * MEGABYTE);
			assertThat(client.send("Say", message).messages()).containsExactly(message);
		}
	}

	@ParameterizedTest
	@CsvSource({ "5, SUCCESS, false", "3, SUCCESS, false", "16, SUCCESS, false", "2, SERVER_ERROR, true",
			"4, SERVER_ERROR, false", "12, SERVER_ERROR, false", "13, SERVER_ERROR, true", "14, SERVER_ERROR, true" })
	void statusAndMessageOfTheBackendPassAndCountForTheInstance(int status, Outcome outcome, boolean blamed) {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Result result = client.send("Fail", status + " 100 % \u00fcber");
			assertThat(result.status().getCode().value()).isEqualTo(status);
			assertThat(result.status().getDescription()).isEqualTo("100 % \u00fcber");
			assertThat(gateway.recorder.end().status()).isEqualTo(200);
			assertThat(gateway.recorder.outcomes).containsExactly(outcome);
			assertThat(gateway.instances().getFirst().errors()).isEqualTo(blamed ? 1 : 0);
		}
	}

	@Test
	void backendHearsThatTheClientGaveUp() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Call call = client.call("Chat");
			assertThat(call.send("hello").next()).isEqualTo("hello");
			call.cancel();
			await().until(() -> backend.cancelled() == 1);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("client-gone");
			assertThat(client.send("Say", "again").messages()).containsExactly("again");
		}
	}

	@Test
	void clientHearsThatTheBackendBrokeOff() throws IOException {
		CompletableFuture<Void> passed = new CompletableFuture<>();
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			wire.answer(stream, "200", false, "content-type", "application/grpc");
			wire.data(stream, "\0\0\0\0\2hi", false);
			passed.join();
			wire.reset(stream, 2);
			wire.awaitEnd();
		}); Gateway gateway = gateway(backend.port()); GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Call call = client.call("Count").send("1000").halfClose();
			assertThat(call.next()).isEqualTo("hi");
			passed.complete(null);
			GrpcClient.Result result = call.result();
			assertThat(result.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(result.trailer("holdfast-error")).isEqualTo("backend-reset");
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("backend-reset");
		}
	}

	@Test
	void deadlineIsPassedOnAndKept() throws IOException {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("POST", "/" + GrpcBackend.SERVICE + "/Silent", false, "content-type",
					"application/grpc", "te", "trailers", "grpc-timeout", "20S");
			client.data(stream, "\0\0\0\0\2hi", true);
			await().until(() -> !backend.deadlines().isEmpty());
			gateway.pass(Duration.ofSeconds(20));
			Http2Wire.Message answer = client.message(stream);
			assertThat(answer.status()).isEqualTo(200);
			assertThat(answer.head().end()).isTrue();
			assertThat(answer.head().header("grpc-status")).isEqualTo("4");
			assertThat(backend.deadlines()).hasSize(1).allMatch((millis) -> millis > 10_000 && millis <= 20_000);
		}
	}

	@Test
	void deadlineOfTheClientSaysNothingOfTheInstance() throws IOException {
		try (Http2Backend backend = new Http2Backend(Http2Wire::awaitEnd);
				Gateway gateway = gateway(backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			for (int i = 0; i < 10; i++) {
				int stream = client.request("POST", "/" + GrpcBackend.SERVICE + "/Silent", true, "content-type",
						"application/grpc", "te", "trailers", "grpc-timeout", "1m");
				assertThat(client.message(stream).head().header("grpc-status")).isEqualTo("4");
			}
			assertThat(gateway.instances().getFirst().errors()).isZero();
		}
	}

	@Test
	void callThatHasHadAMessageHoldsNoPermissionOfTheCircuit() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			while (true) {
				int stream = wire.nextHead().stream();
				wire.answer(stream, "200", false, "content-type", "application/grpc");
				wire.data(stream, "\0\0\0\0\2hi", false);
			}
		}); Gateway gateway = gateway(backend.port()); Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			CircuitBreaker breaker = gateway.breakers.circuitBreaker("orders");
			breaker.transitionToOpenState();
			breaker.transitionToHalfOpenState();
			for (int i = 0; i < breaker.getCircuitBreakerConfig().getPermittedNumberOfCallsInHalfOpenState(); i++) {
				int stream = client.request("POST", "/" + GrpcBackend.SERVICE + "/Count", true, "content-type",
						"application/grpc");
				assertThat(client.data(stream).text()).endsWith("hi");
			}
			assertThat(breaker.getState()).isEqualTo(CircuitBreaker.State.CLOSED);
		}
	}

	@Test
	void streamOutlivesTheTimeToTheAnswerOnceItHasBegun() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			wire.answer(stream, "200", false, "content-type", "application/grpc");
			wire.awaitPong(1);
		});
				Gateway gateway = gateway(Duration.ofSeconds(20), backend.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("POST", "/" + GrpcBackend.SERVICE + "/Chat", false, "content-type",
					"application/grpc");
			assertThat(client.head(stream).end()).isFalse();
			gateway.pass(Duration.ofSeconds(50));
			Http2Wire wire = backend.wires().getFirst();
			wire.trailers(stream, "grpc-status", "0");
			assertThat(client.head(stream).header("grpc-status")).isEqualTo("0");
		}
	}

	@Test
	void streamWhoseServerIsSilentLivesWhileTheClientTalks() throws IOException {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(Duration.ofSeconds(20), backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Call call = client.call("Collect");
			for (int i = 0; i < 8; i++) {
				int before = i;
				call.send("x");
				await().until(() -> backend.collected() > before);
				gateway.pass(Duration.ofSeconds(8));
			}
			assertThat(call.halfClose().result().messages()).containsExactly("x".repeat(8));
		}
	}

	@Test
	void clientThatReadsNothingStopsTheBackend() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Call call = client.call("Flood", CallOptions.DEFAULT, new Metadata(), false);
			call.send("go").halfClose();
			call.next();
			AtomicInteger before = new AtomicInteger(-1);
			await().pollInterval(300, TimeUnit.MILLISECONDS)
				.until(() -> before.getAndSet(backend.flooded()) == backend.flooded());
			assertThat(backend.flooded() * 64 * 1024).isLessThan(8 * MEGABYTE);
			// A neighbour on the same connection is not held up.
			assertThat(client.send("Say", "hello").messages()).containsExactly("hello");
			call.cancel();
			await().until(() -> backend.cancelled() == 1);
		}
	}

	@Test
	void callWithoutRouteIsUnimplemented() {
		try (Gateway gateway = new Gateway(); GrpcClient client = new GrpcClient(gateway.server.port(), "no.Such")) {
			GrpcClient.Result result = client.send("Say", "hello");
			assertThat(result.status().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
			assertThat(result.status().getDescription()).isEqualTo("No route matches the request.");
			assertThat(result.trailer("holdfast-error")).isEqualTo("no-route");
		}
	}

	@Test
	void callToAnInstanceThatRefusesIsUnavailable() {
		try (Gateway gateway = gateway(ScriptedBackend.refusedPort());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Result result = client.send("Say", "hello");
			assertThat(result.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
			assertThat(result.trailer("holdfast-error")).isEqualTo("connect-failed");
			assertThat(gateway.recorder.end().status()).isEqualTo(200);
		}
	}

	@Test
	void callIsRoutedByHeader() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = new Gateway(Gateway.settings(),
						List.of(new Route("echo", "", "/**", Set.of(), Map.of("x-echo", "blue"), Gateway.ORDERS, "",
								false, RoutePolicy.DEFAULTS)),
						Scheme.GRPC, backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			Metadata head = new Metadata();
			head.put(ECHO, "blue");
			assertThat(
					client.call("Say", CallOptions.DEFAULT, head, true).send("hello").halfClose().result().messages())
				.containsExactly("hello");
			assertThat(client.send("Say", "hello").status().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
		}
	}

	@Test
	void callThatAServerEndsEarlyEndsForTheClientToo() throws IOException {
		try (Http2Backend backend = new Http2Backend((wire) -> {
			int stream = wire.nextHead().stream();
			wire.answer(stream, "200", true, "content-type", "application/grpc", "grpc-status", "8", "grpc-message",
					"too%20much");
			wire.awaitEnd();
		}); Gateway gateway = gateway(backend.port()); GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Result result = client.call("Chat").send("hello").result();
			assertThat(result.status().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
			assertThat(result.status().getDescription()).isEqualTo("too much");
			assertThat(backend.wires().getFirst().awaitReset(1)).isEqualTo(8);
		}
	}

	@Test
	void stopEndsStreamsBehindAMessageAndLetsCallsFinish() {
		try (GrpcBackend backend = GrpcBackend.start();
				Gateway gateway = gateway(backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Call chat = client.call("Chat");
			chat.send("one").next();
			chat.send("two").next();
			GrpcClient.Call quiet = client.call("Chat");
			quiet.send("one").next();
			GrpcClient.Call flood = client.call("Flood").send("go").halfClose();
			flood.next();
			flood.next();
			GrpcClient.Call collect = client.call("Collect").send("x");
			await().until(() -> backend.heads().size() == 4);
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofMinutes(10)));
			for (GrpcClient.Call stream : List.of(chat, quiet, flood)) {
				GrpcClient.Result result = stream.result();
				assertThat(result.status().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
				assertThat(result.trailer("holdfast-error")).isEqualTo("shutting-down");
				assertThat(result.messages()).allMatch((message) -> message.length() == 64 * 1024);
			}
			await().until(() -> backend.cancelled() == 3);
			assertThat(stop.isAlive()).isTrue();
			assertThat(collect.send("y").halfClose().result().messages()).containsExactly("xy");
			await().until(() -> !stop.isAlive());
			assertThat(gateway.recorder.outcomes).containsOnly(Outcome.SUCCESS);
		}
	}

	private static Gateway gateway(int port) {
		return gateway(Duration.ofSeconds(30), port);
	}

	private static Gateway gateway(Duration requestTimeout, int port) {
		return new Gateway(Gateway.settings(), List.of(new Route("echo", "", "/" + GrpcBackend.SERVICE + "/**",
				Set.of(), Map.of(), Gateway.ORDERS, "", false, Gateway.policy(requestTimeout, Duration.ZERO))),
				Scheme.GRPC, port);
	}

}
