package dev.holdfast.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.TlsMaterial;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

/**
 * Tunnels whose client is secured. In TLS the end of one direction is an alert.
 */
class TlsTunnelTests {

	private static final String OFFER = "GET /orders/chat HTTP/1.1\r\nHost: gateway.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

	private static final String SWITCH = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

	@TempDir
	private Path folder;

	private TrafficTls tls;

	private SSLContext context;

	@BeforeEach
	void issue() {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		TlsMaterial material = PemBundles.material(authority.certificate(), authority.issue("server"));
		this.tls = new TrafficTls(
				Optional.of(new ClientTls(() -> material, Map.of(), ClientAuth.NONE, Duration.ofSeconds(10))),
				Map.of());
		this.context = PemBundles.read(authority.certificate(), null).createSslContext();
	}

	private Gateway gateway(ScriptedBackend backend) {
		return new Gateway(Gateway.settings(), this.tls, backend.port());
	}

	private SSLSocket connect(Gateway gateway, String protocol) throws IOException {
		return connect(gateway, protocol, true);
	}

	private SSLSocket connect(Gateway gateway, String protocol, boolean closesTcp) throws IOException {
		Socket plain = new Socket(InetAddress.getLoopbackAddress(), gateway.server.port());
		SSLSocket socket = (SSLSocket) this.context.getSocketFactory().createSocket(plain, null, 1, closesTcp);
		socket.setEnabledProtocols(new String[] { protocol });
		socket.startHandshake();
		return socket;
	}

	/**
	 * Some clients end their direction with the alert alone, others with TCP's FIN behind
	 * it.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void halfClosedByTheClientStaysOpenForTheBackend(boolean closesTcp) throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			String all = new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1);
			peer.write("got " + all);
		});
				Gateway gateway = gateway(backend);
				RawClient client = new RawClient(connect(gateway, "TLSv1.3", closesTcp))) {
			client.send(OFFER).head();
			client.send("the lot").endOutput();
			assertThat(client.rest()).isEqualTo("got the lot");
			assertThat(gateway.recorder.end().errorCode()).isEmpty();
		}
	}

	@Test
	void halfClosedByTheBackendStaysOpenForTheClient() throws IOException {
		CompletableFuture<String> received = new CompletableFuture<String>().orTimeout(Patience.TIME.toSeconds(),
				TimeUnit.SECONDS);
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH + "bye");
			peer.endOutput();
			received.complete(new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1));
		}); Gateway gateway = gateway(backend); RawClient client = new RawClient(connect(gateway, "TLSv1.3"))) {
			client.send(OFFER).head();
			assertThat(client.rest()).isEqualTo("bye");
			client.send("one more thing").endOutput();
			assertThat(received.join()).isEqualTo("one more thing");
			assertThat(gateway.recorder.end().errorCode()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void closeByTheClientIsAnOrderlyEndForTheBackend(String protocol) throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<Boolean>().orTimeout(Patience.TIME.toSeconds(),
				TimeUnit.SECONDS);
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			reset.complete(peer.awaitEnd());
		}); Gateway gateway = gateway(backend)) {
			try (RawClient client = new RawClient(connect(gateway, protocol))) {
				client.send(OFFER).head();
			}
			assertThat(reset.join()).isFalse();
			assertThat(gateway.recorder.end().errorCode()).isEmpty();
		}
	}

	@SuppressWarnings("try") // the client ends before the gateway does
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void closeByTheBackendIsAnOrderlyEndForTheClient(String protocol) throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH + "bye");
		}); Gateway gateway = gateway(backend); RawClient client = new RawClient(connect(gateway, protocol))) {
			client.send(OFFER).head();
			assertThat(client.rest()).isEqualTo("bye");
			client.endOutput();
			assertThat(gateway.recorder.end().errorCode()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void resetByTheBackendIsNoOrderlyEndForTheClient(String protocol) throws IOException {
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			peer.read();
			peer.reset();
		}); Gateway gateway = gateway(backend); RawClient client = new RawClient(connect(gateway, protocol))) {
			client.send(OFFER).head();
			client.send("x");
			assertThatExceptionOfType(IOException.class).isThrownBy(client::rest);
			assertThat(gateway.recorder.end().errorCode()).isEqualTo("backend-reset");
		}
	}

	@SuppressWarnings("try") // the client ends before the gateway does
	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void stopEndsBothDirectionsInOrder(String protocol) throws IOException {
		CompletableFuture<Boolean> reset = new CompletableFuture<Boolean>().orTimeout(Patience.TIME.toSeconds(),
				TimeUnit.SECONDS);
		try (ScriptedBackend backend = new ScriptedBackend((peer) -> {
			peer.readHead();
			peer.write(SWITCH);
			reset.complete(peer.awaitEnd());
		}); Gateway gateway = gateway(backend); RawClient client = new RawClient(connect(gateway, protocol))) {
			client.send(OFFER).head();
			Thread stop = Thread.ofVirtual().start(() -> gateway.server.stop(Duration.ofSeconds(2)));
			assertThat(client.rest()).isEmpty();
			client.endOutput();
			assertThat(reset.join()).isFalse();
			await().until(() -> !stop.isAlive());
		}
	}

}
