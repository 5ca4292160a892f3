package dev.holdfast.admin;

import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RefreshResult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
		server.registerBean(Clock.class, () -> Clock.fixed(FakeRegistry.PROVEN_AT.plusSeconds(1), ZoneOffset.UTC));
		server.registerBean(AdminSettings.class, () -> new AdminSettings(AdminApi.TOKEN));
		server.registerBean(GatewayIdentity.class, () -> new GatewayIdentity("gw-1", "0.1.0"));
		server.register(AdminPort.class);
		server.refresh();
	}

	@AfterAll
	static void stop() {
		client.close();
		server.close();
	}

	@Test
	void readsHaveEntityTagsAndAreNotSentAgainWhenNothingChanged() throws Exception {
		HttpResponse<String> first = send("GET", "/registry/services");
		String tag = first.headers().firstValue("ETag").orElseThrow();
		assertThat(first.statusCode()).isEqualTo(200);
		assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
		HttpResponse<String> again = send("GET", "/registry/services", "If-None-Match", tag);
		assertThat(again.statusCode()).isEqualTo(304);
		assertThat(again.body()).isEmpty();
		registry.with("users", "u1");
		assertThat(send("GET", "/registry/services", "If-None-Match", tag).statusCode()).isEqualTo(200);
		assertThat(send("GET", "/registry").headers().firstValue("ETag")).isPresent();
	}

	@Test
	void timesAreWrittenAsIso8601() throws Exception {
		assertThat(send("GET", "/registry/status").body()).contains("\"provenAt\":\"2026-01-02T03:04:05Z\"");
	}

	@ParameterizedTest
	@CsvSource(textBlock = """
			GET,    /registry/nothing,         404, not-found
			GET,    /registry/refresh,         405, method-not-allowed
			POST,   /registry/status,          405, method-not-allowed
			DELETE, /registry/services/orders, 405, method-not-allowed
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
		assertThat(registry.refreshes()).isEqualTo(1);
	}

	@Test
	void writesWithABodyAreGuardedAndAuditedOverTheWireAsWell() throws Exception {
		String body = """
				{"ttlSeconds": 60, "reason": "etcd is being restored"}""";
		try (AuditLog audit = new AuditLog()) {
			HttpResponse<String> frozen = send("PUT", "/registry/freeze?reason=other", body, authorized());
			assertThat(frozen.statusCode()).as(frozen.body()).isEqualTo(200);
			assertThat(frozen.body()).isEqualTo(
					"""
							{"since":"2026-01-02T03:04:05Z","until":"2026-01-02T03:05:05Z","reason":"etcd is being restored"}""");
			assertThat(send("GET", "/registry").body()).contains("\"frozen\":{\"since\":");
			assertThat(
					send("PUT", "/registry/freeze", body, authorized("Origin", "http://evil.example.org")).statusCode())
				.isEqualTo(403);
			assertThat(send("DELETE", "/registry/freeze?reason=done", "", authorized()).statusCode()).isEqualTo(204);
			await().untilAsserted(() -> assertThat(audit.lines()).containsExactly(
					"PUT /registry/freeze {\"ttlSeconds\":60} by 127.0.0.1: 200; reason: etcd is being restored",
					"PUT /registry/freeze by 127.0.0.1: 403; reason: none given",
					"DELETE /registry/freeze by 127.0.0.1: 204; reason: done"));
		}
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
		try (Socket socket = new Socket("localhost", server.getWebServer().getPort())) {
			socket.getOutputStream()
				.write("POST /registry/refresh HTTP/1.0\r\nAuthorization: Bearer %s\r\n\r\n".formatted(AdminApi.TOKEN)
					.getBytes(StandardCharsets.US_ASCII));
			String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(answer).startsWith("HTTP/1.1 400").contains("\"code\":\"missing-host\"");
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
