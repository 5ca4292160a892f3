package dev.holdfast.proxy.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;

import dev.holdfast.proxy.ClientTls;
import dev.holdfast.proxy.ExchangeListener;
import dev.holdfast.proxy.transport.EventLoops;
import dev.holdfast.proxy.transport.Transport;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.TlsMaterial;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.awaitility.Awaitility.await;

/**
 * Handshakes of clients, with nothing behind them.
 */
class HandshakesTests {

	private static final int MOST = 2;

	@TempDir
	private Path folder;

	private final List<String> rejections = new CopyOnWriteArrayList<>();

	private final List<Throwable> failures = new CopyOnWriteArrayList<>();

	private final ExchangeListener listener = new ExchangeListener() {

		@Override
		public void onRejected(String reason) {
			HandshakesTests.this.rejections.add(reason);
		}

	};

	private final EventLoops loops = new EventLoops(2, Transport.best());

	private final AtomicReference<TlsMaterial> material = new AtomicReference<>();

	private CertificateAuthority authority;

	@BeforeEach
	void issue() {
		this.authority = new CertificateAuthority(this.folder, "authority");
		this.material.set(issued("first"));
	}

	@AfterEach
	void close() {
		this.loops.close();
		assertThat(this.failures).isEmpty();
	}

	@Test
	void tooManyAreClosedAndAPlaceIsFreeWhenOneHasEnded() throws IOException {
		int port = listen(tls(Patience.TIME));
		try (Socket first = silent(port)) {
			try (Socket second = silent(port); Socket third = silent(port)) {
				assertThat(third.getInputStream().read()).isEqualTo(-1);
				assertThat(this.rejections).containsExactly("too-many-handshakes");
				assertThat(second.isConnected()).isTrue();
			}
			await().ignoreExceptionsInstanceOf(IOException.class).until(() -> handshake(port).equals("CN=first"));
			// One that has come to its end is none any more.
			try (SSLSocket open = connect(port)) {
				assertThat(open.isConnected()).isTrue();
				await().ignoreExceptionsInstanceOf(IOException.class).until(() -> handshake(port).equals("CN=first"));
			}
			assertThat(first.isConnected()).isTrue();
		}
	}

	@Test
	void whatIsNoHandshakeIsRejectedAndWhatOnlyConnectsIsNot() throws IOException {
		int port = listen(tls(Patience.TIME));
		silent(port).close();
		try (Socket plain = silent(port)) {
			plain.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
			plain.getInputStream().readAllBytes();
		}
		await().until(() -> this.rejections.contains("tls-handshake"));
		assertThat(this.rejections).hasSize(1);
	}

	@Test
	void oneThatTakesTooLongIsRejected() throws IOException {
		int port = listen(tls(Duration.ofMillis(100)));
		try (Socket silent = silent(port)) {
			assertThat(silent.getInputStream().read()).isEqualTo(-1);
		}
		await().until(() -> this.rejections.contains("tls-handshake"));
	}

	@Test
	void newConnectionsGetTheCertificateOfNow() throws IOException {
		ServerTls tls = tls(Patience.TIME);
		int port = listen(tls);
		assertThat(handshake(port)).isEqualTo("CN=first");
		this.material.set(issued("second"));
		tls.changed();
		assertThat(handshake(port)).isEqualTo("CN=second");
		this.material
			.set(new TlsMaterial(issued("third").keys(), issued("third").trust(), List.of("TLSv9"), List.of()));
		tls.changed();
		assertThat(handshake(port)).isEqualTo("CN=second");
	}

	@Test
	void aClientThatIsNotTrustedIsRejected() throws IOException {
		int port = listen(new ServerTls(new ClientTls(this.material::get, Map.of(), ClientAuth.NEED, Patience.TIME)));
		assertThatIOException().isThrownBy(() -> {
			try (SSLSocket socket = connect(port)) {
				assertThat(socket.getInputStream().read()).isPositive();
			}
		});
		await().until(() -> this.rejections.contains("tls-handshake"));
	}

	private ServerTls tls(Duration timeout) {
		return new ServerTls(new ClientTls(this.material::get, Map.of(), ClientAuth.NONE, timeout));
	}

	private TlsMaterial issued(String name) {
		return PemBundles.material(this.authority.certificate(), this.authority.issue(name));
	}

	private int listen(ServerTls tls) throws IOException {
		Channel socket = this.loops.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
				new Handshakes(MOST, this.listener),
				(loop, channel) -> channel.pipeline().addLast(tls.newHandler(), new HandshakeEnd(), new Failures()));
		return new ListenSocket(socket).port();
	}

	private static Socket silent(int port) throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), port);
	}

	private String handshake(int port) throws IOException {
		try (SSLSocket socket = connect(port)) {
			return socket.getSession().getPeerPrincipal().getName();
		}
	}

	private SSLSocket connect(int port) throws IOException {
		SSLContext context = PemBundles.read(this.authority.certificate(), null).createSslContext();
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(silent(port), null, 1, true);
		try {
			socket.startHandshake();
		}
		catch (IOException ex) {
			socket.close();
			throw ex;
		}
		return socket;
	}

	/** Sees what no handler in front of it has dealt with. */
	private final class Failures extends ChannelInboundHandlerAdapter {

		@Override
		public void userEventTriggered(ChannelHandlerContext context, Object event) {
			if (event instanceof SslHandshakeCompletionEvent ended && ended.cause() instanceof SSLException) {
				HandshakesTests.this.rejections.add("tls-handshake");
			}
		}

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			HandshakesTests.this.failures.add(failure);
		}

	}

}
