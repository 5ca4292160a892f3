package dev.holdfast.proxy;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.override.Action;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.Mirror;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.service.ServiceName;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.upstream.Outcome;
import dev.holdfast.upstream.UpstreamInstance;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Copies of requests that go to another service as well.
 */
class MirrorTests {

	private static final ServiceName SHADOW = new ServiceName("shadow");

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private static Gateway gateway(int port, int... shadows) {
		Gateway gateway = new Gateway(RoutePolicy.DEFAULTS, List.of(Actions.mirror(new Mirror(SHADOW, 1))), port);
		gateway.register(SHADOW, shadows);
		return gateway;
	}

	@Test
	void requestIsCopiedToTheOtherService() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = ScriptedBackend.answering("HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno");
				Gateway gateway = gateway(backend.port(), shadow.port());
				RawClient client = gateway.client()) {
			assertThat(client.get("/a/b?c=d", "X-Kept: 1").body()).isEqualTo("ok");
			await().until(() -> gateway.recorder.mirrored.size() == 1);
			assertThat(gateway.recorder.mirrored).containsExactly("shadow SERVER_ERROR");
			assertThat(shadow.heads())
				.containsExactly(backend.heads().getFirst().replace(":" + backend.port(), ":" + shadow.port()));
			assertThat(gateway.recorder.outcomes).containsExactly(Outcome.SUCCESS);
			assertThat(gateway.recorder.end().tries()).isEqualTo(1);
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "Content-Length: 7\r\n\r\npayload",
			"Transfer-Encoding: chunked\r\n\r\n" + "3\r\npay\r\n4\r\nload\r\n0\r\n\r\n" })
	void bodyIsCopied(String rest) throws IOException {
		CompletableFuture<String> copied = new CompletableFuture<>();
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = new ScriptedBackend((peer) -> {
					copied.complete(peer.readRequest());
					peer.write(OK);
				});
				Gateway gateway = gateway(backend.port(), shadow.port());
				RawClient client = gateway.client()) {
			client.send("POST /a HTTP/1.1\r\nHost: gateway.test\r\n" + rest);
			assertThat(client.answer().body()).isEqualTo("ok");
			assertThat(copied.join()).isEqualTo("payload");
			assertThat(shadow.heads().getFirst()).contains("\r\ncontent-length: 7\r\n")
				.doesNotContainIgnoringCase("chunked");
			await().until(() -> gateway.recorder.mirrored.equals(List.of("shadow SUCCESS")));
		}
	}

	@Test
	void requestByHttp2IsCopied() throws IOException {
		CompletableFuture<String> copied = new CompletableFuture<>();
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = new ScriptedBackend((peer) -> {
					copied.complete(peer.readRequest());
					peer.write(OK);
				});
				Gateway gateway = gateway(backend.port(), shadow.port());
				Http2Wire client = Http2Wire.connect(gateway.server.port())) {
			int stream = client.request("PUT", "/a", false);
			client.data(stream, "payload", true);
			assertThat(client.message(stream).body()).isEqualTo("ok");
			assertThat(copied.join()).isEqualTo("payload");
		}
	}

	@Test
	void bodyThatIsTooLargeToKeepIsNotCopied() throws IOException {
		int length = 64 * 1024 + 1;
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = ScriptedBackend.answering(OK);
				Gateway gateway = gateway(backend.port(), shadow.port());
				RawClient client = gateway.client()) {
			client.send("PUT /a HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + length + "\r\n\r\n"
					+ "x".repeat(length));
			assertThat(client.answer().body()).isEqualTo("ok");
			assertThat(gateway.recorder.mirrored).containsExactly("shadow NOT_SENT");
			assertThat(shadow.connections()).isZero();
		}
	}

	/**
	 * It never answers, and is given up after the time that requests have.
	 */
	@Test
	void serviceThatHangsDelaysNobody() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = new ScriptedBackend((peer) -> {
					peer.readRequest();
					peer.awaitEnd();
				});
				Gateway gateway = gateway(backend.port(), shadow.port());
				RawClient client = gateway.client()) {
			for (int i = 0; i < 10; i++) {
				assertThat(client.get("/a").body()).isEqualTo("ok");
			}
			await().until(() -> shadow.heads().size() == 10);
			assertThat(gateway.recorder.mirrored).isEmpty();
			gateway.pass(Duration.ofSeconds(30));
			await().until(() -> gateway.recorder.mirrored.size() == 10);
			assertThat(gateway.recorder.mirrored).containsOnly("shadow FAILURE");
			assertThat(client.get("/orders/").body()).isEqualTo("ok");
		}
	}

	@Test
	void serviceThatIsGoneHurtsNobody() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				Gateway gateway = gateway(backend.port(), ScriptedBackend.refusedPort());
				RawClient client = gateway.client()) {
			assertThat(client.get("/a").body()).isEqualTo("ok");
			await().until(() -> gateway.recorder.mirrored.equals(List.of("shadow FAILURE")));
			assertThat(gateway.recorder.connectFailures).isEmpty();
			gateway.register(SHADOW);
			assertThat(client.get("/a").body()).isEqualTo("ok");
			await().until(() -> gateway.recorder.mirrored.equals(List.of("shadow FAILURE", "shadow NOT_SENT")));
		}
	}

	/**
	 * Its end would tell nothing, and the instance get no other request meanwhile.
	 */
	@Test
	void copyIsNoTrialOfAnInstanceThatReturns() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = ScriptedBackend.answering(OK);
				Gateway gateway = gateway(backend.port(), shadow.port())) {
			UpstreamInstance instance = gateway.instances(SHADOW).getFirst();
			for (int i = 0; i < 5; i++) {
				instance.end(Outcome.SERVER_ERROR, instance.start());
			}
			gateway.pass(Duration.ofSeconds(31));
			try (RawClient client = gateway.client()) {
				assertThat(client.get("/a").body()).isEqualTo("ok");
				await().until(() -> gateway.recorder.mirrored.equals(List.of("shadow NOT_SENT")));
				instance.end(Outcome.SUCCESS, instance.start());
				assertThat(client.get("/a").body()).isEqualTo("ok");
				await().until(() -> gateway.recorder.mirrored.equals(List.of("shadow NOT_SENT", "shadow SUCCESS")));
			}
		}
	}

	@Test
	void copyIsNotSentWhileTheCircuitIsOpen() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = ScriptedBackend.answering(OK);
				Gateway gateway = gateway(backend.port(), shadow.port());
				RawClient client = gateway.client()) {
			gateway.override(new Action.CircuitOpen(SHADOW));
			assertThat(client.get("/a").body()).isEqualTo("ok");
			await().until(() -> gateway.recorder.mirrored.equals(List.of("shadow NOT_SENT")));
			assertThat(shadow.connections()).isZero();
		}
	}

	/**
	 * The route that is copied speaks HTTP/2 to instances of its own that do not.
	 */
	@Test
	void otherServiceIsSpokenToAsItsOwnRoutesDo() throws IOException {
		Route copied = Actions.mirror(new Mirror(SHADOW, 1));
		RoutePolicy http2 = new RoutePolicy(BackendProtocol.H2, copied.policy().times(), 0, copied.policy().security(),
				copied.policy().paths(), copied.policy().retry(), copied.policy().actions());
		Route route = new Route(copied.id(), copied.hosts(), copied.matches(), copied.backends(), "", false, http2);
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(RoutePolicy.DEFAULTS, List.of(route), backend.port());
				RawClient client = gateway.client()) {
			gateway.register(SHADOW, shadow.port());
			assertThat(client.get("/a").status()).isEqualTo(502);
			await().until(() -> gateway.recorder.mirrored.equals(List.of("shadow SUCCESS")));
		}
	}

	@Test
	void onlyAShareIsCopied() throws IOException {
		try (ScriptedBackend backend = ScriptedBackend.answering(OK);
				ScriptedBackend shadow = ScriptedBackend.answering(OK);
				Gateway gateway = new Gateway(RoutePolicy.DEFAULTS,
						List.of(Actions.mirror(new Mirror(SHADOW, 0), new Mirror(Gateway.ORDERS, 0.5))),
						backend.port());
				RawClient client = gateway.client()) {
			gateway.register(SHADOW, shadow.port());
			for (int i = 0; i < 200; i++) {
				client.get("/a");
			}
			await().until(() -> gateway.active() == 0);
			// Further from the half than once in a million million million runs.
			assertThat(gateway.recorder.mirrored).hasSizeBetween(40, 160).containsOnly("orders SUCCESS");
			assertThat(shadow.connections()).isZero();
		}
	}

}
