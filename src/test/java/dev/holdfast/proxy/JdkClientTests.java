package dev.holdfast.proxy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import javax.net.ssl.SSLContext;

import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.testing.TestBackend;
import io.vertx.core.http.HttpServerRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The client of the JDK, which speaks HTTP/2 after a TLS handshake.
 */
class JdkClientTests {

	/** More than the kernel takes while nobody reads. */
	private static final int LARGE = 8 * 1024 * 1024;

	private static final int WHOLE = 2 * 1024 * 1024;

	private static final int CONCURRENT = 50;

	@TempDir
	private static Path folder;

	private static TestBackend backend;

	private static Gateway gateway;

	private static SSLContext trusting;

	@BeforeAll
	static void start() {
		backend = TestBackend.start("a", JdkClientTests::echo);
		CertificateAuthority authority = new CertificateAuthority(folder, "authority");
		gateway = new Gateway(Gateway.settings(), Gateway.tls(authority), backend.port());
		// However late the clients are on a busy machine.
		gateway.stopTime();
		trusting = PemBundles.read(authority.certificate(), null).createSslContext();
	}

	@AfterAll
	static void stop() {
		gateway.close();
		backend.close();
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_1_1", "HTTP_2" })
	void largeBodyGoesThereAndBack(Version version) throws Exception {
		byte[] body = new byte[WHOLE];
		new Random(WHOLE).nextBytes(body);
		try (HttpClient client = client(version)) {
			HttpResponse<byte[]> answer = client.send(request("/echo").PUT(BodyPublishers.ofByteArray(body)).build(),
					BodyHandlers.ofByteArray());
			assertThat(answer.version()).isEqualTo(version);
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo(body);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_1_1", "HTTP_2" })
	void bodyIsSentWithTheBackendsLeave(Version version) throws Exception {
		try (HttpClient client = client(version)) {
			HttpResponse<String> answer = client.send(
					request("/echo").expectContinue(true).PUT(BodyPublishers.ofString("hello")).build(),
					BodyHandlers.ofString());
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).isEqualTo("hello");
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_1_1", "HTTP_2" })
	void headHasNoBody(Version version) throws Exception {
		try (HttpClient client = client(version)) {
			HttpResponse<String> answer = client.send(request("/head").HEAD().build(), BodyHandlers.ofString());
			assertThat(answer.statusCode()).isEqualTo(200);
			assertThat(answer.body()).isEmpty();
			assertThat(answer.headers().firstValueAsLong("content-length")).hasValue(LARGE);
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_1_1", "HTTP_2" })
	void concurrentRequestsGetTheirOwnAnswers(Version version) {
		try (HttpClient client = client(version)) {
			List<CompletableFuture<HttpResponse<String>>> answers = IntStream.range(0, CONCURRENT)
				.mapToObj((i) -> client.sendAsync(request("/echo").POST(BodyPublishers.ofString("number " + i)).build(),
						BodyHandlers.ofString()))
				.toList();
			for (int i = 0; i < CONCURRENT; i++) {
				assertThat(answers.get(i).join().body()).isEqualTo("number " + i);
			}
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTP_1_1", "HTTP_2" })
	void bodyThatTheBackendDoesNotWantIsCutShort(Version version) throws Exception {
		try (HttpClient client = client(version)) {
			HttpResponse<String> answer = client.send(
					request("/unwanted").PUT(BodyPublishers.ofByteArray(new byte[LARGE])).build(),
					BodyHandlers.ofString());
			assertThat(answer.statusCode()).isEqualTo(413);
			assertThat(answer.body()).isEqualTo("too large");
		}
	}

	private static HttpClient client(Version version) {
		return HttpClient.newBuilder().version(version).sslContext(trusting).build();
	}

	private static HttpRequest.Builder request(String path) {
		return HttpRequest
			.newBuilder(URI.create("https://127.0.0.1:%d/orders%s".formatted(gateway.server.port(), path)))
			.timeout(Patience.TIME);
	}

	private static void echo(HttpServerRequest request) {
		if (request.path().equals("/head")) {
			request.response().putHeader("content-length", Integer.toString(LARGE)).end();
			return;
		}
		if (request.path().equals("/unwanted")) {
			request.response().setStatusCode(413).end("too large");
			return;
		}
		if ("100-continue".equals(request.getHeader("expect"))) {
			request.response().writeContinue();
		}
		request.body().onSuccess((body) -> request.response().end(body));
	}

}
