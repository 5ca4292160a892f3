package dev.holdfast.proxy.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;

import javax.net.ssl.SSLSocket;

import dev.holdfast.proxy.client.FakeExchanges.Exchange;
import dev.holdfast.proxy.header.HeaderFields;
import dev.holdfast.proxy.transport.TlsContexts;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import io.netty.buffer.Unpooled;
import io.netty.handler.ssl.SslContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * What only real sockets show: ends, resets, and clients that read nothing.
 */
class ClientSocketsTests {

	private static final String GET = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";

	private static final byte[] BLOCK = new byte[64 * 1024];

	private @Nullable ClientPort port;

	private @Nullable SslContext tls;

	private Consumer<Exchange> first = (exchange) -> {
	};

	@AfterEach
	void close() {
		if (this.port != null) {
			this.port.close();
		}
	}

	private ClientPort port() {
		return Objects.requireNonNull(this.port);
	}

	private Socket connect(Transport transport) throws IOException {
		this.port = new ClientPort(transport, this.tls);
		this.port.exchanges.first = this.first;
		return this.port.connect();
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
	}

	private static String rest(Socket socket) throws IOException {
		return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	private <T> T ask(Supplier<T> question) {
		return port().ask(question);
	}

	private void act(Consumer<Exchange> action) {
		port().act(action);
	}

	private void assertGone() {
		await().until(() -> ask(() -> port().exchanges.last().gone) == 1);
		assertThat(port().open()).isZero();
	}

	@ParameterizedTest
	@EnumSource
	void clientThatGoesIsNoticed(Transport transport) throws IOException {
		try (Socket client = connect(transport)) {
			send(client, GET);
			act((exchange) -> {
			});
		}
		assertGone();
	}

	@ParameterizedTest
	@ValueSource(ints = { 100, 200_000, 10_000_000 })
	void clientThatResetsWhileItsBodyWaitsIsNoticed(int sent) throws IOException {
		Socket client = connect(Transport.best());
		send(client, "PUT /1 HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n");
		act((exchange) -> {
		});
		Thread writing = Thread.ofVirtual().start(() -> {
			try {
				client.getOutputStream().write(new byte[sent]);
			}
			catch (IOException ex) {
				// It is to go in the middle.
			}
		});
		if (sent < 1_000_000) {
			await().until(() -> !writing.isAlive());
		}
		client.setSoLinger(true, 0);
		client.close();
		assertGone();
	}

	@ParameterizedTest
	@EnumSource
	void responseReachesAClientThatStillSends(Transport transport) throws IOException {
		this.first = (exchange) -> {
			exchange.stream.closeAfterwards();
			exchange.answer(413, "no");
		};
		try (Socket client = connect(transport)) {
			send(client, "PUT /1 HTTP/1.1\r\nContent-Length: 20000000\r\n\r\n");
			for (int i = 0; i < 100; i++) {
				client.getOutputStream().write(BLOCK);
			}
			assertThat(rest(client)).startsWith("HTTP/1.1 413 ").endsWith("\r\n\r\nno");
		}
		await().until(() -> port().open() == 0);
	}

	@Test
	void responseThatIsBrokenOffEndsWithAReset() throws IOException {
		try (Socket client = connect(Transport.best())) {
			send(client, GET);
			act((exchange) -> exchange.stream("half"));
			assertThat(client.getInputStream().read()).isEqualTo('H');
			act((exchange) -> exchange.stream.abort());
			assertThatExceptionOfType(SocketException.class).isThrownBy(() -> rest(client));
		}
	}

	@Test
	void clientThatReadsNothingIsNotWrittenTo() throws IOException {
		try (Socket client = connect(Transport.best())) {
			send(client, GET);
			act((exchange) -> exchange.stream());
			long[] written = new long[1];
			await().until(() -> ask(() -> {
				ClientStream stream = port().exchanges.last().stream;
				if (stream.isWritable()) {
					stream.write(Unpooled.wrappedBuffer(BLOCK));
					written[0]++;
					return false;
				}
				return port().exchanges.last().writable < 3 && stream.untaken() > 0;
			}));
			int before = ask(() -> port().exchanges.last().writable);
			InputStream in = client.getInputStream();
			Thread.ofVirtual().start(() -> {
				try {
					in.readAllBytes();
				}
				catch (IOException ex) {
					// Closed.
				}
			});
			await().until(() -> ask(() -> port().exchanges.last().writable) > before);
			act((exchange) -> exchange.stream.end(HeaderFields.NONE));
		}
	}

	@Test
	void responseOfUnknownLengthToAnOldClientEndsInOrder() throws IOException {
		try (Socket client = connect(Transport.best())) {
			send(client, "GET /1 HTTP/1.0\r\n\r\n");
			act((exchange) -> {
				exchange.stream("hello");
				exchange.stream.end(HeaderFields.NONE);
			});
			assertThat(rest(client)).endsWith("\r\n\r\nhello");
		}
	}

	@Test
	void securedRequestIsAnsweredAndTheEndIsInOrder(@TempDir Path folder) throws Exception {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		this.tls = TlsContexts.forServer(
				PemBundles.material(authority.certificate(), authority.issue("server", "127.0.0.1")), Map.of(),
				ClientAuth.NONE);
		this.first = (exchange) -> exchange.answer(200, exchange.stream.peer().protocol());
		try (Socket plain = connect(Transport.best())) {
			SSLSocket client = (SSLSocket) PemBundles.read(authority.certificate(), null)
				.createSslContext()
				.getSocketFactory()
				.createSocket(plain, "127.0.0.1", plain.getPort(), true);
			send(client, "GET /1 HTTP/1.1\r\nConnection: close\r\n\r\n");
			assertThat(rest(client)).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\nhttps");
		}
		await().until(() -> port().open() == 0);
		assertThat(port().rejections).isEmpty();
	}

	@Test
	void handshakeThatFailsIsTold(@TempDir Path folder) throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		this.tls = TlsContexts.forServer(
				PemBundles.material(authority.certificate(), authority.issue("server", "127.0.0.1")), Map.of(),
				ClientAuth.NONE);
		try (Socket client = connect(Transport.best())) {
			send(client, GET);
			await().until(() -> !port().rejections.isEmpty());
			assertThat(port().rejections).containsExactly("tls-handshake");
			assertThat(port().open()).isZero();
		}
	}

}
