package dev.holdfast.proxy.transport;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

import javax.net.ssl.SSLException;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.TlsMaterial;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

/**
 * The gateway's own TLS on both sides of a socket.
 */
@SuppressWarnings("FutureReturnValueIgnored") // shows in the handshake's end
class TlsContextsTests {

	private static final Duration TIMEOUT = Duration.ofSeconds(10);

	@TempDir
	private Path folder;

	private final EventLoops loops = new EventLoops(1, Transport.best());

	private CertificateAuthority authority;

	@BeforeEach
	void start() {
		this.authority = new CertificateAuthority(this.folder, "authority");
	}

	@AfterEach
	void stop() {
		this.loops.close();
	}

	@ParameterizedTest
	@CsvSource({ "h2 http/1.1, h2", "http/1.1 h2, h2", "http/1.1, http/1.1", "http/1.0, http/1.0", "'', none" })
	void theHandshakeDecidesTheProtocol(String offered, String chosen) throws Exception {
		SslContext client = TlsContexts.forClient(material("client"),
				offered.isEmpty() ? new String[0] : offered.split(" "));
		assertThat(handshake(server(), client, "instance.test")).isEqualTo(chosen);
	}

	@Test
	void anOfferOfWhichNothingIsTakenIsRefused() {
		SslContext client = TlsContexts.forClient(material("client"), "spdy/3");
		Throwable failure = failure(server(), client, "instance.test");
		assertThat(TlsFailures.isNoProtocol(failure)).isTrue();
		assertThat(TlsFailures.of(failure)).isNotNull();
	}

	@Test
	void aCertificateForAnotherHostIsRefused() {
		Throwable failure = failure(server(), TlsContexts.forClient(material("client")), "other.test");
		assertThat(failure).isInstanceOf(SSLException.class);
		assertThat(TlsFailures.explain(failure)).contains("other.test");
		assertThat(TlsFailures.isNoProtocol(failure)).isFalse();
	}

	@Test
	void aCertificateThatNobodyIssuedIsRefused() {
		Throwable failure = failure(server(), TlsContexts.forClient(null), "instance.test");
		assertThat(TlsFailures.explain(failure)).contains("unable to find valid certification path");
	}

	@Test
	void anExpiredCertificateIsToldInPlainWords() {
		TlsMaterial expired = PemBundles.material(this.authority.certificate(),
				this.authority.issueExpired("late", "instance.test"));
		SslContext server = TlsContexts.forServer(expired, Map.of(), ClientAuth.NONE);
		Throwable failure = failure(server, TlsContexts.forClient(material("client")), "instance.test");
		assertThat(TlsFailures.explain(failure)).isEqualTo("the certificate has expired");
	}

	@Test
	void whatNoConnectionCouldBeMadeWithIsNoContext() {
		TlsMaterial usable = material("client");
		TlsMaterial unusable = new TlsMaterial(usable.keys(), usable.trust(), List.of("TLSv9"), List.of());
		assertThatIllegalArgumentException().isThrownBy(() -> TlsContexts.forClient(unusable))
			.withMessageContaining("TLSv9");
		assertThatIllegalArgumentException()
			.isThrownBy(() -> TlsContexts.forServer(unusable, Map.of(), ClientAuth.NONE))
			.withMessageContaining("TLSv9");
	}

	private TlsMaterial material(String name) {
		return PemBundles.material(this.authority.certificate(), this.authority.issue(name, "instance.test"));
	}

	private SslContext server() {
		return TlsContexts.forServer(material("instance"), Map.of(), ClientAuth.NONE);
	}

	private Throwable failure(SslContext server, SslContext client, String host) {
		Throwable failure = catchThrowable(() -> handshake(server, client, host));
		assertThat(failure).isInstanceOf(CompletionException.class);
		return Objects.requireNonNull(failure.getCause());
	}

	private String handshake(SslContext server, SslContext client, String host) throws Exception {
		Channel socket = this.loops.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), null,
				(loop, accepted) -> accepted.pipeline().addLast(TlsContexts.handler(server, TIMEOUT), new Ignoring()));
		TrafficLoop loop = this.loops.all().getFirst();
		CompletableFuture<String> ended = new CompletableFuture<>();
		loop.eventLoop()
			.execute(() -> loop.connect((InetSocketAddress) socket.localAddress(), TIMEOUT.toNanos(),
					new Handshake(client, host, ended)));
		return ended.orTimeout(Patience.TIME.toMillis(), TimeUnit.MILLISECONDS).join();
	}

	private static final class Ignoring extends ChannelInboundHandlerAdapter {

		@Override
		public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
			context.close();
		}

	}

	private static final class Handshake extends ChannelInitializer<Channel> {

		private final SslContext context;

		private final String host;

		private final CompletableFuture<String> ended;

		private Handshake(SslContext context, String host, CompletableFuture<String> ended) {
			this.context = context;
			this.host = host;
			this.ended = ended;
		}

		@Override
		protected void initChannel(Channel channel) {
			SslHandler tls = TlsContexts.handler(this.context, this.host, 443, TIMEOUT);
			channel.pipeline().addLast(tls, new Ignoring());
			tls.handshakeFuture().addListener((done) -> {
				if (done.isSuccess()) {
					String protocol = tls.applicationProtocol();
					this.ended.complete((protocol != null && !protocol.isEmpty()) ? protocol : "none");
				}
				else {
					this.ended.completeExceptionally(done.cause());
				}
			});
		}

	}

}
