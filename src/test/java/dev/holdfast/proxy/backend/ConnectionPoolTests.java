package dev.holdfast.proxy.backend;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import javax.net.ServerSocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.holdfast.service.Endpoint;
import dev.holdfast.service.HostLookup;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.Acceptor;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.FreePorts;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.TlsMaterial;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Connections to instances that speak HTTP/1.1, or do not come about, with the time moved
 * by hand.
 */
class ConnectionPoolTests {

	private static final Duration IDLE = Duration.ofSeconds(15);

	private static final Duration YOUNGEST = Duration.ofMinutes(90);

	private static final Duration OLDEST = Duration.ofMinutes(110);

	private static final Duration NANO = Duration.ofNanos(1);

	private static final Duration CONNECT = Duration.ofSeconds(20);

	/** SETTINGS with MAX_CONCURRENT_STREAMS = 0. */
	private static final byte[] NO_STREAMS = { 0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0 };

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	private BackendLoop loop = loop(new HostResolver(HostLookup.system()), null);

	@AfterEach
	void stop() {
		this.loop.close();
	}

	private static BackendLoop loop(HostResolver hosts, @Nullable TlsMaterial own) {
		return new BackendLoop(hosts, (own != null) ? Map.of("own", () -> own) : Map.of(), CONNECT);
	}

	@Test
	void theConnectionThatWasUsedLastIsTakenFirst() throws IOException {
		try (ScriptedInstance instance = ScriptedInstance.responding(OK)) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTP);
			RecordedResponse first = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			RecordedResponse second = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			this.loop.get(second);
			awaitEnd(second);
			this.loop.after(IDLE.minus(NANO));
			this.loop.get(first);
			awaitEnd(first);
			this.loop.after(NANO);
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("reused");
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("reused");
			assertThat(instance.sockets).hasSize(2);
			awaitEnds(1, instance);
		}
	}

	@ParameterizedTest
	@CsvSource({ "'', 15", "'Keep-Alive: timeout=3\r\n', 2", "'Keep-Alive: timeout=60\r\n', 15" })
	void anIdleConnectionIsClosedASecondBeforeItsInstanceDoes(String field, int seconds) throws IOException {
		try (ScriptedInstance instance = ScriptedInstance.responding(OK.replace("Content-", field + "Content-"))) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTP);
			this.loop.exchange(endpoint, WireProtocol.HTTP1);
			this.loop.after(Duration.ofSeconds(seconds).minus(NANO));
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("reused");
			this.loop.after(Duration.ofSeconds(seconds));
			awaitEnds(1, instance);
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("connected");
		}
	}

	@Test
	void anIdleConnectionIsClosedInTimeBehindOneThatStaysLonger() throws IOException {
		AtomicInteger made = new AtomicInteger();
		try (ScriptedInstance instance = new ScriptedInstance((socket) -> ScriptedInstance.respond(socket,
				(made.getAndIncrement() == 0) ? OK : OK.replace("Content-", "Keep-Alive: timeout=3\r\nContent-")))) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTP);
			RecordedResponse lasting = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			await().until(() -> made.get() == 1);
			RecordedResponse brief = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			this.loop.get(lasting);
			awaitEnd(lasting);
			this.loop.get(brief);
			awaitEnd(brief);
			this.loop.after(Duration.ofSeconds(2).minus(NANO));
			assertThat(instance.sockets).hasSize(2).noneMatch(Socket::isClosed);
			this.loop.after(NANO);
			awaitEnds(1, instance);
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("reused");
			assertThat(instance.sockets.getFirst().isClosed()).isFalse();
		}
	}

	@Test
	void aConnectionIsUsedUntilItIsTooOld() throws IOException {
		try (ScriptedInstance instance = ScriptedInstance.responding(OK)) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTP);
			RecordedResponse young = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			this.loop.after(YOUNGEST.minus(NANO));
			this.loop.get(young);
			awaitEnd(young);
			RecordedResponse old = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			assertThat(old.take()).containsExactly("reused");
			this.loop.after(OLDEST.minus(YOUNGEST));
			this.loop.get(old);
			awaitEnd(old);
			awaitEnds(1, instance);
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("connected");
		}
	}

	@Test
	void connectionsMadeTogetherBecomeTooOldOneAfterTheOther() {
		long start = 1_000_000;
		AtomicLong now = new AtomicLong(start);
		ConnectionAge age = new ConnectionAge(BackendLoop.AGE, now::get);
		long middle = BackendLoop.AGE.toNanos();
		assertThat(Stream.generate(age::end).limit(100))
			.allMatch((end) -> end >= start + YOUNGEST.toNanos() && end < start + OLDEST.toNanos())
			.anyMatch((end) -> end < start + (YOUNGEST.toNanos() + middle) / 2)
			.anyMatch((end) -> end > start + (middle + OLDEST.toNanos()) / 2);
	}

	@Test
	void connectionsMayBecomeAsOldAsTheyLike() {
		assertThat(new ConnectionAge(Duration.ZERO, () -> 1).end()).isGreaterThan(Duration.ofDays(36_500).toNanos());
	}

	@Test
	void aConnectionThatTheInstanceHasEndedIsNotTakenForWhatCannotBeDoneTwice() throws IOException {
		CompletableFuture<Void> end = new CompletableFuture<>();
		CompletableFuture<Void> ended = new CompletableFuture<>();
		try (ScriptedInstance instance = new ScriptedInstance((socket) -> {
			ScriptedInstance.readHead(socket.getInputStream());
			socket.getOutputStream().write(OK.getBytes(StandardCharsets.ISO_8859_1));
			end.join();
			socket.shutdownOutput();
			ended.complete(null);
			ScriptedInstance.awaitEnd(socket);
		})) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTP);
			this.loop.exchange(endpoint, WireProtocol.HTTP1);
			RecordedResponse response = new RecordedResponse();
			this.loop.run(() -> {
				end.complete(null);
				ended.join();
				// The event loop has no chance to read of it.
				this.loop.askNow(endpoint, WireProtocol.HTTP1, true, response);
			});
			await().until(() -> !response.events.isEmpty());
			assertThat(response.take()).containsExactly("connected");
			awaitEnds(1, instance);
		}
	}

	@Test
	void aConnectionThatNobodyWaitsForAnyMoreIsKept() throws IOException {
		try (ScriptedInstance instance = ScriptedInstance.responding(OK)) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTP);
			RecordedResponse first = new RecordedResponse();
			this.loop.run(() -> this.loop.askNow(endpoint, WireProtocol.HTTP1, false, first).run());
			await().until(() -> instance.sockets.size() == 1);
			await().until(() -> this.loop.exchange(endpoint, WireProtocol.HTTP1).equals("reused"));
			assertThat(first.take()).isEmpty();
		}
	}

	@Test
	void nothingIsKeptOnceItIsShutDown() throws IOException {
		try (ScriptedInstance instance = ScriptedInstance.responding(OK)) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTP);
			RecordedResponse busy = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			this.loop.exchange(endpoint, WireProtocol.HTTP1);
			this.loop.shutDown();
			awaitEnds(1, instance);
			this.loop.get(busy);
			awaitEnd(busy);
			awaitEnds(2, instance);
		}
	}

	@Test
	void aRefusedConnectionIsToldBehindTheAsking() {
		List<String> order = new ArrayList<>();
		RecordedResponse response = new RecordedResponse();
		Endpoint endpoint = new Endpoint(Scheme.HTTP, "127.0.0.1", FreePorts.choose("127.0.0.1"));
		this.loop.run(() -> {
			this.loop.askNow(endpoint, WireProtocol.HTTP1, false, response);
			order.addAll(response.events);
		});
		await().until(() -> !response.events.isEmpty());
		assertThat(order).isEmpty();
		assertThat(response.take()).containsExactly("REFUSED: ");
	}

	@Test
	void aNameThatIsUnknownIsToldByItsName() {
		FakeNames names = new FakeNames();
		use(loop(names.resolver(), null));
		assertThat(this.loop.acquire(new Endpoint(Scheme.HTTP, "orders.internal", 1), WireProtocol.HTTP1).take())
			.containsExactly("UNKNOWN_HOST: orders.internal: no answer");
	}

	@Test
	void aNameThatIsLookedUpForTooLongIsUnknown() {
		FakeNames names = new FakeNames("127.0.0.1");
		use(loop(names.resolver(new FakeNames.Later()), null));
		RecordedResponse response = new RecordedResponse();
		this.loop.ask(new Endpoint(Scheme.HTTP, "orders.internal", 1), WireProtocol.HTTP1, false, response);
		this.loop.after(CONNECT.minus(NANO));
		assertThat(response.take()).isEmpty();
		this.loop.after(NANO);
		assertThat(response.take())
			.containsExactly("UNKNOWN_HOST: orders.internal: no answer from its name servers within 20000 ms");
	}

	@Test
	void allAddressesDeadAreOneFailureThatTellsOfEach() {
		FakeNames names = new FakeNames("127.0.0.2", "127.0.0.3");
		use(loop(names.resolver(), null));
		assertThat(this.loop
			.acquire(new Endpoint(Scheme.HTTP, "orders.internal", FreePorts.choose("127.0.0.3")), WireProtocol.HTTP1)
			.take()).singleElement()
			.asString()
			.startsWith("REFUSED: 127.0.0.")
			.contains("127.0.0.2 (refused)", "127.0.0.3 (refused)");
	}

	@Test
	void connectionsToAnAddressThatIsNotTheNamesAnyMoreAreLetGo() throws IOException {
		FakeNames names = new FakeNames("127.0.0.1");
		use(loop(names.resolver(), null));
		try (ScriptedInstance instance = ScriptedInstance.responding(OK)) {
			Endpoint endpoint = new Endpoint(Scheme.HTTP, "orders.internal", instance.endpoint(Scheme.HTTP).port());
			this.loop.exchange(endpoint, WireProtocol.HTTP1);
			this.loop.sweep();
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("reused");
			RecordedResponse busy = this.loop.acquire(endpoint, WireProtocol.HTTP1);
			this.loop.exchange(endpoint, WireProtocol.HTTP1);
			names.answer("127.0.0.9");
			names.now.addAndGet(Duration.ofSeconds(30).toNanos());
			this.loop.sweep();
			this.loop.sweep();
			awaitEnds(1, instance);
			this.loop.get(busy);
			awaitEnd(busy);
			awaitEnds(2, instance);
		}
	}

	@Test
	void theHandshakeDecidesAndIsRemembered(@TempDir Path folder) throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		use(loop(new HostResolver(HostLookup.system()), PemBundles.material(authority.certificate(), null)));
		try (ScriptedInstance instance = secured(authority, "http/1.1")) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTPS);
			RecordedResponse one = new RecordedResponse();
			RecordedResponse two = new RecordedResponse();
			this.loop.ask(endpoint, WireProtocol.NEGOTIATED, false, one);
			this.loop.ask(endpoint, WireProtocol.NEGOTIATED, false, two);
			await().until(() -> !two.events.isEmpty());
			assertThat(instance.sockets).hasSize(2);
			this.loop.get(one);
			this.loop.get(two);
			awaitEnd(one);
			awaitEnd(two);
			assertThat(this.loop.exchange(endpoint, WireProtocol.NEGOTIATED)).isEqualTo("reused");
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("reused");
			this.loop.bundles.changed();
			assertThat(this.loop.exchange(endpoint, WireProtocol.HTTP1)).isEqualTo("connected");
			this.loop.after(IDLE);
			awaitEnds(3, instance);
		}
	}

	@Test
	void anInstanceThatTurnsToHttp2AndTakesNoStreamsIsNoConnection(@TempDir Path folder) throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		use(loop(new HostResolver(HostLookup.system()), PemBundles.material(authority.certificate(), null)));
		AtomicInteger made = new AtomicInteger();
		try (ScriptedInstance instance = secured(authority, (socket) -> {
			if (made.getAndIncrement() == 0) {
				speak(socket, "http/1.1");
				ScriptedInstance.respond(socket, OK);
			}
			else {
				speak(socket, "h2");
				socket.getOutputStream().write(NO_STREAMS);
				ScriptedInstance.awaitEnd(socket);
			}
		})) {
			Endpoint endpoint = instance.endpoint(Scheme.HTTPS);
			this.loop.acquire(endpoint, WireProtocol.NEGOTIATED);
			assertThat(this.loop.acquire(endpoint, WireProtocol.NEGOTIATED).take()).containsExactly("OTHER: ");
		}
	}

	@ParameterizedTest
	@CsvSource({ "'', chose no protocol", "http/1.1, takes none of what was offered" })
	void anInstanceThatDoesNotAgreeOnHttp2IsNoConnection(String spoken, String did, @TempDir Path folder)
			throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		use(loop(new HostResolver(HostLookup.system()), PemBundles.material(authority.certificate(), null)));
		try (ScriptedInstance instance = secured(authority, spoken)) {
			assertThat(this.loop.acquire(instance.endpoint(Scheme.HTTPS), WireProtocol.HTTP2).take())
				.containsExactly("NO_HTTP2: HTTP/2 was expected (h2 by ALPN), the instance " + did);
			awaitEnds(1, instance);
		}
	}

	@ParameterizedTest
	@CsvSource({ "HTTP1", "NEGOTIATED" })
	void anInstanceThatClosesInItsHandshakeIsNoConnection(WireProtocol protocol) throws IOException {
		try (ScriptedInstance instance = new ScriptedInstance((socket) -> socket.getInputStream().read())) {
			assertThat(this.loop.acquire(instance.endpoint(Scheme.HTTPS), protocol).take()).singleElement()
				.asString()
				.startsWith("TLS: ");
		}
	}

	@Test
	void anInstanceOfAnUnknownAuthorityIsNoConnection(@TempDir Path folder) throws IOException {
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		try (ScriptedInstance instance = secured(authority, "")) {
			assertThat(this.loop.acquire(instance.endpoint(Scheme.HTTPS), WireProtocol.HTTP1).take()).singleElement()
				.asString()
				.isEqualTo("TLS: unable to find valid certification path to requested target");
		}
	}

	private void use(BackendLoop other) {
		this.loop.close();
		this.loop = other;
	}

	private static ScriptedInstance secured(CertificateAuthority authority, String protocol) {
		return secured(authority, (socket) -> {
			speak(socket, protocol);
			ScriptedInstance.respond(socket, OK);
		});
	}

	private static ScriptedInstance secured(CertificateAuthority authority, Acceptor.Script script) {
		SSLContext context = PemBundles.read(authority.certificate(), authority.issue("orders", "127.0.0.1"))
			.createSslContext();
		ServerSocketFactory sockets = context.getServerSocketFactory();
		return new ScriptedInstance(sockets, script);
	}

	private static void speak(Socket socket, String protocol) {
		SSLSocket secured = (SSLSocket) socket;
		SSLParameters parameters = secured.getSSLParameters();
		parameters.setApplicationProtocols(protocol.isEmpty() ? new String[0] : new String[] { protocol });
		secured.setSSLParameters(parameters);
	}

	private static void awaitEnd(RecordedResponse response) {
		await().until(() -> response.events.getLast().startsWith("end"));
	}

	private static void awaitEnds(int number, ScriptedInstance instance) {
		await().until(() -> instance.sockets.stream().filter((socket) -> socket.isClosed()).count() == number);
	}

}
