package dev.holdfast.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;

import dev.holdfast.proxy.backend.FakeNames;
import dev.holdfast.proxy.backend.HostAddresses;
import dev.holdfast.proxy.backend.HostResolver;
import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.CapturedLog;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.FreePorts;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Instances that are registered by name, and the addresses that their names have.
 */
class InstanceNameTests {

	private static final String NAME = "orders.internal";

	private static final String ONE = "127.0.0.2";

	private static final String TWO = "127.0.0.3";

	private final int port = FreePorts.choose(TWO);

	private final FakeNames names = new FakeNames(ONE, TWO);

	@Test
	void aDeadAddressIsPassedOver() throws IOException {
		try (ScriptedBackend live = closing(TWO);
				Gateway gateway = gateway(this.names.resolver());
				RawClient client = gateway.client()) {
			for (int i = 0; i < 10; i++) {
				assertThat(client.get("/orders/1").status()).isEqualTo(200);
			}
			assertThat(live.connections()).isEqualTo(10);
			assertThat(gateway.recorder.connectFailures).isEmpty();
		}
	}

	@Test
	void allLiveAddressesGetConnections() throws IOException {
		try (ScriptedBackend one = closing(ONE);
				ScriptedBackend two = closing(TWO);
				Gateway gateway = gateway(this.names.resolver());
				RawClient client = gateway.client()) {
			// An address is given up after a quarter of a second.
			gateway.stopTime();
			for (int i = 0; i < 10; i++) {
				assertThat(client.get("/orders/1").status()).isEqualTo(200);
			}
			assertThat(one.connections()).isEqualTo(5);
			assertThat(two.connections()).isEqualTo(5);
			assertThat(this.names.lookups).hasValue(1);
		}
	}

	@Test
	void aServiceOnOneLoopbackAddressAloneIsFoundAtLocalhost() throws IOException {
		boolean ipv6 = hasIpv6();
		HostResolver hosts = ipv6 ? new HostResolver(HostLookup.system()) : new FakeNames(ONE, "127.0.0.1").resolver();
		try (ScriptedBackend live = closing(ipv6 ? "::1" : "127.0.0.1");
				Gateway gateway = Gateway.named(hosts, TrafficTls.NONE, RoutePolicy.DEFAULTS,
						new Endpoint(Scheme.HTTP, "localhost", this.port));
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(client.get("/orders/2").status()).isEqualTo(200);
			assertThat(live.heads()).hasSize(2).allMatch((head) -> head.contains("localhost:" + this.port));
		}
	}

	@Test
	void anAddressThatDoesNotAnswerHoldsUpNobodyAndTheCertificateIsForTheName(@TempDir Path folder) throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		TlsMaterial trust = PemBundles.material(authority.certificate(), null);
		SSLContext context = PemBundles.read(authority.certificate(), authority.issue("orders", NAME))
			.createSslContext();
		RoutePolicy policy = new RoutePolicy(BackendProtocol.HTTP1, RouteTimes.DEFAULTS, 0,
				new BackendSecurity("own", ""), PathRules.DEFAULTS);
		HostResolver hosts = this.names.resolver();
		hosts.of(NAME).avoid(InetAddress.getByName(TWO));
		try (ServerSocket mute = new At(ServerSocketFactory.getDefault(), ONE, this.port).createServerSocket();
				ScriptedBackend live = new ScriptedBackend(new At(context.getServerSocketFactory(), TWO, this.port),
						(peer) -> {
							peer.readRequest();
							peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
							peer.awaitEnd();
						});
				Gateway gateway = Gateway.named(hosts, new TrafficTls(Optional.empty(), Map.of("own", () -> trust)),
						policy, new Endpoint(Scheme.HTTPS, NAME, this.port));
				RawClient client = gateway.client()) {
			assertThat(mute.isBound()).isTrue();
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(live.connections()).isEqualTo(1);
			assertThat(gateway.recorder.connectFailures).isEmpty();
		}
	}

	@Test
	void allAddressesDeadAreOneFailureThatTellsOfEach(CapturedLog output) throws IOException {
		try (Gateway gateway = gateway(this.names.resolver()); RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").header("holdfast-error")).isEqualTo("connect-failed");
			assertThat(gateway.recorder.connectFailures).containsExactly("refused");
			assertThat(output).contains("No connection to orders-" + this.port)
				.contains(ONE + " (refused)")
				.contains(TWO + " (refused)");
		}
	}

	@Test
	void aNameWithoutAnAddressIsNoConnection(CapturedLog output) throws IOException {
		try (Gateway gateway = gateway(new FakeNames().resolver()); RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").header("holdfast-error")).isEqualTo("connect-failed");
			assertThat(gateway.recorder.connectFailures).containsExactly("unknown-host");
			assertThat(output).contains("No connection to orders-" + this.port)
				.contains(": orders.internal: no answer;");
		}
	}

	@Test
	void aNameThatMovesIsFollowedThoughTheOldAddressAnswers() throws IOException {
		this.names.answer(ONE);
		try (ScriptedBackend before = keeping(ONE, "before");
				ScriptedBackend after = keeping(TWO, "after");
				Gateway gateway = gateway(this.names.resolver());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").body()).isEqualTo("before");
			assertThat(client.get("/orders/1").body()).isEqualTo("before");
			this.names.answer(TWO);
			this.names.now.addAndGet(Duration.ofSeconds(30).toNanos());
			await().until(() -> client.get("/orders/1").body().equals("after"));
			assertThat(client.get("/orders/1").body()).isEqualTo("after");
			assertThat(before.connections()).isEqualTo(1);
			assertThat(after.connections()).isEqualTo(1);
		}
	}

	@Test
	void anAnswerOnItsWayIsNotCutWhenTheNameMoves() throws IOException {
		this.names.answer(ONE);
		CompletableFuture<Void> moved = new CompletableFuture<>();
		try (ScriptedBackend before = new ScriptedBackend(new At(ServerSocketFactory.getDefault(), ONE, this.port),
				(peer) -> {
					peer.readRequest();
					peer.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nbe");
					moved.join();
					peer.write("fore");
					peer.awaitEnd();
				});
				ScriptedBackend after = keeping(TWO, "after");
				Gateway gateway = gateway(this.names.resolver());
				RawClient client = gateway.client();
				RawClient another = gateway.client()) {
			client.send("GET /orders/1 HTTP/1.1\r\nHost: gateway.test\r\n\r\n").head();
			assertThat(client.text(2)).isEqualTo("be");
			this.names.answer(TWO);
			this.names.now.addAndGet(Duration.ofSeconds(30).toNanos());
			assertThat(another.get("/orders/2").body()).isEqualTo("after");
			moved.complete(null);
			assertThat(client.text(4)).isEqualTo("fore");
			assertThat(client.get("/orders/1").body()).isEqualTo("after");
			assertThat(before.connections()).isEqualTo(1);
			assertThat(after.connections()).isEqualTo(1);
		}
	}

	@Test
	void aConnectionIsKeptWhileItsNameCannotBeLookedUp(CapturedLog output) throws IOException {
		this.names.answer(ONE);
		try (ScriptedBackend backend = keeping(ONE, "still there");
				Gateway gateway = gateway(this.names.resolver());
				RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			this.names.answer();
			this.names.now.addAndGet(Duration.ofSeconds(30).toNanos());
			await().until(() -> this.names.lookups.get() > 1);
			assertThat(client.get("/orders/1").body()).isEqualTo("still there");
			assertThat(backend.connections()).isEqualTo(1);
			assertThat(output).containsOnlyOnce("The name orders.internal cannot be looked up");
			this.names.answer(ONE);
			this.names.now.addAndGet(Duration.ofSeconds(30).toNanos());
			await().untilAsserted(() -> assertThat(output).contains("All names of instances can be looked up again"));
		}
	}

	@Test
	void aNameThatNobodyUsesAnyMoreDoesNotKeepAnotherOneOutOfTheLog(CapturedLog output) {
		HostResolver hosts = this.names.resolver();
		HostAddresses unused = hosts.of("unused.internal");
		HostAddresses used = hosts.of(NAME);
		assertThat(unused.ask()).isCompleted();
		assertThat(used.ask()).isCompleted();
		this.names.answer();
		assertThat(unused.ask()).isCompletedExceptionally();
		assertThat(output).containsOnlyOnce("The name unused.internal cannot be looked up");
		this.names.now.addAndGet(Duration.ofMinutes(10).toNanos());
		this.names.answer(ONE);
		assertThat(used.known()).isEmpty();
		hosts.forgetUnused();
		assertThat(output).containsOnlyOnce("All names of instances can be looked up again");
		this.names.answer();
		assertThat(used.ask()).isCompletedExceptionally();
		assertThat(output).containsOnlyOnce("The name orders.internal cannot be looked up");
	}

	private Gateway gateway(HostResolver hosts) {
		return Gateway.named(hosts, TrafficTls.NONE, RoutePolicy.DEFAULTS, new Endpoint(Scheme.HTTP, NAME, this.port));
	}

	/**
	 * A backend that has each request come on a connection of its own.
	 */
	private ScriptedBackend closing(String address) {
		return new ScriptedBackend(new At(ServerSocketFactory.getDefault(), address, this.port), (peer) -> {
			peer.readRequest();
			peer.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
			peer.awaitEnd();
		});
	}

	private ScriptedBackend keeping(String address, String body) {
		return new ScriptedBackend(new At(ServerSocketFactory.getDefault(), address, this.port), (peer) -> {
			while (true) {
				peer.readRequest();
				peer.write("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s".formatted(body.length(), body));
			}
		});
	}

	private static boolean hasIpv6() {
		try (ServerSocket socket = new At(ServerSocketFactory.getDefault(), "::1", 0).createServerSocket()) {
			return socket.isBound();
		}
		catch (IOException | UncheckedIOException ex) {
			return false;
		}
	}

	/**
	 * Makes sockets that listen where they are told to here.
	 */
	private static final class At extends ServerSocketFactory {

		private final ServerSocketFactory sockets;

		private final String address;

		private final int port;

		private At(ServerSocketFactory sockets, String address, int port) {
			this.sockets = sockets;
			this.address = address;
			this.port = port;
		}

		@Override
		public ServerSocket createServerSocket() {
			try {
				return this.sockets.createServerSocket(this.port, 128, InetAddress.getByName(this.address));
			}
			catch (IOException ex) {
				throw new UncheckedIOException(ex);
			}
		}

		@Override
		public ServerSocket createServerSocket(int anyPort) {
			return createServerSocket();
		}

		@Override
		public ServerSocket createServerSocket(int anyPort, int backlog) {
			return createServerSocket();
		}

		@Override
		public ServerSocket createServerSocket(int anyPort, int backlog, @Nullable InetAddress anyAddress) {
			return createServerSocket();
		}

	}

}
