package dev.holdfast.check;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Supplier;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.Http2Backend;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.TlsMaterial;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Checks by gRPC, by HTTP/2 and over TLS.
 */
class CheckProtocolTests {

	private static final byte[] SERVING = { 8, 1 };

	private static final byte[] NOT_SERVING = { 8, 2 };

	private static final CheckSettings HTTP = settings(
			new Check.Http(CheckMethod.GET, "/health", StatusSet.parse("200"), "up"));

	@TempDir
	private Path folder;

	private final List<AutoCloseable> open = new ArrayList<>();

	@AfterEach
	void closeAll() throws Exception {
		for (AutoCloseable one : this.open.reversed()) {
			one.close();
		}
	}

	private <T extends AutoCloseable> T opened(T one) {
		this.open.add(one);
		return one;
	}

	private static CheckSettings settings(Check check) {
		return CheckSettings.DEFAULTS.with(Optional.of(check));
	}

	private Checking checking(CheckSettings settings) {
		return checking(settings, CheckTransport.DEFAULTS, Map.of());
	}

	private Checking checking(CheckSettings settings, CheckTransport transport,
			Map<String, Supplier<TlsMaterial>> bundles) {
		return opened(new Checking(new CheckPolicy(settings, Map.of(), true), transport, bundles));
	}

	private static void register(Checking checking, Scheme scheme, int port) {
		checking.register(Checking.instance("a", new Endpoint(scheme, "127.0.0.1", port), Map.of()));
	}

	@Test
	void aGrpcServerIsAskedForItsHealth() throws InterruptedException {
		Health server = opened(new Health(null));
		Checking checking = checking(settings(new Check.Grpc("shop.Orders")));
		register(checking, Scheme.GRPC, server.port());
		checking.round(1);
		assertThat(checking.error("a")).isEmpty();
		assertThat(server.requests.take()).isEqualTo("\n\u000bshop.Orders");
		assertThat(server.heads.take().get(Metadata.Key.of("user-agent", Metadata.ASCII_STRING_MARSHALLER)))
			.startsWith("holdfast-health-check");
		server.response = NOT_SERVING;
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("NOT_SERVING");
	}

	@Test
	void aGrpcErrorIsNoHealth() {
		Health server = opened(new Health(null));
		Checking checking = checking(settings(new Check.Grpc("")));
		register(checking, Scheme.GRPC, server.port());
		server.failure = Status.NOT_FOUND;
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("grpc-status 5");
		server.failure = Status.UNIMPLEMENTED;
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("grpc-status 12: it has no grpc.health.v1.Health");
		server.failure = null;
		server.response = new byte[] { -1 };
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("a response that is no message");
		server.response = new byte[5000];
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("a response of more than 4096 bytes");
	}

	@Test
	void anInstanceRegisteredAsHttpCanBeAskedByGrpc() {
		Health server = opened(new Health(null));
		Checking checking = checking(settings(new Check.Grpc("")));
		register(checking, Scheme.HTTP, server.port());
		checking.round(1);
		assertThat(checking.error("a")).isEmpty();
	}

	@Test
	void anHttpServerThatKnowsNoGrpcFails() throws IOException {
		Http2Backend instance = opened(Http2Backend.answering("up"));
		Checking checking = checking(settings(new Check.Grpc("")));
		register(checking, Scheme.GRPC, instance.port());
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("a response without grpc-status");
	}

	@Test
	void grpcOverTlsIsTrustedByTheBundleOfTheTraffic() {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		Health server = opened(new Health(authority.issue("orders", "127.0.0.1")));
		Checking checking = checking(settings(new Check.Grpc("")),
				new CheckTransport(BackendProtocol.AUTO, new BackendSecurity("own", "")),
				Map.of("own", () -> PemBundles.material(authority.certificate(), null)));
		register(checking, Scheme.GRPCS, server.port());
		checking.round(1);
		assertThat(checking.error("a")).isEmpty();
	}

	@Test
	void aCertificateThatNobodyVouchesForFailsEveryKindOfCheck() {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		Health server = opened(new Health(authority.issue("orders", "127.0.0.1")));
		for (Check check : List.of(new Check.Tcp(), new Check.Grpc(""),
				new Check.Http(CheckMethod.GET, "/", StatusSet.parse("200"), ""))) {
			Checking checking = checking(settings(check));
			register(checking, Scheme.GRPCS, server.port());
			checking.round(1);
			assertThat(checking.error("a")).as(check.description())
				.startsWith("no connection: tls, ")
				.contains("unable to find valid certification path");
		}
	}

	@Test
	void aCertificateIsCheckedByTheNameThatTheRouteAsksFor() {
		CertificateAuthority authority = new CertificateAuthority(this.folder, "authority");
		Health server = opened(new Health(authority.issue("orders", "orders.internal")));
		Map<String, Supplier<TlsMaterial>> bundles = Map.of("own",
				() -> PemBundles.material(authority.certificate(), null));
		Checking named = checking(settings(new Check.Tcp()),
				new CheckTransport(BackendProtocol.AUTO, new BackendSecurity("own", "orders.internal")), bundles);
		register(named, Scheme.GRPCS, server.port());
		named.round(1);
		assertThat(named.error("a")).isEmpty();
		Checking unnamed = checking(settings(new Check.Tcp()),
				new CheckTransport(BackendProtocol.AUTO, new BackendSecurity("own", "")), bundles);
		register(unnamed, Scheme.GRPCS, server.port());
		unnamed.round(1);
		assertThat(unnamed.error("a")).contains("No subject alternative names matching IP address 127.0.0.1 found");
	}

	@Test
	void anHttpCheckSpeaksWhatTheTrafficSpeaks() throws IOException {
		Http2Backend instance = opened(Http2Backend.answering("it is up"));
		Checking byScheme = checking(HTTP);
		register(byScheme, Scheme.GRPC, instance.port());
		byScheme.round(1);
		assertThat(byScheme.error("a")).isEmpty();
		Checking byRoute = checking(HTTP, new CheckTransport(BackendProtocol.H2, BackendSecurity.DEFAULTS), Map.of());
		register(byRoute, Scheme.HTTP, instance.port());
		byRoute.rounds(2);
		assertThat(byRoute.error("a")).isEmpty();
		assertThat(instance.wires()).hasSize(3);
	}

	@Test
	void anInstanceThatResetsTheRequestFails() throws IOException {
		Http2Backend instance = opened(new Http2Backend((wire) -> {
			while (true) {
				wire.reset(wire.nextHead().stream(), 2);
			}
		}));
		Checking checking = checking(HTTP);
		register(checking, Scheme.GRPC, instance.port());
		checking.round(1);
		assertThat(checking.error("a")).isEqualTo("the request was reset with HTTP/2's error code 2");
	}

	/**
	 * A server with gRPC's health service, whose messages are bytes.
	 */
	private static final class Health implements AutoCloseable {

		private static final MethodDescriptor<byte[], byte[]> CHECK = MethodDescriptor.<byte[], byte[]>newBuilder()
			.setType(MethodDescriptor.MethodType.UNARY)
			.setFullMethodName("grpc.health.v1.Health/Check")
			.setRequestMarshaller(new Bytes())
			.setResponseMarshaller(new Bytes())
			.build();

		private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

		private final BlockingQueue<Metadata> heads = new LinkedBlockingQueue<>();

		private final Server server;

		private volatile byte[] response = SERVING;

		private volatile @Nullable Status failure;

		private Health(@Nullable Issued own) {
			NettyServerBuilder builder = NettyServerBuilder
				.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
				.addService(ServerServiceDefinition.builder("grpc.health.v1.Health")
					.addMethod(CHECK, ServerCalls.asyncUnaryCall((request, answer) -> {
						this.requests.add(new String(request, StandardCharsets.ISO_8859_1));
						Status failed = this.failure;
						if (failed != null) {
							answer.onError(failed.asException());
							return;
						}
						answer.onNext(this.response);
						answer.onCompleted();
					}))
					.build())
				.intercept(new Heads());
			if (own != null) {
				builder.useTransportSecurity(own.certificate().toFile(), own.key().toFile());
			}
			this.server = builder.build();
			try {
				this.server.start();
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		int port() {
			return this.server.getPort();
		}

		@Override
		public void close() {
			this.server.shutdownNow();
		}

		private final class Heads implements ServerInterceptor {

			@Override
			public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata head,
					ServerCallHandler<Q, A> next) {
				Health.this.heads.add(head);
				return next.startCall(call, head);
			}

		}

		private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {

			@Override
			public InputStream stream(byte[] value) {
				return new ByteArrayInputStream(value);
			}

			@Override
			public byte[] parse(InputStream stream) {
				try {
					return stream.readAllBytes();
				}
				catch (IOException ex) {
					throw new UncheckedIOException(ex);
				}
			}

		}

	}

}
