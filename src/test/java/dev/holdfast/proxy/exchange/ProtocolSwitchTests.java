package dev.holdfast.proxy.exchange;

import dev.holdfast.proxy.backend.BackendFailure;
import dev.holdfast.proxy.header.HttpVersion;
import dev.holdfast.route.BackendProtocol;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Offers of other protocols, taken and declined.
 */
class ProtocolSwitchTests {

	private final ExchangeWorld world = new ExchangeWorld(1);

	private static FakeClient offer(String protocol) {
		return FakeClient.get("/orders/", "Connection", "Upgrade", "Upgrade", protocol);
	}

	private static FakeClient webSocket() {
		return FakeClient
			.of(HttpVersion.HTTP_2, "CONNECT", "/orders/chat", "sec-websocket-version", "13", "sec-websocket-key", "x",
					"content-length", "9", "expect", "100-continue")
			.withProtocol("websocket");
	}

	private static String key(FakeBackend backend) {
		int start = backend.fields.indexOf("Sec-WebSocket-Key: ") + "Sec-WebSocket-Key: ".length();
		return backend.fields.substring(start, backend.fields.indexOf('|', start));
	}

	@Test
	void offerThatIsTakenOpensATunnel() {
		FakeClient client = this.world.request(offer("chat"));
		FakeBackend backend = this.world.connected();
		assertThat(client.held).isTrue();
		assertThat(backend.fields).contains("Connection: Upgrade|Upgrade: chat|");
		backend.switches("Connection", "Upgrade", "Upgrade", "chat", "X-Room", "1", "Content-Length", "0");
		assertThat(client.told).containsExactly("switch 101");
		assertThat(client.fields).contains("X-Room: 1|").endsWith("Upgrade: chat|").doesNotContain("Content-Length");
		assertThat(this.world.recorder.told).containsExactly("start");
		client.tunnel.closes();
		assertThat(this.world.recorder.told).containsExactly("start", "try SUCCESS", "end GET 101 after 1");
	}

	@Test
	void tunnelThatTheInstanceBreaksIsTold() {
		this.world.request(offer("chat"));
		FakeBackend backend = this.world.connected();
		backend.switches("Upgrade", "chat");
		backend.tunnel.breaks();
		assertThat(this.world.recorder.told).containsExactly("start", "try BROKEN",
				"end GET 101 backend-reset after 1");
	}

	@Test
	void offerThatIsDeclinedGoesOnWithHttp() {
		FakeClient client = this.world.request(offer("chat"));
		this.world.connected().answers(200, "no");
		assertThat(client.held).isFalse();
		assertThat(client.told).containsExactly("head 200", "body no", "end");
	}

	@Test
	void offerIsDeclinedByAnErrorAsWell() {
		FakeClient client = this.world.request(offer("chat"));
		this.world.asked.getLast().refusesConnection();
		assertThat(client.held).isFalse();
	}

	@Test
	void switchThatNobodyOfferedIsABadResponse() {
		FakeClient client = this.world.request(FakeClient.get("/orders/"));
		FakeBackend backend = this.world.connected();
		backend.switches("Upgrade", "chat");
		assertThat(client.told).first().isEqualTo("head 502");
		assertThat(backend.told).endsWith("cancel");
	}

	@Test
	void httpIsNotOffered() {
		FakeClient client = this.world.request(offer("h2c"));
		FakeBackend backend = this.world.connected();
		assertThat(client.held).isFalse();
		assertThat(backend.fields).doesNotContain("Upgrade");
		backend.answers(200, "ok");
	}

	@Test
	void webSocketByHttp2IsAskedForByHttp1() {
		FakeClient client = this.world.request(webSocket());
		FakeBackend backend = this.world.connected();
		assertThat(backend.told).containsExactly("only head GET /chat");
		assertThat(backend.fields).contains("Connection: Upgrade|Upgrade: websocket|")
			.contains("sec-websocket-version: 13|")
			.doesNotContain("sec-websocket-key", "content-length", "expect");
		backend.switches("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Accept",
				WebSocketOffer.accepted(key(backend)), "Sec-WebSocket-Protocol", "chat");
		assertThat(client.told).containsExactly("switch 200");
		assertThat(client.fields).contains("Sec-WebSocket-Protocol: chat|").doesNotContain("Accept", "Upgrade");
		client.tunnel.closes();
		assertThat(this.world.recorder.told).containsExactly("start", "try SUCCESS", "end CONNECT 200 after 1");
	}

	@Test
	void acceptOfAnExampleIsTheOneOfTheSpecification() {
		assertThat(WebSocketOffer.accepted("dGhlIHNhbXBsZSBub25jZQ==")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
	}

	@Test
	void webSocketThatTheInstanceDidNotUnderstandIsABadResponse() {
		FakeClient client = this.world.request(webSocket());
		this.world.connected().switches("Upgrade", "websocket", "Sec-WebSocket-Accept", "wrong");
		assertThat(client.told).first().isEqualTo("head 502");
	}

	@Test
	void successThatIsNoSwitchMustNotReachAClientThatAskedForAWebSocket() {
		FakeClient client = this.world.request(webSocket());
		FakeBackend backend = this.world.connected();
		backend.head(200, 2);
		assertThat(client.told).first().isEqualTo("head 502");
		assertThat(backend.told).endsWith("cancel");
		assertThat(this.world.upstream().instances().getFirst().errors()).isZero();
	}

	@Test
	void webSocketIsAskedForAgainAsTheGetThatItIsToTheInstance() {
		this.world.request(webSocket());
		FakeBackend backend = this.world.connected();
		assertThat(backend.avoidStale).isFalse();
		backend.reused = true;
		backend.fails(new BackendFailure.ConnectionBroken(true, true));
		assertThat(this.world.asked).hasSize(2);
	}

	@Test
	void otherResponsesToAWebSocketArePassedOn() {
		FakeClient client = this.world.request(webSocket());
		this.world.connected().answers(403, "no");
		assertThat(client.told).containsExactly("head 403", "body no", "end");
	}

	@Test
	void otherProtocolsAreNotSupported() {
		FakeClient client = this.world
			.request(FakeClient.of(HttpVersion.HTTP_2, "CONNECT", "/orders/").withProtocol("connect-udp"));
		assertThat(client.told).first().isEqualTo("head 501");
		assertThat(this.world.recorder.told).containsExactly("start", "rejected protocol",
				"end CONNECT 501 protocol-not-supported after 0");
	}

	@Test
	void instancesThatSpeakHttp2OpenNoWebSocket() {
		ExchangeWorld http2 = Policies.withProtocol(BackendProtocol.H2);
		FakeClient client = http2.request(webSocket());
		assertThat(http2.asked).isEmpty();
		assertThat(client.told).first().isEqualTo("head 501");
	}

}
