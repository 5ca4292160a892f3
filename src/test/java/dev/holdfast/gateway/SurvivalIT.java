package dev.holdfast.gateway;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;

import dev.holdfast.testing.Closer;
import dev.holdfast.testing.EtcdKeys;
import dev.holdfast.testing.EtcdProcess;
import dev.holdfast.testing.GatewayProcess;
import dev.holdfast.testing.GrpcBackend;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.TestBackend;
import io.grpc.CallOptions;
import io.grpc.Metadata;
import io.grpc.Status;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Conversations that are older than an outage of etcd, and younger than its end.
 */
class SurvivalIT {

	private static final String USERS = "openim.user.User";

	private static final Metadata.Key<String> WANTED = Metadata.Key.of("x-service", Metadata.ASCII_STRING_MARSHALLER);

	private static final int TICK_MILLIS = 20;

	private static final Closer closer = new Closer();

	private static EtcdProcess etcd;

	private static GrpcBackend messages;

	private static GrpcBackend users;

	private static GatewayProcess gateway;

	@BeforeAll
	static void start() {
		etcd = closer.register(EtcdProcess.start());
		TestBackend web = closer.register(TestBackend.start("web", SurvivalIT::serve));
		messages = closer.register(GrpcBackend.start());
		users = closer.register(GrpcBackend.start(USERS));
		try (EtcdKeys keys = new EtcdKeys(etcd.endpoint())) {
			keys.put("openim/msg-rpc-service/127.0.0.1:" + messages.port(), grpc(messages));
			keys.put("openim/user-rpc-service/127.0.0.1:" + users.port(), grpc(users));
			keys.put("/services/web/a", web.address());
		}
		gateway = closer.register(launch().start());
		until(() -> gateway.status().path("instances").asInt() == 3);
	}

	@AfterAll
	static void stop() {
		closer.close();
	}

	@Test
	void conversationsGoOnWhileEtcdIsAwayAndWhenItComesBack() {
		List<Conversation> conversations = new ArrayList<>();
		try (GrpcClient grpc = new GrpcClient(port(gateway))) {
			conversations.addAll(begin(gateway, grpc));
			conversations.forEach(Conversation::awaitMore);
			etcd.kill();
			until(() -> gateway.status().path("state").asText().equals("STALE"));
			conversations.addAll(begin(gateway, grpc));
			conversations.forEach(Conversation::awaitMore);
			etcd.restart();
			until(() -> gateway.status().path("state").asText().equals("LIVE"));
			conversations.forEach(Conversation::awaitMore);
			conversations.forEach(Conversation::end);
		}
		gateway.collectGarbage();
		assertThat(gateway.defects()).isEmpty();
	}

	@Test
	void servicesThatOpenImRegistersAreFoundByPathAndByHeader() {
		int toMessages = messages.heads().size();
		int toUsers = users.heads().size();
		try (GrpcClient byPath = new GrpcClient(port(gateway));
				GrpcClient byHeader = new GrpcClient(port(gateway), USERS)) {
			assertThat(byPath.send("Say", "hello").messages()).containsExactly("hello");
			assertThat(messages.heads()).hasSize(toMessages + 1);
			Metadata head = new Metadata();
			head.put(WANTED, "users");
			GrpcClient.Result result = byHeader.call("Say", CallOptions.DEFAULT, head, true)
				.send("hello")
				.halfClose()
				.result();
			assertThat(result.status()).isEqualTo(Status.OK);
			assertThat(result.messages()).containsExactly("hello");
			assertThat(users.heads()).hasSize(toUsers + 1);
			assertThat(byHeader.send("Say", "hello").status().getCode()).isEqualTo(Status.Code.UNIMPLEMENTED);
		}
		assertThat(gateway.defects()).isEmpty();
	}

	private static String grpc(GrpcBackend backend) {
		return "{\"Op\":0,\"Addr\":\"127.0.0.1:%d\",\"Metadata\":null}".formatted(backend.port());
	}

	private static GatewayProcess.Launch launch() {
		return GatewayProcess.with(etcd.endpoint())
			.arguments("--holdfast.registry.sources[0].prefix=/services/",
					"--holdfast.registry.sources[1].prefix=openim/", "--holdfast.registry.sources[1].format=grpc",
					"--holdfast.registry.sources[1].scheme=grpc", "--holdfast.routes[0].id=messages",
					"--holdfast.routes[0].path=/" + GrpcBackend.SERVICE + "/**",
					"--holdfast.routes[0].service=msg-rpc-service", "--holdfast.routes[1].id=users",
					"--holdfast.routes[1].path=/**", "--holdfast.routes[1].headers.X-Service=users",
					"--holdfast.routes[1].service=user-rpc-service");
	}

	private static int port(GatewayProcess gateway) {
		return URI.create(gateway.url("/")).getPort();
	}

	private static List<Conversation> begin(GatewayProcess gateway, GrpcClient grpc) {
		return List.of(new Conversation("gRPC chat", new Lines.Grpc(grpc.call("Chat"))),
				new Conversation("WebSocket chat by OkHttp", new Lines.OkHttp(gateway.url("/web/chat"))),
				new Conversation("WebSocket chat by the JDK", new Lines.Jdk(gateway.url("/web/chat"))),
				new Conversation("ticker", new Lines.Ticker(gateway.url("/web/ticks"))));
	}

	private static void until(Callable<Boolean> condition) {
		await().pollInterval(Duration.ofMillis(50)).until(condition);
	}

	private static void serve(HttpServerRequest request) {
		if (request.path().equals("/chat")) {
			request.toWebSocket().onSuccess((socket) -> socket.textMessageHandler(socket::writeTextMessage));
			return;
		}
		Vertx vertx = Vertx.currentContext().owner();
		request.response().setChunked(true).putHeader("content-type", "text/event-stream");
		int[] number = new int[1];
		long timer = vertx.setPeriodic(TICK_MILLIS, (now) -> request.response().write("data: " + ++number[0] + "\n\n"));
		request.response().closeHandler((closed) -> vertx.cancelTimer(timer));
	}

}
