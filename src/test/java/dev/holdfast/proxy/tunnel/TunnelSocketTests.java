package dev.holdfast.proxy.tunnel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLSocket;

import dev.holdfast.proxy.GatewayError;
import dev.holdfast.proxy.TrafficTimes;
import dev.holdfast.proxy.transport.TrafficLoop;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tunnels between real sockets, of which the client's may be secured.
 */
class TunnelSocketTests {

	private static final int MUCH = 16 * 1024 * 1024;

	private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

	private final MockTicker ticker = Ticker.newMockTicker();

	private final TrafficLoop loop = new TrafficLoop(this.group.next(), this.ticker);

	private final Tunnels tunnels = new Tunnels(this.loop, TrafficTimes.DEFAULTS);

	private final CompletableFuture<Optional<GatewayError>> closed = new CompletableFuture<>();

	private ServerSocket listener;

	private Socket client;

	private Socket backend;

	@TempDir
	private Path folder;

	@BeforeEach
	void listen() throws IOException {
		this.listener = new ServerSocket(0, 2, InetAddress.getLoopbackAddress());
		this.client = new Socket();
		this.backend = new Socket();
	}

	@AfterEach
	void close() throws IOException {
		this.client.close();
		this.backend.close();
		this.listener.close();
		this.group.shutdownGracefully(0, 0, TimeUnit.SECONDS).syncUninterruptibly();
	}

	private Channel connect(ChannelInitializer<Channel> initializer) {
		return new Bootstrap().group(this.loop.eventLoop())
			.channel(NioSocketChannel.class)
			.option(ChannelOption.AUTO_READ, false)
			.handler(initializer)
			.connect(this.listener.getLocalSocketAddress())
			.syncUninterruptibly()
			.channel();
	}

	private Socket accept() throws IOException {
		Socket socket = this.listener.accept();
		socket.setSoTimeout((int) Patience.TIME.toMillis());
		return socket;
	}

	private void join(String fromClient, String fromBackend) throws IOException {
		Channel first = connect(nothing());
		this.client = accept();
		join(first, fromClient, fromBackend);
	}

	private void join(Channel first, String fromClient, String fromBackend) throws IOException {
		Channel second = connect(nothing());
		this.backend = accept();
		onLoop(() -> this.tunnels.open(end(first, fromClient), end(second, fromBackend), this::onClosed));
	}

	private ChannelTunnelEnd end(Channel channel, String alreadyRead) {
		return new ChannelTunnelEnd(this.loop, channel,
				Unpooled.copiedBuffer(alreadyRead, StandardCharsets.ISO_8859_1));
	}

	private void onClosed(@Nullable GatewayError error, long fromClient, long fromBackend) {
		this.closed.complete(Optional.ofNullable(error));
	}

	private void onLoop(Runnable task) {
		this.loop.eventLoop().submit(task).syncUninterruptibly();
	}

	private static ChannelInitializer<Channel> nothing() {
		return new ChannelInitializer<>() {
			@Override
			protected void initChannel(Channel channel) {
				// Has left HTTP already.
			}
		};
	}

	private void joinSecured(String protocol) throws Exception {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		CertificateAuthority.Issued issued = authority.issue("server");
		SslContext context = SslContextBuilder.forServer(issued.certificate().toFile(), issued.key().toFile()).build();
		CompletableFuture<SslHandler> tls = new CompletableFuture<>();
		Channel first = connect(new ChannelInitializer<>() {
			@Override
			protected void initChannel(Channel channel) {
				SslHandler handler = context.newHandler(channel.alloc());
				channel.pipeline().addLast(handler);
				tls.complete(handler);
			}
		});
		first.config().setAutoRead(true);
		SSLSocket socket = (SSLSocket) PemBundles.read(authority.certificate(), null)
			.createSslContext()
			.getSocketFactory()
			.createSocket(accept(), null, 1, true);
		socket.setEnabledProtocols(new String[] { protocol });
		socket.startHandshake();
		this.client = socket;
		tls.join().handshakeFuture().syncUninterruptibly();
		join(first, "", "");
	}

	private Optional<GatewayError> error() throws Exception {
		return this.closed.get(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
	}

	private static void send(Socket socket, String text) throws IOException {
		socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
		socket.getOutputStream().flush();
	}

	private static String rest(Socket socket) throws IOException {
		return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
	}

	@Test
	void halfClosedByTheClientStaysOpenForTheBackend() throws Exception {
		join("early ", "");
		send(this.client, "the lot");
		this.client.shutdownOutput();
		assertThat(rest(this.backend)).isEqualTo("early the lot");
		send(this.backend, "got it");
		this.backend.shutdownOutput();
		assertThat(rest(this.client)).isEqualTo("got it");
		assertThat(error()).isEmpty();
	}

	@Test
	void halfClosedByTheBackendStaysOpenForTheClient() throws Exception {
		join("", "bye");
		this.backend.shutdownOutput();
		assertThat(rest(this.client)).isEqualTo("bye");
		send(this.client, "one more thing");
		this.client.shutdownOutput();
		assertThat(rest(this.backend)).isEqualTo("one more thing");
		assertThat(error()).isEmpty();
	}

	@Test
	void resetByTheBackendResetsTheClient() throws Exception {
		join("", "");
		reset(this.backend);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> rest(this.client));
		assertThat(error()).contains(GatewayError.BACKEND_RESET);
	}

	@Test
	void resetByTheClientResetsTheBackendAndIsNoError() throws Exception {
		join("", "");
		reset(this.client);
		assertThatExceptionOfType(SocketException.class).isThrownBy(() -> rest(this.backend));
		assertThat(error()).isEmpty();
	}

	private static void reset(Socket socket) throws IOException {
		socket.setSoLinger(true, 0);
		socket.close();
	}

	@Test
	void slowPeerThatHasSentEverythingGetsItAll() throws Exception {
		join("", "");
		this.client.shutdownOutput();
		assertThat(rest(this.backend)).isEmpty();
		CompletableFuture<Void> written = CompletableFuture.runAsync(() -> {
			try {
				this.backend.getOutputStream().write(new byte[MUCH]);
				this.backend.shutdownOutput();
			}
			catch (IOException ex) {
				throw new IllegalStateException(ex);
			}
		}, (task) -> Thread.ofVirtual().start(task));
		assertThat(this.client.getInputStream().readNBytes(1)).hasSize(1);
		assertThat(this.client.getInputStream().readAllBytes()).hasSize(MUCH - 1);
		written.join();
		assertThat(error()).isEmpty();
	}

	@Test
	void idleTunnelIsClosedInOrder() throws Exception {
		join("", "");
		this.ticker.advance(Duration.ofHours(2).toNanos(), TimeUnit.NANOSECONDS);
		onLoop(() -> this.loop.deadlines().sweep(this.loop.nanoTime()));
		assertThat(rest(this.client)).isEmpty();
		assertThat(rest(this.backend)).isEmpty();
		this.client.close();
		this.backend.close();
		assertThat(error()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void securedClientMayCloseInOrder(String protocol) throws Exception {
		joinSecured(protocol);
		send(this.client, "hello");
		this.client.close();
		assertThat(rest(this.backend)).isEqualTo("hello");
		this.backend.close();
		assertThat(error()).isEmpty();
	}

	@Test
	void securedClientMayEndItsDirectionAlone() throws Exception {
		joinSecured("TLSv1.3");
		send(this.client, "the lot");
		this.client.shutdownOutput();
		assertThat(rest(this.backend)).isEqualTo("the lot");
		send(this.backend, "got it");
		this.backend.close();
		assertThat(rest(this.client)).isEqualTo("got it");
		assertThat(error()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void securedClientIsToldOfTheBackendsEnd(String protocol) throws Exception {
		joinSecured(protocol);
		send(this.backend, "bye");
		this.backend.close();
		assertThat(rest(this.client)).isEqualTo("bye");
		this.client.close();
		assertThat(error()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void securedClientIsResetWhenTheBackendIs(String protocol) throws Exception {
		joinSecured(protocol);
		reset(this.backend);
		assertThatExceptionOfType(IOException.class).isThrownBy(() -> rest(this.client));
		assertThat(error()).contains(GatewayError.BACKEND_RESET);
	}

}
