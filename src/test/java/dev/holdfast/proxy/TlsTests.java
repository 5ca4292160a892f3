package dev.holdfast.proxy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

import dev.holdfast.proxy.RawClient.Answer;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.Http2Wire;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.ClientAuth;
import dev.holdfast.tls.ServerName;
import dev.holdfast.tls.TlsMaterial;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

/**
 * Clients whose connections are secured.
 */
class TlsTests {

	private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

	@TempDir
	private Path folder;

	private CertificateAuthority authority;

	private ScriptedBackend backend;

	@BeforeEach
	void start() {
		this.authority = new CertificateAuthority(this.folder, "authority");
		this.backend = ScriptedBackend.answering(OK);
	}

	@AfterEach
	void stop() throws IOException {
		this.backend.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "TLSv1.2", "TLSv1.3" })
	void requestsAreForwardedAsHttps(String protocol) throws IOException {
		try (Gateway gateway = gateway(ClientAuth.NONE);
				SSLSocket socket = connect(gateway, trusting(null), "", protocol);
				RawClient client = new RawClient(socket)) {
			assertThat(socket.getSession().getProtocol()).isEqualTo(protocol);
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(client.get("/livez").status()).isEqualTo(200);
			assertThat(client.get("/readyz").status()).isEqualTo(200);
		}
		assertThat(this.backend.heads()).singleElement()
			.asString()
			.contains("x-forwarded-proto: https", "x-forwarded-port: 443", "proto=https")
			.doesNotContainIgnoringCase("client-cert");
	}

	@ParameterizedTest
	@EnumSource(HttpClient.Version.class)
	void theHandshakeDecidesTheVersionOfHttp(HttpClient.Version version) throws Exception {
		TlsMaterial material = PemBundles.material(null, this.authority.issue("server", "127.0.0.1"));
		try (Gateway gateway = gateway(() -> material, Map.of(), ClientAuth.NONE, Patience.TIME);
				HttpClient client = HttpClient.newBuilder().version(version).sslContext(trusting(null)).build()) {
			URI target = URI.create("https://127.0.0.1:" + gateway.server.port() + "/orders/1");
			HttpResponse<String> answer = client.send(
					HttpRequest.newBuilder(target).POST(BodyPublishers.ofString("body")).timeout(Patience.TIME).build(),
					BodyHandlers.ofString());
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("ok");
			assertThat(answer.version()).isEqualTo(version);
		}
		assertThat(this.backend.heads()).singleElement().asString().contains("x-forwarded-proto: https");
	}

	@Test
	void onlyTheProtocolsOfTheBundleAreSpoken() throws IOException {
		TlsMaterial material = PemBundles.material(null, this.authority.issue("server"), "TLSv1.3");
		try (Gateway gateway = gateway(() -> material, Map.of(), ClientAuth.NONE, Patience.TIME)) {
			assertThatThrownBy(() -> connect(gateway, trusting(null), "", "TLSv1.2")).isInstanceOf(SSLException.class);
			await().until(() -> gateway.recorder.rejections.contains("tls-handshake"));
			connect(gateway, trusting(null), "", "TLSv1.3").close();
		}
	}

	@ParameterizedTest
	@CsvSource({ "api.example.org, exact", "API.EXAMPLE.ORG, exact", "www.example.org, wildcard",
			"a.b.example.org, otherwise", "example.org, otherwise", "example.com, otherwise", "localhost, otherwise",
			"'', otherwise" })
	void theNameThatAClientAsksForDecidesTheCertificate(String name, String certificate) throws IOException {
		Map<ServerName, Supplier<TlsMaterial>> names = Map.of(new ServerName("*.example.org"), issued("wildcard"),
				new ServerName("api.example.org"), issued("exact"));
		try (Gateway gateway = gateway(issued("otherwise"), names, ClientAuth.NONE, Patience.TIME);
				SSLSocket socket = connect(gateway, trusting(null), name);
				RawClient client = new RawClient(socket)) {
			assertThat(subject(socket)).isEqualTo("CN=" + certificate);
			// The Host field alone decides where a request goes.
			assertThat(client.get("/orders/1").status()).isEqualTo(200);
			assertThat(client.get("/orders/1", "X-Other: 1").status()).isEqualTo(200);
		}
		assertThat(this.backend.heads()).first().asString().contains("x-forwarded-host: gateway.test");
	}

	@Test
	void newConnectionsSeeANewCertificateWhileOldOnesGoOn() throws IOException {
		AtomicReference<TlsMaterial> current = new AtomicReference<>(issued("old").get());
		SSLContext context = trusting(null);
		try (Gateway gateway = gateway(current::get, Map.of(), ClientAuth.NONE, Patience.TIME);
				SSLSocket first = connect(gateway, context, "");
				RawClient before = new RawClient(first)) {
			assertThat(before.get("/orders/1").status()).isEqualTo(200);
			current.set(issued("new").get());
			gateway.server.tlsChanged();
			// With the same context the client offers to resume its session.
			await().untilAsserted(() -> {
				try (SSLSocket socket = connect(gateway, context, ""); RawClient after = new RawClient(socket)) {
					assertThat(subject(socket)).isEqualTo("CN=new");
					assertThat(after.get("/orders/2").status()).isEqualTo(200);
				}
			});
			assertThat(before.get("/orders/3").status()).isEqualTo(200);
		}
	}

	@Test
	void aSessionIsNotResumedOnceItsAuthorityIsNoLongerTrusted() throws IOException {
		CertificateAuthority other = new CertificateAuthority(this.folder, "other");
		Issued server = this.authority.issue("server");
		AtomicReference<TlsMaterial> current = new AtomicReference<>(
				PemBundles.material(this.authority.certificate(), server));
		SSLContext context = trusting(this.authority.issue("client"));
		try (Gateway gateway = gateway(current::get, Map.of(), ClientAuth.NEED, Patience.TIME)) {
			assertServed(gateway, context);
			current.set(PemBundles.material(other.certificate(), server));
			gateway.server.tlsChanged();
			await().untilAsserted(() -> assertRefused(() -> request(gateway, context)));
			assertRefused(() -> request(gateway, context));
			assertServed(gateway, trusting(other.issue("client")));
		}
	}

	@Test
	void aVerifiedCertificateIsForwarded() throws Exception {
		Issued own = this.authority.issue("client");
		try (Gateway gateway = gateway(ClientAuth.NEED)) {
			assertThat(request(gateway, trusting(own), "Client-Cert: :c3Bvb2Y=:", "Client-Cert-Chain: :c3Bvb2Y=:",
					"Connection: keep-alive, client-cert")
				.status()).isEqualTo(200);
		}
		assertThat(fields("client-cert")).containsExactly(clientCert(own));
	}

	@Test
	void anHttp2ClientsCertificateIsForwardedWithEachOfItsRequests() throws Exception {
		Issued own = this.authority.issue("client");
		try (Gateway gateway = gateway(ClientAuth.NEED);
				Http2Wire client = Http2Wire.connect(gateway.server.port(), trusting(own))) {
			for (int i = 0; i < 2; i++) {
				int stream = client.get("/orders/1", "client-cert", ":c3Bvb2Y=:", "client-cert-chain", ":c3Bvb2Y=:");
				assertThat(client.message(stream).status()).isEqualTo(200);
			}
		}
		assertThat(fields("client-cert")).containsExactly(clientCert(own), clientCert(own));
		assertThat(this.backend.heads()).first().asString().contains("x-forwarded-proto: https", "via: 2.0 holdfast");
	}

	private static String clientCert(Issued own) throws Exception {
		byte[] certificate = CertificateFactory.getInstance("X.509")
			.generateCertificate(Files.newInputStream(own.certificate()))
			.getEncoded();
		return "client-cert: :" + Base64.getEncoder().encodeToString(certificate) + ":";
	}

	@Test
	void http2ClientsWithoutATrustedCertificateAreRefused() throws IOException {
		CertificateAuthority other = new CertificateAuthority(this.folder, "other");
		try (Gateway gateway = gateway(ClientAuth.NEED)) {
			assertRefused(() -> http2Request(gateway, trusting(null)));
			assertRefused(() -> http2Request(gateway, trusting(other.issue("stranger"))));
			await().until(() -> gateway.recorder.rejections.size() == 2);
			assertThat(gateway.recorder.rejections).containsOnly("tls-handshake");
			http2Request(gateway, trusting(this.authority.issue("client")));
		}
		assertThat(this.backend.heads()).hasSize(1);
	}

	private static void http2Request(Gateway gateway, SSLContext context) throws IOException {
		try (Http2Wire client = Http2Wire.connect(gateway.server.port(), context)) {
			assertThat(client.message(client.get("/orders/1")).status()).isEqualTo(200);
		}
	}

	@Test
	void clientsWithoutATrustedCertificateAreRefused() throws IOException {
		CertificateAuthority other = new CertificateAuthority(this.folder, "other");
		try (Gateway gateway = gateway(ClientAuth.NEED)) {
			assertRefused(() -> request(gateway, trusting(null)));
			assertRefused(() -> request(gateway, trusting(other.issue("stranger"))));
			assertRefused(() -> request(gateway, trusting(this.authority.issueExpired("late"))));
			await().until(() -> gateway.recorder.rejections.size() == 3);
			assertThat(gateway.recorder.rejections).containsOnly("tls-handshake");
		}
		assertThat(this.backend.heads()).isEmpty();
	}

	@Test
	void aWantedCertificateMayBeAbsentButNotWrong() throws IOException {
		try (Gateway gateway = gateway(ClientAuth.WANT)) {
			assertThat(request(gateway, trusting(null), "Client-Cert: :c3Bvb2Y=:").status()).isEqualTo(200);
			assertThat(fields("client-cert")).isEmpty();
			assertRefused(() -> request(gateway, trusting(this.authority.issueExpired("late"))));
			assertServed(gateway, trusting(this.authority.issue("client")));
			assertThat(fields("client-cert")).hasSize(1);
		}
	}

	@Test
	void theFieldIsBelievedFromATrustedProxyWhoseOwnCertificateIsNotTheClients() throws IOException {
		TrafficSettings settings = Gateway.settings("127.0.0.1");
		try (Gateway gateway = new Gateway(settings, tls(issued("server"), Map.of(), ClientAuth.NEED, Patience.TIME),
				this.backend.port())) {
			SSLContext proxy = trusting(this.authority.issue("proxy"));
			assertThat(request(gateway, proxy, "Client-Cert: :Y2xpZW50:", "Client-Cert-Chain: :Y2E=:").status())
				.isEqualTo(200);
			assertThat(fields("client-cert")).containsExactly("Client-Cert: :Y2xpZW50:", "Client-Cert-Chain: :Y2E=:");
			assertServed(gateway, proxy);
			assertThat(fields("client-cert")).hasSize(2);
		}
	}

	@Test
	void theFieldIsDroppedInClearTextAsWell() throws IOException {
		try (Gateway gateway = new Gateway(this.backend.port()); RawClient client = gateway.client()) {
			assertThat(client.get("/orders/1", "client-cert: :c3Bvb2Y=:").status()).isEqualTo(200);
			assertThat(fields("client-cert")).isEmpty();
		}
	}

	@Test
	void clearTextOnTheSecuredPortIsTurnedAway() throws IOException {
		try (Gateway gateway = gateway(ClientAuth.NONE); RawClient client = gateway.client()) {
			client.send("GET /orders/1 HTTP/1.1\r\nHost: a\r\n\r\n");
			assertThat(client.rest()).doesNotContain("200");
			await().until(() -> gateway.recorder.rejections.contains("tls-handshake"));
			assertServed(gateway, trusting(null));
		}
	}

	@Test
	void aHandshakeOnAPortInClearTextIsTurnedAway() throws IOException {
		try (Gateway gateway = new Gateway(this.backend.port())) {
			assertRefused(() -> request(gateway, trusting(null)));
			try (RawClient client = gateway.client()) {
				assertThat(client.get("/orders/1").status()).isEqualTo(200);
			}
		}
	}

	@Test
	void aHandshakeThatIsNotFinishedInTimeIsGivenUp() throws IOException {
		try (Gateway gateway = gateway(issued("server"), Map.of(), ClientAuth.NONE, Duration.ofMillis(200));
				RawClient silent = gateway.client();
				RawClient slow = gateway.client()) {
			slow.send("\u0016\u0003\u0001\u0002\u0000\u0001");
			assertThat(silent.rest()).isEmpty();
			slow.rest();
			await().until(() -> gateway.recorder.rejections.size() == 2);
			// On a busy machine an honest handshake may take too long as well.
			await().ignoreExceptionsInstanceOf(IOException.class)
				.untilAsserted(() -> assertServed(gateway, trusting(null)));
		}
	}

	@Test
	@EnabledOnOs(OS.LINUX)
	void moreHandshakesThanThereMayBeConnectionsAreClosed() throws IOException {
		TrafficLimits four = new TrafficLimits(8192, 16_384, 100, 4, 0, 100, 200);
		SSLContext context = trusting(null);
		try (Gateway gateway = new Gateway(Gateway.settings(four, TrafficTimes.DEFAULTS),
				tls(issued("server"), Map.of(), ClientAuth.NONE, Patience.TIME), this.backend.port());
				Socket first = silent(gateway);
				Socket second = silent(gateway);
				Socket third = silent(gateway)) {
			// An open connection has left the fourth place to the next one.
			try (RawClient open = new RawClient(connect(gateway, context, ""))) {
				assertThat(open.get("/orders/1").status()).isEqualTo(200);
				assertServed(gateway, context);
			}
			try (Socket fourth = silent(gateway); Socket fifth = silent(gateway)) {
				assertThat(fifth.getInputStream().read()).isEqualTo(-1);
				assertThat(gateway.recorder.rejections).containsExactly("too-many-handshakes");
				assertThat(List.of(first, second, third, fourth)).noneMatch(TlsTests::isEnded);
			}
			await().ignoreExceptionsInstanceOf(IOException.class)
				.until(() -> request(gateway, context).status() == 200);
		}
	}

	private static Socket silent(Gateway gateway) throws IOException {
		return new Socket(InetAddress.getLoopbackAddress(), gateway.server.port());
	}

	private static boolean isEnded(Socket socket) {
		try {
			socket.setSoTimeout(1);
			return socket.getInputStream().read() < 0;
		}
		catch (SocketTimeoutException ex) {
			return false;
		}
		catch (IOException ex) {
			return true;
		}
	}

	@Test
	void aProbeThatOnlyConnectsIsNotCounted() throws IOException {
		try (Gateway gateway = gateway(ClientAuth.NONE)) {
			gateway.client().close();
			assertServed(gateway, trusting(null));
			assertThat(gateway.recorder.rejections).isEmpty();
		}
	}

	private Gateway gateway(ClientAuth clientAuth) {
		return gateway(issued("server"), Map.of(), clientAuth, Patience.TIME);
	}

	private Gateway gateway(Supplier<TlsMaterial> otherwise, Map<ServerName, Supplier<TlsMaterial>> names,
			ClientAuth clientAuth, Duration handshakeTimeout) {
		return new Gateway(Gateway.settings(), tls(otherwise, names, clientAuth, handshakeTimeout),
				this.backend.port());
	}

	private static TrafficTls tls(Supplier<TlsMaterial> otherwise, Map<ServerName, Supplier<TlsMaterial>> names,
			ClientAuth clientAuth, Duration handshakeTimeout) {
		return new TrafficTls(Optional.of(new ClientTls(otherwise, names, clientAuth, handshakeTimeout)), Map.of());
	}

	private Supplier<TlsMaterial> issued(String name) {
		TlsMaterial material = PemBundles.material(this.authority.certificate(), this.authority.issue(name));
		return () -> material;
	}

	private SSLContext trusting(@Nullable Issued own) {
		return PemBundles.read(this.authority.certificate(), own).createSslContext();
	}

	private static SSLSocket connect(Gateway gateway, SSLContext context, String name, String... protocols)
			throws IOException {
		Socket plain = silent(gateway);
		SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, null, 1, true);
		SSLParameters parameters = socket.getSSLParameters();
		if (!name.isEmpty()) {
			parameters.setServerNames(List.of(new SNIHostName(name)));
		}
		if (protocols.length > 0) {
			parameters.setProtocols(protocols);
		}
		socket.setSSLParameters(parameters);
		socket.setSoTimeout((int) Patience.TIME.toMillis());
		socket.startHandshake();
		return socket;
	}

	private static Answer request(Gateway gateway, SSLContext context, String... fields) throws IOException {
		try (RawClient client = new RawClient(connect(gateway, context, ""))) {
			return client.get("/orders/1", fields);
		}
	}

	private static void assertServed(Gateway gateway, SSLContext context) throws IOException {
		assertThat(request(gateway, context).status()).isEqualTo(200);
	}

	/**
	 * With TLS 1.3 a client learns only from its first read that it was refused.
	 */
	private static void assertRefused(ThrowingCallable request) {
		assertThatThrownBy(request).isInstanceOf(IOException.class);
	}

	private List<String> fields(String prefix) {
		return this.backend.heads()
			.stream()
			.flatMap((head) -> Arrays.stream(head.split("\r\n")))
			.filter((line) -> line.regionMatches(true, 0, prefix, 0, prefix.length()))
			.toList();
	}

	private static String subject(SSLSocket socket) throws IOException {
		return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
	}

}
