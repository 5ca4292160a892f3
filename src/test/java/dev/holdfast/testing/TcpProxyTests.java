package dev.holdfast.testing;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class TcpProxyTests {

	private static final String REQUEST = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n";

	private final TestBackend backend = TestBackend.start("a", (request) -> request.response().end("hello"));

	private final TcpProxy proxy = TcpProxy.before("127.0.0.1", this.backend.port());

	@AfterEach
	void stop() {
		this.proxy.close();
		this.backend.close();
	}

	@Test
	void passMovesBytesBothWays() throws IOException {
		try (Socket socket = connect()) {
			assertThat(exchange(socket)).startsWith("HTTP/1.1 200 OK").endsWith("hello");
		}
	}

	@Test
	void refuseClosesThePortAndResetsOpenConnections() throws IOException {
		try (Socket socket = connect()) {
			assertThat(exchange(socket)).endsWith("hello");
			this.proxy.refuse();
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> read(socket))
				.withMessageContaining("reset");
		}
		assertThatExceptionOfType(ConnectException.class).isThrownBy(this::connect);
		this.proxy.pass();
		try (Socket socket = connect()) {
			assertThat(exchange(socket)).endsWith("hello");
		}
	}

	@Test
	void resetBreaksOpenConnectionsAndAcceptsNewOnes() throws IOException {
		try (Socket socket = connect()) {
			assertThat(exchange(socket)).endsWith("hello");
			this.proxy.reset();
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> read(socket))
				.withMessageContaining("reset");
		}
		try (Socket socket = connect()) {
			assertThat(exchange(socket)).endsWith("hello");
		}
	}

	@Test
	void blackholeSwallowsWhatOldAndNewConnectionsSendUntilPass() throws IOException {
		try (Socket old = connect()) {
			assertThat(exchange(old)).endsWith("hello");
			this.proxy.blackhole();
			try (Socket young = connect()) {
				young.setSoTimeout(100);
				old.setSoTimeout(100);
				send(young);
				send(old);
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(young));
				assertThatExceptionOfType(SocketTimeoutException.class).isThrownBy(() -> read(old));
				assertThat(this.backend.requests()).isEqualTo(1);
				this.proxy.pass();
				young.setSoTimeout((int) Patience.TIME.toMillis());
				old.setSoTimeout((int) Patience.TIME.toMillis());
				assertThat(read(young)).endsWith("hello");
				assertThat(read(old)).endsWith("hello");
			}
		}
	}

	@Test
	void anotherServerAnswersOnceTheProxyLeadsToIt() throws IOException {
		try (TestBackend other = TestBackend.start("b", (request) -> request.response().end("other"));
				Socket socket = connect()) {
			assertThat(exchange(socket)).endsWith("hello");
			this.proxy.leadTo(other.port());
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> read(socket))
				.withMessageContaining("reset");
			try (Socket next = connect()) {
				assertThat(exchange(next)).endsWith("other");
			}
		}
	}

	@Test
	void delayHoldsBothDirectionsBack() throws IOException {
		this.proxy.delay(Duration.ofMillis(60));
		try (Socket socket = connect()) {
			long begin = System.nanoTime();
			assertThat(exchange(socket)).endsWith("hello");
			assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofMillis(120));
		}
	}

	@Test
	void cutLetsExactlyThatManyBytesReachTheClient() throws IOException {
		try (Socket socket = connect()) {
			assertThat(exchange(socket)).endsWith("hello");
			this.proxy.cutAfter(12);
			send(socket);
			byte[] bytes = new byte[12];
			int length = 0;
			// A reset may overtake what was delivered before it.
			try {
				length = socket.getInputStream().readNBytes(bytes, 0, 12);
				assertThat(socket.getInputStream().read()).isEqualTo(-1);
			}
			catch (SocketException ex) {
				assertThat(ex).hasMessageContaining("reset");
			}
			assertThat("HTTP/1.1 200 OK").startsWith(new String(bytes, 0, length, StandardCharsets.US_ASCII));
		}
	}

	private Socket connect() throws IOException {
		Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.proxy.port());
		socket.setSoTimeout((int) Patience.TIME.toMillis());
		return socket;
	}

	private static String exchange(Socket socket) throws IOException {
		send(socket);
		return read(socket);
	}

	private static void send(Socket socket) throws IOException {
		socket.getOutputStream().write(REQUEST.getBytes(StandardCharsets.US_ASCII));
	}

	private static String read(Socket socket) throws IOException {
		byte[] buffer = new byte[1024];
		int length = socket.getInputStream().read(buffer);
		return new String(buffer, 0, Math.max(length, 0), StandardCharsets.US_ASCII);
	}

}
