package dev.holdfast.admin;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import dev.holdfast.registry.FakeRegistry;
import dev.holdfast.registry.RefreshResult;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What must not reach any write that is mapped on the admin port, whoever maps it, and
 * what none of them may take for a body.
 */
class WriteSecurityTests {

	private static final String TOKEN = AdminApi.TOKEN;

	private static final Map<String, String> EXAMPLES = Map.of("{service}", "orders", "{instance}", "o1");

	private static final FakeRegistry registry = new FakeRegistry().with("orders", "o1", "o2");

	/** How often a write's own code was about to be called. */
	private static final AtomicInteger reached = new AtomicInteger();

	@SuppressWarnings("NullAway.Init")
	private static AdminServer server;

	@BeforeAll
	static void start() {
		registry.hold("orders", "o1");
		registry.setRefresh(CompletableFuture.completedFuture(new RefreshResult(0, 0, 0, 0, 1, 1)));
		server = AdminServer.over(registry, (context) -> context.registerBean(Counting.class));
	}

	@AfterAll
	static void stop() {
		server.close();
	}

	@BeforeEach
	void nothingIsReached() {
		reached.set(0);
	}

	/** Also the parameters' source of the tests. */
	static Stream<Write> writes() {
		return mappings().entrySet()
			.stream()
			.flatMap(
					(mapping) -> mapping.getKey()
						.getPatternValues()
						.stream()
						.flatMap((path) -> mapping.getKey()
							.getMethodsCondition()
							.getMethods()
							.stream()
							.filter((method) -> method != RequestMethod.GET)
							.map((method) -> new Write(method.name(), path,
									bodies(mapping.getValue()).findAny().isPresent(),
									bodies(mapping.getValue()).anyMatch(MethodParameter::isOptional)))));
	}

	static Stream<Write> writesWithBody() {
		return writes().filter(Write::body);
	}

	private static Map<RequestMappingInfo, HandlerMethod> mappings() {
		return server.bean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class).getHandlerMethods();
	}

	private static Stream<MethodParameter> bodies(HandlerMethod handler) {
		return Stream.of(handler.getMethodParameters())
			.filter((parameter) -> parameter.nestedIfOptional().getNestedParameterType() == WriteBody.class);
	}

	@Test
	void everyWriteIsBelowTheApiAndNoReadTakesABody() {
		assertThat(writes()).hasSizeGreaterThanOrEqualTo(5)
			.allSatisfy((write) -> assertThat(write.path()).startsWith("/registry/"));
		assertThat(mappings()).allSatisfy((mapping, handler) -> {
			if (!handler.getBeanType().getName().startsWith("org.springframework")) {
				assertThat(mapping.getMethodsCondition().getMethods()).as(handler.toString()).isNotEmpty();
			}
			if (mapping.getMethodsCondition().getMethods().contains(RequestMethod.GET)) {
				assertThat(bodies(handler)).as(handler.toString()).isEmpty();
			}
		});
	}

	@ParameterizedTest
	@MethodSource("writes")
	void withoutTheTokenAWriteIsRefused(Write write) {
		String basic = Base64.getEncoder().encodeToString(("admin:" + TOKEN).getBytes(StandardCharsets.UTF_8));
		for (String authorization : List.of("", "Bearer", "Bearer ", "Bearer wrong", "Bearer " + TOKEN + "x",
				"Bearer " + TOKEN.substring(1), "Bearer " + TOKEN.toUpperCase(Locale.ROOT), TOKEN, "Basic " + basic,
				"Token " + TOKEN, "Bearer wrong, Bearer " + TOKEN, "Bearer" + TOKEN,
				"Bearer eyJhbGciOiJub25lIn0.e30.")) {
			String field = authorization.isEmpty() ? "" : "Authorization: " + authorization + "\r\n";
			String answer = server.raw(write.request("localhost", field, "{}"));
			assertThat(answer).as(authorization)
				.startsWith("HTTP/1.1 401")
				.contains("\"code\":\"unauthorized\"", "WWW-Authenticate: Bearer realm=\"holdfast\"")
				.doesNotContain(TOKEN);
		}
		String elsewhere = write.request("localhost",
				"Cookie: token=%1$s; Authorization=Bearer%%20%1$s\r\n".formatted(TOKEN), "{}");
		for (String query : List.of("?access_token=" + TOKEN, "?token=" + TOKEN, "?Authorization=Bearer%20" + TOKEN)) {
			assertThat(server.raw(elsewhere.replaceFirst(" HTTP/1.1", query + " HTTP/1.1"))).startsWith("HTTP/1.1 401");
		}
		assertThat(reached).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("writes")
	void aForeignPageCannotWriteEvenWithTheToken(Write write) {
		for (String origin : List.of("http://evil.example", "null", "https://localhost",
				"http://localhost.evil.example", "http://localhost", "http://localhost:1", "", "file://",
				"http://user@localhost:" + server.port())) {
			assertThat(server
				.raw(write.request("localhost:" + server.port(), authorized("Origin: %s\r\n".formatted(origin)), "{}")))
				.as(origin)
				.startsWith("HTTP/1.1 403")
				.contains("\"code\":\"cross-origin\"");
		}
		assertThat(reached).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("writes")
	void aForeignNameIsRefusedEvenWithTheToken(Write write) {
		for (String host : List.of("evil.example", "evil.example:8081", "localhost.evil.example",
				"127.0.0.1.evil.example", "localhost.", "LOCALHOST")) {
			boolean own = host.equalsIgnoreCase("localhost") || host.equals("localhost.");
			String answer = server.raw(write.request(host, "X-Forwarded-Host: localhost\r\n", "{}"));
			assertThat(answer).as(host).startsWith(own ? "HTTP/1.1 401" : "HTTP/1.1 403");
			if (!own) {
				assertThat(server.raw(write.request(host, authorized(""), "{}"))).startsWith("HTTP/1.1 403")
					.contains("\"code\":\"host-not-allowed\"");
			}
		}
		assertThat(server.raw("%s http://evil.example%s HTTP/1.1\r\nHost: localhost\r\n%sConnection: close\r\n\r\n"
			.formatted(write.method(), write.target(), authorized("")))).startsWith("HTTP/1.1 4");
		assertThat(reached).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("writes")
	void nothingIsWrittenByARead(Write write) {
		for (String method : List.of("GET", "HEAD", "OPTIONS")) {
			for (String disguise : List.of("X-HTTP-Method-Override: %s\r\n", "X-HTTP-Method: %s\r\n",
					"X-Method-Override: %s\r\n", "X-Nothing: %s\r\n")) {
				String answer = server.raw(new Write(method, write.target() + "?_method=" + write.method(), false, true)
					.request("localhost", authorized(disguise.formatted(write.method())), ""));
				assertThat(answer).as(method).containsPattern("\\AHTTP/1.1 (200|204|404|405|406) ");
			}
		}
		assertThat(reached).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("writes")
	void aMethodThatNobodyKnowsNeedsTheTokenToo(Write write) {
		for (String method : List.of("PATCH", "POST", "PUT", "DELETE", "TRACE", "PROPFIND", "get", "Post",
				"INVENTED")) {
			assertThat(server.raw(new Write(method, write.target(), false, true).request("localhost", "", "")))
				.as(method)
				.containsPattern("\\AHTTP/1.1 (401|405|501) ");
		}
		assertThat(reached).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("writes")
	void noSpellingOfThePathComesPastTheToken(Write write) {
		String path = write.target();
		for (String spelling : List.of(path + "/", "/" + path, path.replace("/registry/", "/registry//"), path + ";a=b",
				path.replace("/registry/", "/registry;a=b/"), path.replace("/r", "/%72"), path + "%20", path + "%00",
				path.replace("/registry/", "/registry%2F"), path.replace("/registry/", "/registry%5C"),
				path.replace("/registry/", "/REGISTRY/"), path.replace("/registry/", "/registry/./"),
				"/actuator/health/../.." + path, "/actuator/health/..;/..;" + path,
				"/actuator/health/%2e%2e/%2e%2e" + path, "/actuator/prometheus/..%2f.." + path,
				"/./" + path.substring(1), path + ".json", path + "?", path + "#x", path + "%",
				"http://localhost" + path, "/\\" + path.substring(1))) {
			for (String host : List.of("localhost", "evil.example")) {
				assertThat(server.raw(new Write(write.method(), spelling, write.body(), true).request(host, "", "{}")))
					.as(spelling)
					.startsWith("HTTP/1.1 4");
			}
		}
		assertThat(reached).hasValue(0);
	}

	@ParameterizedTest
	@MethodSource("writesWithBody")
	void aBodyThatIsNoPlainObjectChangesNothing(Write write) {
		String before = state();
		for (String body : List.of("", " ", "null", "[]", "[{}]", "\"x\"", "1", "true", "{", "{}}", "{} {}", "{}x",
				"{\"reason\": \"a\", \"reason\": \"b\"}", "{\"reason\": null}", "{\"reason\": 1}", "{'reason': 'a'}",
				"{reason: \"a\"}", "{\"reason\": \"a\",}", "{\"reason\": NaN}", "{\"reason\": \"\u0001\"}", "\u0000",
				"{\"reason\": \"\\ud800", "<reason/>", "reason=a&all=true", "{\"reason\": \"\u00ff\u00fe\"}",
				"{\"a\":".repeat(2000) + "1" + "}".repeat(2000))) {
			if (body.isEmpty() && write.bodyless()) {
				continue;
			}
			String answer = server.raw(write.request("localhost", authorized(""), body));
			assertThat(answer).as(body).startsWith("HTTP/1.1 400").contains("\"code\":\"").doesNotContain("Exception");
		}
		assertThat(state()).isEqualTo(before);
	}

	@ParameterizedTest
	@MethodSource("writesWithBody")
	void aMemberThatIsUnknownIsRefusedByItsName(Write write) {
		String before = state();
		for (String member : List.of("alll", "ALL", "__proto__", "class", "reason ", "")) {
			String answer = server.raw(write.request("localhost", authorized(""),
					"{\"%s\": true, \"all\": true, \"ttlSeconds\": 60, \"action\": \"FORCE_OPEN\"}".formatted(member)));
			assertThat(answer).as(member).startsWith("HTTP/1.1 400");
			if (!answer.contains("\"code\":\"unknown-member\"")) {
				assertThat(answer).contains("\"code\":\"bad-member\"");
			}
		}
		assertThat(state()).isEqualTo(before);
	}

	@ParameterizedTest
	@MethodSource("writesWithBody")
	void aBodyThatIsTooLargeIsRefusedHoweverItComes(Write write) {
		String before = state();
		String large = "{\"reason\": \"%s\"}".formatted("x".repeat(16 * 1024));
		HttpResponse<String> whole = server.send(write.method(), write.target(), large, "Authorization",
				"Bearer " + TOKEN, "Content-Type", "application/json");
		assertThat(whole.statusCode()).isEqualTo(413);
		assertThat(whole.body()).contains("\"code\":\"body-too-large\"");
		String chunked = "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n%sTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n"
			.formatted(write.method(), write.target(), authorized(""), large.length(), large);
		assertThat(server.raw(chunked)).startsWith("HTTP/1.1 413");
		assertThat(state()).isEqualTo(before);
	}

	@ParameterizedTest
	@MethodSource("writesWithBody")
	void aBodyOfAnotherTypeIsRefused(Write write) {
		String before = state();
		for (String type : List.of("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
				"text/json", "application/jsonx", "application/json, text/plain", "x", "*/*", "application/xml")) {
			HttpResponse<String> answer = server.send(write.method(), write.target(),
					"{\"all\": true, \"ttlSeconds\": 60}", "Authorization", "Bearer " + TOKEN, "Content-Type", type);
			assertThat(answer.statusCode()).as(type).isEqualTo(415);
		}
		assertThat(state()).isEqualTo(before);
	}

	private static String state() {
		return server.get("/registry").body() + server.get("/registry/state").body()
				+ server.get("/registry/held").body();
	}

	private static String authorized(String fields) {
		return "Authorization: Bearer %s\r\n%s".formatted(TOKEN, fields);
	}

	/**
	 * A write as it is mapped.
	 *
	 * @param method its method
	 * @param path its path, with names where services and instances stand
	 * @param body whether it has a body
	 * @param bodyless whether it also does without one
	 */
	record Write(String method, String path, boolean body, boolean bodyless) {

		String target() {
			String target = this.path;
			for (Map.Entry<String, String> example : EXAMPLES.entrySet()) {
				target = target.replace(example.getKey(), example.getValue());
			}
			return target;
		}

		String request(String host, String fields, String body) {
			byte[] content = body.getBytes(StandardCharsets.ISO_8859_1);
			return "%s %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s"
				.formatted(this.method, target(), host, content.length, fields, body);
		}

		@Override
		public String toString() {
			return this.method + " " + this.path;
		}

	}

	private static final class Counting implements WebMvcConfigurer, HandlerInterceptor {

		@Override
		public void addInterceptors(InterceptorRegistry registry) {
			registry.addInterceptor(this);
		}

		@Override
		public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
			if (handler instanceof HandlerMethod method && method.getBeanType().getName().startsWith("dev.holdfast")
					&& writes().anyMatch((write) -> write.method().equals(request.getMethod()))) {
				reached.incrementAndGet();
			}
			return true;
		}

	}

}
