package dev.holdfast.proxy.client;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import dev.holdfast.proxy.client.FakeExchanges.Exchange;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.header.ResponseHead;
import dev.holdfast.proxy.transport.TlsContexts;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.proxy.tunnel.TunnelEnd;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2Settings;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class Http2ClientConnectionTests {

	private static final long NO_ERROR = 0x0;

	private static final long INTERNAL_ERROR = 0x2;

	private static final long CANCEL = 0x8;

	private ClientPort port;

	@BeforeEach
	void listen() throws IOException {
		this.port = new ClientPort(Transport.best(), null);
	}

	@AfterEach
	void close() {
		this.port.close();
	}

	private Http2Wire connect() throws IOException {
		return Http2Wire.connect(this.port.port());
	}

	@Test
	void clientThatBeginsWithThePrefaceIsServed() throws IOException {
		this.port.exchanges.first = (exchange) -> exchange.answer(200, "ok");
		try (Http2Wire client = connect()) {
			int stream = client.get("/1");
			assertThat(client.head(stream).header(":status")).isEqualTo("200");
			assertThat(client.data(stream)).as("the last bytes bring the end")
				.isEqualTo(new Http2Wire.Data(stream, "ok", true));
			assertThat(this.port.open()).isOne();
		}
		await().until(() -> this.port.open() == 0);
		assertThat(this.port.rejections).isEmpty();
	}

	@Test
	void prefaceThatComesByteByByteIsUnderstood() throws IOException {
		try (Socket socket = this.port.connect()) {
			socket.setTcpNoDelay(true);
			for (byte next : "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0"
				.getBytes(StandardCharsets.ISO_8859_1)) {
				socket.getOutputStream().write(next);
			}
			byte[] head = socket.getInputStream().readNBytes(9);
			assertThat(head[3]).as("SETTINGS").isEqualTo((byte) 4);
		}
	}

	@Test
	void securedClientChoosesItInTheHandshake(@TempDir Path folder) throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		try (ClientPort secure = new ClientPort(Transport.best(),
				TlsContexts.forServer(
						PemBundles.material(authority.certificate(), authority.issue("server", "127.0.0.1")), Map.of(),
						ClientAuth.NONE))) {
			secure.exchanges.first = (exchange) -> exchange.answer(200, exchange.stream.peer().protocol());
			try (Http2Wire client = Http2Wire.connect(secure.port(),
					PemBundles.read(authority.certificate(), null).createSslContext())) {
				assertThat(client.message(client.get("/1")).body()).isEqualTo("https");
			}
		}
	}

	@Test
	void bodyWaitsUntilItIsAskedForAndKeepsItsTrailers() throws IOException {
		try (Http2Wire client = connect()) {
			int stream = client.request("POST", "/1", false);
			client.data(stream, "hello", false);
			client.trailers(stream, "x-sum", "1", "host", "evil");
			client.ping(1);
			client.awaitPong(1);
			this.port.act((exchange) -> assertThat(exchange.body).isEmpty());
			this.port.act((exchange) -> exchange.stream.resume());
			await().until(() -> this.port.ask(() -> this.port.exchanges.last().ended));
			this.port.act((exchange) -> {
				assertThat(exchange.body).hasToString("hello");
				assertThat(exchange.trailers).isEqualToNormalizingNewlines("x-sum: 1\n");
				exchange.stream("a", "b");
				HeaderFields trailers = new HeaderFields();
				trailers.add("x-end", "2");
				exchange.stream.end(trailers);
			});
			Http2Wire.Message answer = client.message(stream);
			assertThat(answer.body()).isEqualTo("ab");
			assertThat(answer.trailers().header("x-end")).isEqualTo("2");
		}
	}

	@Test
	void uploadIsStoppedSomeTimeBehindItsResponse() throws IOException {
		this.port.exchanges.first = (exchange) -> exchange.answer(413, "no");
		try (Http2Wire client = connect()) {
			int stream = client.request("POST", "/1", false, "content-length", "1000000");
			assertThat(client.message(stream).status()).isEqualTo(413);
			client.data(stream, "more", false);
			assertThat(client.awaitReset(stream)).isEqualTo(NO_ERROR);
			this.port.forEach((connection) -> assertThat(connection.running()).isZero());
		}
	}

	@Test
	void responseThatWaitsForAWindowIsNotResetForItsUpload() throws IOException {
		this.port.exchanges.first = (exchange) -> exchange.answer(413, "no");
		try (Http2Wire client = Http2Wire.connect(this.port.port(), new Http2Settings().initialWindowSize(0))) {
			int stream = client.request("POST", "/1", false);
			client.head(stream);
			await().during(Duration.ofMillis(1500)).until(() -> this.port.open() == 1);
			client.window(stream, 100);
			assertThat(client.data(stream).text()).isEqualTo("no");
			assertThat(client.awaitReset(stream)).isEqualTo(NO_ERROR);
		}
	}

	@Test
	void clientThatResetsItsStreamIsGone() throws IOException {
		try (Http2Wire client = connect()) {
			int stream = client.get("/1");
			this.port.act((exchange) -> {
			});
			client.reset(stream, CANCEL);
			await().until(() -> this.port.ask(() -> this.port.exchanges.last().gone) == 1);
			this.port.forEach((connection) -> assertThat(connection.running()).isZero());
			this.port.act((exchange) -> exchange.answer(200, "late"));
		}
	}

	@Test
	void clientThatGoesIsGoneWithAllItsStreams() throws IOException {
		try (Http2Wire client = connect()) {
			client.get("/1");
			client.get("/2");
			await().until(() -> this.port.ask(this.port.exchanges.all::size) == 2);
		}
		await().until(() -> this.port.open() == 0);
		assertThat(this.port.exchanges.all).extracting((exchange) -> exchange.gone).containsExactly(1, 1);
	}

	@Test
	void responseThatIsBrokenOffIsReset() throws IOException {
		try (Http2Wire client = connect()) {
			int stream = client.get("/1");
			this.port.act((exchange) -> exchange.stream("half"));
			this.port.act((exchange) -> exchange.stream.abort());
			assertThat(client.awaitReset(stream)).isEqualTo(INTERNAL_ERROR);
			assertThat(this.port.ask(() -> this.port.exchanges.last().gone)).isZero();
		}
	}

	@Test
	void clientThatComesLateIsAskedToGo() throws IOException {
		this.port.shuttingDown.set(true);
		try (Http2Wire client = connect()) {
			assertThat(client.awaitGoAway().last()).isEqualTo(Integer.MAX_VALUE);
			int stream = client.get("/1");
			this.port.act((exchange) -> {
			});
			this.port.forEach(ClientConnection::closeWhenDone);
			this.port.act((exchange) -> exchange.answer(200, "last"));
			assertThat(client.message(stream).body()).isEqualTo("last");
			client.awaitEnd();
		}
		await().until(() -> this.port.open() == 0);
	}

	@Test
	void violationIsToldOnce() throws IOException {
		try (Http2Wire client = connect()) {
			client.window(0, Integer.MAX_VALUE);
			client.awaitEnd();
		}
		await().until(() -> !this.port.rejections.isEmpty());
		await().until(() -> this.port.open() == 0);
		assertThat(this.port.rejections).containsExactly("http2-protocol");
	}

	@Test
	void extendedConnectBecomesATunnel() throws IOException {
		StringBuilder received = new StringBuilder();
		CompletableFuture<String> closed = new CompletableFuture<>();
		this.port.exchanges.first = (exchange) -> {
			assertThat(exchange.stream.holdForSwitch()).isTrue();
			ResponseHead head = Exchange.response(200, "x-mine", "1");
			head.frame(-1, true);
			TunnelEnd end = exchange.stream.switchProtocols(head);
			end.begin(new Ears(end, received, closed));
		};
		try (Http2Wire client = connect()) {
			Http2Headers connect = new DefaultHttp2Headers().method("CONNECT")
				.scheme("http")
				.path("/1")
				.authority("gateway.test")
				.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), "websocket");
			client.headers(1, connect, false);
			assertThat(client.head(1).header("x-mine")).isEqualTo("1");
			client.data(1, "hello", false);
			assertThat(client.data(1).text()).isEqualTo("hello");
			this.port.forEach((connection) -> assertThat(connection.running()).isOne());
			client.data(1, "bye", true);
			assertThat(client.data(1).text()).isEqualTo("bye");
			assertThat(closed.join()).isEqualTo("input end, closed");
			assertThat(received).hasToString("hellobye");
			this.port.forEach((connection) -> assertThat(connection.running()).isZero());
		}
	}

	@Test
	void extendedConnectThatSendsNothingIsATunnelOfOneDirection() throws IOException {
		CompletableFuture<String> closed = new CompletableFuture<>();
		try (Http2Wire client = connect()) {
			Http2Headers connect = new DefaultHttp2Headers().method("CONNECT")
				.scheme("http")
				.path("/1")
				.authority("gateway.test")
				.set(Http2Headers.PseudoHeaderName.PROTOCOL.value(), "websocket");
			client.headers(1, connect, true);
			this.port.act((exchange) -> {
				ResponseHead head = Exchange.response(200);
				head.frame(-1, true);
				TunnelEnd end = exchange.stream.switchProtocols(head);
				end.begin(new Ears(end, new StringBuilder(), closed));
			});
			await().until(closed::isDone);
			assertThat(closed.join()).isEqualTo("input end, closed");
		}
	}

	/**
	 * Sends back what comes.
	 */
	private static final class Ears implements TunnelEnd.Listener {

		private final TunnelEnd end;

		private final StringBuilder received;

		private final CompletableFuture<String> closed;

		private String events = "";

		private Ears(TunnelEnd end, StringBuilder received, CompletableFuture<String> closed) {
			this.end = end;
			this.received = received;
			this.closed = closed;
		}

		@Override
		public void onData(ByteBuf data) {
			this.received.append(data.toString(StandardCharsets.ISO_8859_1));
			this.end.write(data);
		}

		@Override
		public void onInputEnd() {
			this.events += "input end, ";
			this.end.endOutput();
		}

		@Override
		public void onTaken() {
		}

		@Override
		public void onWritable() {
		}

		@Override
		public void onBroken() {
			this.events += "broken, ";
		}

		@Override
		public void onClosed() {
			this.closed.complete(this.events + "closed");
		}

	}

}
