package dev.holdfast.proxy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.holdfast.route.BackendProtocol;
import dev.holdfast.route.BackendSecurity;
import dev.holdfast.route.PathRules;
import dev.holdfast.route.Route;
import dev.holdfast.route.RoutePolicy;
import dev.holdfast.route.RouteTimes;
import dev.holdfast.service.Scheme;
import dev.holdfast.testing.CertificateAuthority;
import dev.holdfast.testing.CertificateAuthority.Issued;
import dev.holdfast.testing.GrpcBackend;
import dev.holdfast.testing.GrpcClient;
import dev.holdfast.testing.Patience;
import dev.holdfast.testing.PemBundles;
import dev.holdfast.tls.TlsMaterial;
import io.grpc.Status;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which HTTP is spoken to instances.
 */
class BackendProtocolTests {

	private static CertificateAuthority authority;

	private static Issued server;

	private static TrafficTls tls;

	private static Vertx vertx;

	@BeforeAll
	static void start(@TempDir Path folder) {
		authority = new CertificateAuthority(folder, "authority");
		server = authority.issue("orders", "127.0.0.1");
		TlsMaterial trust = PemBundles.material(authority.certificate(), null);
		tls = new TrafficTls(Optional.empty(), Map.of("own", () -> trust));
		vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
	}

	@AfterAll
	static void stop() {
		get(vertx.close());
	}

	@ParameterizedTest
	@CsvSource({ "HTTP, AUTO, HTTP_1_1", "HTTP, HTTP1, HTTP_1_1", "HTTP, H2, HTTP_2", "GRPC, AUTO, HTTP_2",
			"GRPC, HTTP1, HTTP_1_1", "GRPC, H2, HTTP_2" })
	void routeDecidesBeforeTheRegistrationInClearText(Scheme scheme, BackendProtocol asked, HttpVersion spoken)
			throws IOException {
		assertSpoken(new HttpServerOptions(), scheme, asked, spoken);
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			HTTPS | AUTO  | h2 http/1.1 | HTTP_2
			HTTPS | AUTO  | h2          | HTTP_2
			HTTPS | AUTO  | http/1.1    | HTTP_1_1
			HTTPS | AUTO  | nothing     | HTTP_1_1
			HTTPS | HTTP1 | h2 http/1.1 | HTTP_1_1
			HTTPS | H2    | h2 http/1.1 | HTTP_2
			GRPCS | AUTO  | h2 http/1.1 | HTTP_2
			GRPCS | HTTP1 | h2 http/1.1 | HTTP_1_1
			GRPCS | H2    | h2          | HTTP_2
			""")
	void handshakeDecidesWhatTheRouteLeavesOpen(Scheme scheme, BackendProtocol asked, String offer, HttpVersion spoken)
			throws IOException {
		assertSpoken(offering(offer), scheme, asked, spoken);
	}

	@ParameterizedTest
	@CsvSource({ "HTTPS, H2, http/1.1", "HTTPS, H2, nothing", "GRPCS, AUTO, http/1.1", "GRPCS, AUTO, nothing" })
	void instanceThatDoesNotOfferWhatIsAskedForIsNoConnection(Scheme scheme, BackendProtocol asked, String offer)
			throws IOException {
		HttpServer backend = get(vertx.createHttpServer(offering(offer))
			.requestHandler((request) -> request.response().end(request.version().name()))
			.listen(0, "127.0.0.1"));
		try (Gateway gateway = gateway(asked, "/orders", scheme, backend.actualPort());
				RawClient client = gateway.client()) {
			RawClient.Answer answer = client.get("/orders/");
			assertThat(answer.status()).as(answer.body()).isEqualTo(502);
			assertThat(answer.header("holdfast-error")).isEqualTo("connect-failed");
		}
		finally {
			get(backend.close());
		}
	}

	private static HttpServerOptions offering(String offer) {
		List<HttpVersion> versions = Stream.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1)
			.filter((version) -> offer.contains(version.alpnName()))
			.toList();
		return new HttpServerOptions().setSsl(true)
			.setKeyCertOptions(KeyCertOptions.wrap(PemBundles.material(null, server).keys()))
			.setUseAlpn(!versions.isEmpty())
			.setAlpnVersions(versions);
	}

	private static void assertSpoken(HttpServerOptions options, Scheme scheme, BackendProtocol asked,
			HttpVersion spoken) throws IOException {
		AtomicInteger connections = new AtomicInteger();
		HttpServer backend = get(vertx.createHttpServer(options)
			.connectionHandler((connection) -> connections.incrementAndGet())
			.requestHandler((request) -> request.response().end(request.version().name()))
			.listen(0, "127.0.0.1"));
		try (Gateway gateway = gateway(asked, "/orders", scheme, backend.actualPort());
				RawClient client = gateway.client()) {
			for (int i = 0; i < 3; i++) {
				assertThat(client.get("/orders/" + i).body()).isEqualTo(spoken.name());
			}
			assertThat(connections).hasValue(1);
		}
		finally {
			get(backend.close());
		}
	}

	@ParameterizedTest
	@EnumSource(names = { "HTTPS", "GRPCS" })
	void grpcPassesToAnInstanceWithTls(Scheme scheme) {
		try (GrpcBackend backend = GrpcBackend.start(server);
				Gateway gateway = gateway(BackendProtocol.AUTO, "/" + GrpcBackend.SERVICE, scheme, backend.port());
				GrpcClient client = new GrpcClient(gateway.server.port())) {
			GrpcClient.Result said = client.send("Say", "hello");
			assertThat(said.status().isOk()).isTrue();
			assertThat(said.messages()).containsExactly("hello");
			assertThat(said.trailer("x-afterwards")).isEqualTo("yes");
			assertThat(client.send("Count", "100").messages()).hasSize(100);
			GrpcClient.Result failed = client.send("Fail", "5 no such order");
			assertThat(failed.status().getCode()).isEqualTo(Status.Code.NOT_FOUND);
			assertThat(failed.status().getDescription()).isEqualTo("no such order");
		}
	}

	private static Gateway gateway(BackendProtocol protocol, String path, Scheme scheme, int port) {
		RoutePolicy policy = new RoutePolicy(protocol, RouteTimes.DEFAULTS, 0, new BackendSecurity("own", ""),
				PathRules.DEFAULTS);
		Route route = new Route("orders", "", path + "/**", Set.of(), Map.of(), Gateway.ORDERS, "", false, policy);
		return new Gateway(Gateway.settings(), tls, List.of(route), scheme, port);
	}

	private static <T> T get(Future<T> future) {
		try {
			return future.await(Patience.TIME.toSeconds(), TimeUnit.SECONDS);
		}
		catch (TimeoutException ex) {
			throw new AssertionError(ex);
		}
	}

}
