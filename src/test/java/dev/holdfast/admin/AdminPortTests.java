package dev.holdfast.admin;

import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.holdfast.cluster.Gateways;
import dev.holdfast.override.Overrides;
import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RefreshResult;
import dev.holdfast.registry.RegistryDiff;
import dev.holdfast.registry.RegistryStatus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.http.HttpMessageConvertersAutoConfiguration;
import org.springframework.boot.autoconfigure.jackson.JacksonAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.DispatcherServletAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.ServletWebServerFactoryAutoConfiguration;
import org.springframework.boot.autoconfigure.web.servlet.WebMvcAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.web.servlet.context.AnnotationConfigServletWebServerApplicationContext;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.FilterType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class AdminPortTests {

	private static final FakeRegistry registry = new FakeRegistry().with("orders", "o1");

	private static final AnnotationConfigServletWebServerApplicationContext server = new AnnotationConfigServletWebServerApplicationContext();

	private static final HttpClient client = HttpClient.newHttpClient();

	@BeforeAll
	static void start() {
		TestPropertyValues.of("server.port=0").applyTo(server);
		server.registerBean(FakeRegistry.class, () -> registry);
		server.registerBean(AdminApi.class, () -> new AdminApi(registry));
		server.registerBean(Overrides.class, () -> server.getBean(AdminApi.class).overrides());
		server.registerBean(Clock.class, () -> Clock.fixed(FakeRegistry.PROVEN_AT.plusSeconds(1), ZoneOffset.UTC));
		server.registerBean(AdminSettings.class,
				() -> new AdminSettings(AdminApi.TOKEN, Set.of("Gateway.example.org.")));
		server.registerBean(EventStreamSettings.class, () -> new EventStreamSettings(1));
		server.registerBean(GatewayIdentity.class, () -> new GatewayIdentity("gw-1", "0.1.0"));
		server.registerBean(Gateways.class, () -> AdminServer.GATEWAYS);
		new FakeTraffic().register(server);
		server.register(AdminPort.class);
		server.refresh();
	}

	@AfterAll
	static void stop() {
		client.close();
		server.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "/registry", "/registry/status", "/registry/services", "/registry/services/orders",
			"/registry/services/orders/history", "/registry/held", "/registry/unreadable", "/registry/diff",
			"/registry/journal" })
	void aReadHasTheEntityTagOfWhatItShowsAndNotOfHowOldThatIs(String path) throws Exception {
		registry.setDiff(CompletableFuture.completedFuture(new RegistryDiff(1, 1, List.of(), List.of(), List.of())));
		proveAt(1);
		HttpResponse<String> first = send("GET", path);
		String tag = first.headers().firstValue("ETag").orElseThrow();
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(tag).startsWith("W/");
		assertThat(first.headers().allValues("Cache-Control")).containsExactly("no-cache");
		assertThat(first.headers().firstValue("Holdfast-As-Of")).hasValue("2026-01-02T03:04:06Z");
		proveAt(6);
		HttpResponse<String> again = send("GET", path, "If-None-Match", tag);
		assertThat(again.statusCode()).isEqualTo(304);
		assertThat(again.body()).isEmpty();
		assertThat(again.headers().firstValue("ETag")).hasValue(tag);
		assertThat(again.headers().firstValue("Holdfast-As-Of")).hasValue("2026-01-02T03:04:11Z");
		assertThat(send("HEAD", path, "If-None-Match", tag).statusCode()).isEqualTo(304);
		assertThat(send("GET", path, "If-None-Match", "W/\"other\"").statusCode()).isEqualTo(200);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/registry", "/registry/status", "/registry/services", "/registry/services/orders" })
	void theEntityTagIsAnotherOneWhenSomethingChanged(String path) throws Exception {
		proveAt(1);
		String tag = send("GET", path).headers().firstValue("ETag").orElseThrow();
		registry.become(new RegistryStatus.Stale(FakeRegistry.PROVEN_AT.plusSeconds(1), "connection refused"));
		HttpResponse<String> stale = send("GET", path, "If-None-Match", tag);
		assertThat(stale.statusCode()).isEqualTo(200);
		assertThat(stale.headers().firstValue("ETag").orElseThrow()).isNotEqualTo(tag);
	}

	@ParameterizedTest
	@ValueSource(strings = { "/registry/services", "/registry/services/orders" })
	void whatShowsTrafficHasNoEntityTag(String path) throws Exception {
		HttpResponse<String> answer = send("GET", path + "?traffic=true");
		assertThat(answer.statusCode()).isEqualTo(200);
		assertThat(answer.headers().firstValue("ETag")).isEmpty();
	}

	private static void proveAt(int second) {
		registry.become(
				new RegistryStatus.Live(registry.snapshot().revision(), FakeRegistry.PROVEN_AT.plusSeconds(second)));
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			127.0.0.1,                 200
			127.0.0.1:8081,            200
			10.1.2.3:80,               200
			[::1]:8081,                200
			localhost,                 200
			LocalHost.:8081,           200
			gateway.example.org:9000,  200
			GATEWAY.EXAMPLE.ORG.,      200
			evil.example.org,          403
			localhost.evil.example,    403
			127.0.0.1.evil.example,    403
			x.gateway.example.org,     403
			evil,                      403
			""")
	void aReadIsAnsweredUnderNamesThatNoForeignerOwns(String host, int status) throws Exception {
		for (String path : List.of("/", "/registry", "/registry/services/orders", "/actuator/env")) {
			String answer = raw(
					"GET %s HTTP/1.1\r\nHost: %s\r\nX-Forwarded-Host: localhost\r\nConnection: close\r\n\r\n"
						.formatted(path, host));
			int expected = (status == 200 && path.equals("/actuator/env")) ? 404 : status;
			assertThat(answer).as(path).startsWith("HTTP/1.1 " + expected);
			if (status == 403) {
				assertThat(answer).contains("\"code\":\"host-not-allowed\"", host, "holdfast.admin.allowed-hosts");
			}
		}
	}

	@Test
	void aTargetInAbsoluteFormAndARequestWithoutAHostAreReadByTheirName() throws Exception {
		assertThat(raw(
				"GET http://evil.example.org/registry HTTP/1.1\r\nHost: evil.example.org\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 403");
		assertThat(raw("GET http://evil.example.org/registry HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 400");
		assertThat(raw("GET http://localhost/registry HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 200");
		assertThat(raw("GET /registry HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 400").contains("missing-host");
		assertThat(raw("GET /registry HTTP/1.0\r\nHost: localhost\r\n\r\n")).startsWith("HTTP/1.1 200");
	}

	@Test
	void aReadOfAForeignPageIsRefusedAndOneOfItsOwnIsNot() throws Exception {
		assertThat(send("GET", "/registry", "Origin", "http://evil.example.org").body())
			.contains("\"code\":\"cross-origin\"");
		assertThat(send("GET", "/registry", "Origin", "null").statusCode()).isEqualTo(403);
		assertThat(send("GET", "/registry", "Origin", base().toString()).statusCode()).isEqualTo(200);
		assertThat(raw(
				"GET /registry HTTP/1.1\r\nHost: gateway.example.org\r\nOrigin: http://gateway.example.org:80\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 200");
		assertThat(raw(
				"GET /registry HTTP/1.1\r\nHost: gateway.example.org\r\nOrigin: https://gateway.example.org\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 200");
		assertThat(raw(
				"GET /registry HTTP/1.1\r\nHost: gateway.example.org:80\r\nOrigin: https://gateway.example.org\r\nConnection: close\r\n\r\n"))
			.startsWith("HTTP/1.1 403");
	}

	@Test
	void whateverIsAskedForIsRefusedByAProblem() throws Exception {
		for (String target : List.of("//", "/a%", "/?a|b")) {
			assertThat(raw("GET %s HTTP/1.1\r\nHost: evil.example.org\r\nConnection: close\r\n\r\n".formatted(target)))
				.as(target)
				.satisfiesAnyOf((answer) -> assertThat(answer).startsWith("HTTP/1.1 403").contains("host-not-allowed"),
						(answer) -> assertThat(answer).startsWith("HTTP/1.1 400"));
		}
	}

	@ParameterizedTest
	@CsvSource({ "xn--bcher-kva.example, true", "edge.preview--123.svc, true", "a, true", "my_gateway, false",
			"a..b, false", "a.-b, false", "a-.b, false", "-a, false", "*.example, false", "a:80, false",
			"http://a, false" })
	void aNameIsToldFromWhatIsNone(String text, boolean name) {
		assertThat(AdminSettings.isHostName(text)).isEqualTo(name);
	}

	@Test
	void aTokenIsTakenWithoutTheLineEndOfItsFile() {
		assertThat(new AdminSettings("correct-horse\n", Set.of()).token()).isEqualTo("correct-horse");
	}

	@Test
	void aReadThatShowsNoTrafficHasItsEntityTagWhateverItIsAskedFor() throws Exception {
		assertThat(send("GET", "/registry/status?traffic=true").headers().firstValue("ETag")).isPresent();
	}

	@Test
	void theFirstPageSaysHowThingsStandAndWhereMoreIsSaid() throws Exception {
		HttpResponse<String> json = send("GET", "/");
		assertThat(json.statusCode()).isEqualTo(200);
		assertThat(json.headers().firstValue("Content-Type")).hasValue("application/json");
		assertThat(json.body()).contains("\"sentence\":\"etcd ", "\"registry\":\"/registry\"");
		assertThat(send("HEAD", "/").statusCode()).isEqualTo(200);
		assertThat(send("GET", "/", "Accept", "image/png").body()).contains("\"code\":\"not-acceptable\"");
		assertThat(send("POST", "/").statusCode()).isEqualTo(401);
	}

	@Test
	void timesAreWrittenAsIso8601() throws Exception {
		proveAt(0);
		assertThat(send("GET", "/registry/status").body()).contains("\"provenAt\":\"2026-01-02T03:04:05Z\"");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			GET,    /registry/nothing,         404, not-found
			GET,    /registry/refresh,         405, method-not-allowed
			POST,   /registry/status,          401, unauthorized
			DELETE, /registry/services/orders, 401, unauthorized
			GET,    /registry/services/nobody, 404, unknown-service
			POST,   /registry/refresh,         401, unauthorized
			POST,   /registry/nothing,         401, unauthorized
			POST,   /registry/held/approve,    401, unauthorized
			POST,   /registry/held/cancel,     401, unauthorized
			PUT,    /registry/freeze,          401, unauthorized
			DELETE, /registry/freeze,          401, unauthorized
			GET,    /registry/held/approve,    405, method-not-allowed
			GET,    /registry/freeze,          405, method-not-allowed
			GET,    /registry/services/nobody/history, 404, unknown-service
			""")
	void everyFailureIsAProblemWithACode(String method, String path, int status, String code) throws Exception {
		HttpResponse<String> answer = send(method, path);
		assertThat(answer.statusCode()).isEqualTo(status);
		assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
		assertThat(answer.body()).contains("\"code\":\"" + code + "\"").contains("\"status\":" + status);
	}

	@Test
	void aClientThatAcceptsOnlyWhatIsNotOfferedGetsAProblem() throws Exception {
		HttpResponse<String> answer = send("GET", "/registry/status", "Accept", "image/png");
		assertThat(answer.statusCode()).isEqualTo(406);
		assertThat(answer.body()).contains("\"code\":\"not-acceptable\"");
	}

	@Test
	void writesAreGuardedOverTheWireAsWell() throws Exception {
		registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(1, 0, 0, 0, 1, 2)));
		assertThat(write("/registry/refresh", base().toString()).statusCode()).isEqualTo(200);
		assertThat(write("/registry/refresh", "http://evil.example.org").statusCode()).isEqualTo(403);
		assertThat(write("/registry/nothing", base().toString()).statusCode()).isEqualTo(404);
		assertThat(write("/registry/status", base().toString()).body()).contains("\"code\":\"method-not-allowed\"");
		assertThat(registry.refreshes()).isEqualTo(1);
	}

	@Test
	void writesWithABodyAreGuardedAndAuditedOverTheWireAsWell() throws Exception {
		String body = """
				{"ttlSeconds": 60, "reason": "etcd is being restored"}""";
		AuditLog audit = new AuditLog();
		HttpResponse<String> frozen = send("PUT", "/registry/freeze?reason=other", body, authorized());
		assertThat(frozen.statusCode()).as(frozen.body()).isEqualTo(200);
		assertThat(frozen.body()).contains("\"since\":\"2026-01-02T03:04:05Z\",\"until\":\"2026-01-02T03:05:05Z\",",
				"\"reason\":\"etcd is being restored\",\"by\":\"127.0.0.1\"");
		assertThat(send("GET", "/registry").body()).contains("\"frozen\":{\"since\":");
		assertThat(send("PUT", "/registry/freeze", body, authorized("Origin", "http://evil.example.org")).statusCode())
			.isEqualTo(403);
		assertThat(send("DELETE", "/registry/freeze?reason=done", "", authorized()).statusCode()).isEqualTo(204);
		await().untilAsserted(() -> assertThat(audit.lines()).containsExactly(
				"PUT /registry/freeze {\"ttlSeconds\":60} by 127.0.0.1: 200; reason: etcd is being restored",
				"PUT /registry/freeze by 127.0.0.1: 403; reason: none given",
				"DELETE /registry/freeze by 127.0.0.1: 204; reason: done"));
		assertThat(registry.freeze()).isEmpty();
	}

	@Test
	void heldRemovalsAreListedWithAnEntityTag() throws Exception {
		registry.hold("orders", "o1");
		HttpResponse<String> held = send("GET", "/registry/held");
		assertThat(held.headers().firstValue("ETag")).isPresent();
		assertThat(held.body()).contains("\"since\":\"2026-01-02T03:03:05Z\",\"deadline\":\"2026-01-02T03:14:05Z\"");
		HttpResponse<String> approved = send("POST", "/registry/held/approve", "{\"service\": \"orders\"}",
				authorized());
		assertThat(approved.statusCode()).as(approved.body()).isEqualTo(200);
		assertThat(registry.held()).isEmpty();
	}

	@Test
	void aWriteThatNamesNoHostIsRefused() throws Exception {
		assertThat(raw("POST /registry/refresh HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n".formatted(AdminApi.TOKEN)))
			.startsWith("HTTP/1.1 400")
			.contains("\"code\":\"missing-host\"");
	}

	private static String raw(String request) throws Exception {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getWebServer().getPort())) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

	private static HttpResponse<String> write(String path, String origin) throws Exception {
		return send("POST", path, "", authorized("Origin", origin));
	}

	private static String[] authorized(String... headers) {
		return Stream
			.concat(Stream.of("Authorization", "Bearer " + AdminApi.TOKEN, "Content-Type", "application/json"),
					Stream.of(headers))
			.toArray(String[]::new);
	}

	private static HttpResponse<String> send(String method, String path) throws Exception {
		return send(method, path, "", new String[0]);
	}

	private static HttpResponse<String> send(String method, String path, String name, String value) throws Exception {
		return send(method, path, "", new String[] { name, value });
	}

	private static HttpResponse<String> send(String method, String path, String body, String[] headers)
			throws Exception {
		HttpRequest.Builder request = HttpRequest.newBuilder(base().resolve(path))
			.method(method, HttpRequest.BodyPublishers.ofString(body));
		if (headers.length > 0) {
			request.headers(headers);
		}
		return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
	}

	private static URI base() {
		return URI.create("http://localhost:" + server.getWebServer().getPort());
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration({ ServletWebServerFactoryAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class, HttpMessageConvertersAutoConfiguration.class,
			JacksonAutoConfiguration.class })
	@ComponentScan(basePackageClasses = AdminSettings.class,
			excludeFilters = @ComponentScan.Filter(type = FilterType.ASSIGNABLE_TYPE, classes = UpstreamTraffic.class))
	static class AdminPort {

	}

}
