package dev.holdfast.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.net.ServerSocketFactory;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;

import dev.holdfast.proxy.RawClient.Answer;
import dev.holdfast.proxy.ScriptedBackend.Peer;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Instances whose connections are secured.
 */
class BackendTlsTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@TempDir
	private Path folder;

	private final List<String> seen = new CopyOnWriteArrayList<>();

	private CertificateAuthority authority;

	@BeforeEach
	void found() {
		this.authority = new CertificateAuthority(this.folder, "authority");
	}

	@Test
	void anInstanceIsTrustedByTheBundleAndByItsHost() throws IOException {
		try (ScriptedBackend backend = backend(this.authority.issue("orders", "127.0.0.1"), false);
				Gateway gateway = gateway("", trust(null), backend);
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(client.get("/orders/2").status()).isEqualTo(200);
			assertThat(backend.connections()).isEqualTo(1);
			assertThat(backend.heads()).hasSize(2);
		}
	}

	@Test
	void anInstanceOfAnUnknownAuthorityIsRefused(CapturedLog output) throws IOException {
		try (ScriptedBackend backend = backend(this.authority.issue("orders", "127.0.0.1"), false);
				Gateway gateway = gateway("", Map.of(), backend)) {
			assertRefused(gateway);
			assertRefused(gateway);
			assertThat(output).containsOnlyOnce("No connection to orders-" + backend.port())
				.contains("unable to find valid certification path");
			assertThat(backend.heads()).isEmpty();
		}
	}

	@Test
	void aCertificateForAnotherHostIsRefusedUnlessTheRouteNamesIt(CapturedLog output) throws IOException {
		try (ScriptedBackend backend = backend(this.authority.issue("orders", "orders.internal"), false);
				Gateway byAddress = gateway("", trust(null), backend);
				Gateway byName = gateway("Orders.internal", trust(null), backend);
				RawClient client = byName.client()) {
			assertRefused(byAddress);
			assertThat(output).contains("No subject alternative names matching IP address 127.0.0.1 found");
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(this.seen).last().isEqualTo("orders.internal");
			assertThat(backend.heads()).singleElement().asString().contains("127.0.0.1:" + backend.port());
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void anInstanceThatAsksForACertificateIsShownTheGateways(String protocol) throws IOException {
		Issued own = this.authority.issue("gateway");
		try (ScriptedBackend backend = backend(this.authority.issue("orders", "127.0.0.1"), true);
				Gateway gateway = gateway("", trust(own, protocol), backend);
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(this.seen).last().isEqualTo("CN=gateway");
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void anInstanceThatRefusesTheGatewaysCertificateIsNoConnection(String protocol) throws IOException {
		try (ScriptedBackend strict = backend(this.authority.issue("orders", "127.0.0.1"), true);
				Gateway gateway = gateway("", trust(null, protocol), strict)) {
			assertRefused(gateway);
			assertThat(strict.heads()).isEmpty();
		}
	}

	@ParameterizedTest
	@CsvSource({ "'', chose no protocol", "http/1.1, takes none of what was offered" })
	void anInstanceThatDoesNotAgreeOnHttp2IsNoConnection(String spoken, String answer, CapturedLog output)
			throws IOException {
		String[] protocols = spoken.isEmpty() ? new String[0] : new String[] { spoken };
		try (ScriptedBackend backend = backend(this.authority.issue("orders", "127.0.0.1"), false, protocols);
				Gateway gateway = gateway(BackendProtocol.H2, "", trust(null), backend)) {
			assertRefused(gateway, "no-http2");
			assertThat(output).contains("No connection to orders-" + backend.port())
				.contains(": HTTP/2 was expected (h2 by ALPN), the instance " + answer + ";");
			assertThat(backend.heads()).isEmpty();
		}
	}

	@ParameterizedTest
	@ValueSource(strings = { "auto", "h2" })
	void aRouteForHttp2AndOneForEitherDoNotWaitForTheSameHandshake(String first) throws IOException {
		SSLContext context = PemBundles.read(this.authority.certificate(), this.authority.issue("orders", "127.0.0.1"))
			.createSslContext();
		CompletableFuture<Void> bothWait = new CompletableFuture<>();
		try (ScriptedBackend backend = new ScriptedBackend(context.getServerSocketFactory(), (peer) -> {
			bothWait.join();
			serve(peer);
		});
				Gateway gateway = new Gateway(Gateway.oneEventLoop(), new TrafficTls(Optional.empty(), trust(null)),
						List.of(route("auto", BackendProtocol.AUTO, "own", ""),
								route("h2", BackendProtocol.H2, "own", "")),
						Scheme.HTTPS, backend.port());
				RawClient one = gateway.client();
				RawClient two = gateway.client()) {
			one.send("GET /%s/1 HTTP/1.1\r\nHost: gateway.test\r\n\r\n".formatted(first));
			await().until(() -> backend.connections() == 1);
			String second = first.equals("h2") ? "auto" : "h2";
			two.send("GET /%s/1 HTTP/1.1\r\nHost: gateway.test\r\n\r\n".formatted(second));
			await().until(() -> backend.connections() == 2);
			bothWait.complete(null);
			assertThat((first.equals("auto") ? one : two).answer().status()).isEqualTo(200);
			assertThat((first.equals("auto") ? two : one).answer().header("holdfast-error"))
				.isEqualTo("connect-failed");
			assertThat(backend.heads()).singleElement().asString().startsWith("GET /auto/1 HTTP/1.1");
		}
	}

	@Test
	void anotherFailureIsNotTakenForADisagreementOnHttp2() throws IOException {
		try (ScriptedBackend backend = backend(this.authority.issue("orders", "127.0.0.1"), false);
				Gateway gateway = gateway(BackendProtocol.H2, "", Map.of(), backend)) {
			assertRefused(gateway);
		}
	}

	@Test
	void aFailedHandshakeIsTriedElsewhereWhateverTheMethod() throws IOException {
		Issued good = this.authority.issue("orders", "127.0.0.1");
		Issued late = this.authority.issueExpired("late", "127.0.0.1");
		try (ScriptedBackend first = backend(good, false);
				ScriptedBackend second = backend(late, false);
				Gateway gateway = gateway("", trust(null), first, second);
				RawClient client = gateway.client()) {
			for (int i = 0; i < 20; i++) {
				assertThat(client.send("POST /orders/1 HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: 4\r\n\r\nbody")
					.answer()
					.status()).isEqualTo(200);
			}
			assertThat(gateway.recorder.connectFailures).containsOnly("tls");
			assertThat(second.heads()).isEmpty();
		}
	}

	@Test
	void aChangedBundleIsUsedForNewConnectionsAndOldOnesAreLetGo() throws IOException {
		AtomicReference<TlsMaterial> current = new AtomicReference<>(
				PemBundles.material(this.authority.certificate(), this.authority.issue("old")));
		try (ScriptedBackend backend = backend(this.authority.issue("orders", "127.0.0.1"), true);
				Gateway gateway = gateway("", Map.of("own", current::get), backend);
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			current.set(PemBundles.material(this.authority.certificate(), this.authority.issue("new")));
			gateway.server.tlsChanged();
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(this.seen).containsExactly("CN=old", "CN=new");
		}
	}

	private static void assertRefused(Gateway gateway) throws IOException {
		assertRefused(gateway, "tls");
	}

	private static void assertRefused(Gateway gateway, String reason) throws IOException {
		try (RawClient client = gateway.client()) {
			Answer answer = client.get("/orders/1");
			assertThat(answer.status()).isEqualTo(502);
			assertThat(answer.header("holdfast-error")).isEqualTo("connect-failed");
			assertThat(gateway.recorder.connectFailures).isNotEmpty().containsOnly(reason);
		}
	}

	private Map<String, Supplier<TlsMaterial>> trust(@Nullable Issued own, String... protocols) {
		TlsMaterial material = PemBundles.material(this.authority.certificate(), own, protocols);
		return Map.of("own", () -> material);
	}

	private static Gateway gateway(String serverName, Map<String, Supplier<TlsMaterial>> bundles,
			ScriptedBackend... backends) {
		return gateway(BackendProtocol.AUTO, serverName, bundles, backends);
	}

	private static Gateway gateway(BackendProtocol protocol, String serverName,
			Map<String, Supplier<TlsMaterial>> bundles, ScriptedBackend... backends) {
		int[] ports = new int[backends.length];
		for (int i = 0; i < ports.length; i++) {
			ports[i] = backends[i].port();
		}
		return new Gateway(Gateway.settings(), new TrafficTls(Optional.empty(), bundles),
				List.of(route("orders", protocol, bundles.isEmpty() ? "" : "own", serverName)), Scheme.HTTPS, ports);
	}

	private static Route route(String id, BackendProtocol protocol, String bundle, String serverName) {
		RoutePolicy policy = new RoutePolicy(protocol, RouteTimes.DEFAULTS, 0, new BackendSecurity(bundle, serverName),
				PathRules.DEFAULTS);
		return new Route(id, "", "/" + id + "/**", Set.of(), Map.of(), Gateway.ORDERS, "", false, policy);
	}

	/**
	 * A backend that writes down who the gateway says it is, or whom it asks for.
	 */
	private ScriptedBackend backend(Issued own, boolean clientAuth, String... protocols) {
		SSLContext context = PemBundles.read(this.authority.certificate(), own).createSslContext();
		return new ScriptedBackend(new Secured(context.getServerSocketFactory(), clientAuth, protocols), (peer) -> {
			SSLSocket socket = (SSLSocket) peer.socket();
			socket.startHandshake();
			this.seen.add(clientAuth ? socket.getSession().getPeerPrincipal().getName() : askedFor(socket));
			serve(peer);
		});
	}

	private static void serve(Peer peer) throws IOException {
		while (true) {
			peer.readRequest();
			peer.write(OK);
		}
	}

	private static String askedFor(SSLSocket socket) {
		return ((ExtendedSSLSession) socket.getSession()).getRequestedServerNames()
			.stream()
			.map((name) -> new SNIHostName(name.getEncoded()).getAsciiName())
			.findFirst()
			.orElse("");
	}

	/**
	 * Makes sockets that may ask for certificates and choose among protocols.
	 */
	private static final class Secured extends ServerSocketFactory {

		private final ServerSocketFactory sockets;

		private final boolean clientAuth;

		private final String[] protocols;

		private Secured(ServerSocketFactory sockets, boolean clientAuth, String... protocols) {
			this.sockets = sockets;
			this.clientAuth = clientAuth;
			this.protocols = protocols;
		}

		@Override
		public ServerSocket createServerSocket(int port) {
			return createServerSocket(port, 0, null);
		}

		@Override
		public ServerSocket createServerSocket(int port, int backlog) {
			return createServerSocket(port, backlog, null);
		}

		@Override
		public ServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress address) {
			try {
				SSLServerSocket socket = (SSLServerSocket) this.sockets.createServerSocket(port, backlog, address);
				SSLParameters parameters = socket.getSSLParameters();
				parameters.setNeedClientAuth(this.clientAuth);
				parameters.setApplicationProtocols(this.protocols);
				socket.setSSLParameters(parameters);
				return socket;
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

	}

}
