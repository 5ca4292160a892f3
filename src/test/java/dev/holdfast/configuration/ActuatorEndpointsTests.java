package dev.holdfast.configuration;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

import dev.holdfast.HoldfastApplication;
import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import org.springframework.boot.actuate.endpoint.EndpointsSupplier;
import org.springframework.boot.actuate.endpoint.ExposableEndpoint;
import org.springframework.boot.actuate.endpoint.Operation;
import org.springframework.boot.actuate.endpoint.OperationType;
import org.springframework.boot.actuate.endpoint.web.WebEndpointsSupplier;
import org.springframework.boot.actuate.endpoint.web.WebOperation;
import org.springframework.boot.actuate.endpoint.web.WebOperationRequestPredicate;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * All endpoints that the class path brings, exposed: in a gateway that is configured no
 * further, and in one whose operators permit every operation on a port of its own.
 */
class ActuatorEndpointsTests {

	private static final String TOKEN = "token-of-this-test";

	private static ConfigurableApplicationContext usual;

	private static ConfigurableApplicationContext permissive;

	@BeforeAll
	static void start() {
		usual = gateway();
		permissive = gateway("--management.endpoints.access.max-permitted=unrestricted", "--management.server.port=0",
				"--management.server.address=127.0.0.1", "--holdfast.admin.token=" + TOKEN);
	}

	@AfterAll
	static void stop() {
		usual.close();
		permissive.close();
	}

	private static ConfigurableApplicationContext gateway(String... arguments) {
		Stream<String> all = Stream.of("--server.address=127.0.0.1", "--server.port=0",
				"--holdfast.server.address=127.0.0.1", "--holdfast.server.port=0",
				"--holdfast.etcd.endpoints=http://127.0.0.1:1", "--holdfast.registry.snapshot.path=",
				"--management.endpoints.access.default=unrestricted", "--management.endpoints.web.exposure.include=*",
				"--spring.jmx.enabled=true", "--management.endpoints.jmx.exposure.include=*");
		return new SpringApplicationBuilder(HoldfastApplication.class)
			.run(Stream.concat(all, Stream.of(arguments)).toArray(String[]::new));
	}

	@Test
	void noEndpointCanWriteUnlessItsOperatorsPermitIt() {
		assertThat(endpoints(usual)).hasSizeGreaterThan(20).allSatisfy((endpoint) -> {
			assertThat(endpoint.getOperations()).as("what %s does, which nobody sees otherwise", endpoint).isNotEmpty();
			assertThat(endpoint.getOperations()).as("the operations of %s", endpoint)
				.extracting((operation) -> ((Operation) operation).getType())
				.containsOnly(OperationType.READ);
		});
		assertThat(usual.getEnvironment().getProperty("spring.jmx.enabled")).isEqualTo("true");
	}

	@SuppressWarnings("rawtypes")
	private static List<ExposableEndpoint<?>> endpoints(ConfigurableApplicationContext context) {
		List<ExposableEndpoint<?>> endpoints = new ArrayList<>();
		for (EndpointsSupplier<?> supplier : context.getBeansOfType(EndpointsSupplier.class).values()) {
			endpoints.addAll(supplier.getEndpoints());
		}
		return endpoints;
	}

	@Test
	void whatIsPermittedStillNeedsTheTokenAndIsInTheAuditLog(CapturedLog output) throws Exception {
		List<WebOperationRequestPredicate> writes = operations(permissive, false);
		assertThat(writes).extracting(WebOperationRequestPredicate::getPath)
			.contains("circuitbreakers/{name}", "loggers/{name}", "caches", "shutdown");
		for (WebOperationRequestPredicate write : writes) {
			String path = path(write, "invented");
			for (int port : List.of(port(permissive, "local.management.port"), port(usual, "local.server.port"))) {
				assertThat(send(port, write.getHttpMethod().name(), path, "")).as(path).startsWith("HTTP/1.1 40");
			}
			assertThat(send(port(permissive, "local.management.port"), write.getHttpMethod().name(), path, ""))
				.startsWith("HTTP/1.1 401");
			assertThat(output).contains("%s %s by 127.0.0.1: 401".formatted(write.getHttpMethod(), path));
		}
		assertThat(permissive.isRunning()).isTrue();
		assertThat(send(port(permissive, "local.management.port"), "POST", "/actuator/loggers/dev.holdfast.nothing",
				"Authorization: Bearer " + TOKEN + "\r\n"))
			.startsWith("HTTP/1.1 204");
	}

	@Test
	void neitherAnotherTokenNorAForeignPageNorAForeignNameNorAReadWritesThroughTheActuator() throws Exception {
		int port = port(permissive, "local.management.port");
		String authorized = "Authorization: Bearer " + TOKEN + "\r\n";
		for (WebOperationRequestPredicate write : operations(permissive, false)) {
			String method = write.getHttpMethod().name();
			String path = path(write, "dev.holdfast.nothing");
			assertThat(send(port, method, path, "Authorization: Bearer another\r\n")).as(path)
				.startsWith("HTTP/1.1 401")
				.contains("error=\"invalid_token\"");
			assertThat(send(port, method, path, authorized + "Origin: http://evil.example\r\n")).as(path)
				.startsWith("HTTP/1.1 403")
				.contains("cross-origin");
			assertThat(
					exchange(port,
							"%s %s HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n%s\r\n".formatted(method,
									path, authorized)))
				.as(path)
				.startsWith("HTTP/1.1 403")
				.contains("host-not-allowed");
			for (String trick : List.of("/actuator/health/.." + path.substring("/actuator".length()), "/" + path,
					path + "/", path + ";a=b")) {
				assertThat(send(port, method, trick, "")).as(trick).startsWith("HTTP/1.1 4");
			}
			assertThat(send(port, "GET", path + "?_method=" + method,
					authorized + "X-HTTP-Method-Override: %s\r\n".formatted(method)))
				.as(path)
				.containsPattern("\\AHTTP/1.1 (200|404|405) ");
		}
		assertThat(permissive.isRunning()).isTrue();
		assertThat(exchange(port,
				"GET /actuator/loggers/dev.holdfast.nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
			.doesNotContain("\"configuredLevel\":\"");
	}

	@Test
	void springdocIsInNoGatewayAlthoughItIsOnTheClassPathOfTests() throws Exception {
		for (String path : List.of("/v3/api-docs", "/v3/api-docs.yaml", "/swagger-ui.html", "/swagger-ui/index.html")) {
			assertThat(under("localhost", port(usual, "local.server.port"), path)).as(path).startsWith("HTTP/1.1 404");
		}
	}

	@Test
	void anInventedNameIsNotFoundAndMakesNothing() throws Exception {
		CircuitBreakerRegistry breakers = permissive.getBean(CircuitBreakerRegistry.class);
		MeterRegistry meters = permissive.getBean(MeterRegistry.class);
		breakers.circuitBreaker("orders");
		int port = port(permissive, "local.management.port");
		List<String> before = meters(meters);
		List<WebOperationRequestPredicate> reads = operations(permissive, true).stream()
			.filter((read) -> read.getPath().contains("{"))
			.toList();
		assertThat(reads).extracting(WebOperationRequestPredicate::getPath)
			.contains("circuitbreakerevents/{name}", "metrics/{requiredMetricName}");
		for (WebOperationRequestPredicate read : reads) {
			assertThat(send(port, "GET", path(read, "invented"), "")).as(read.getPath()).startsWith("HTTP/1.1 404");
		}
		String authorized = "Authorization: Bearer " + TOKEN + "\r\n";
		assertThat(send(port, "POST", "/actuator/circuitbreakers/invented", authorized)).startsWith("HTTP/1.1 404");
		assertThat(breakers.getAllCircuitBreakers()).extracting(CircuitBreaker::getName).containsExactly("orders");
		assertThat(meters(meters)).isEqualTo(before);
		assertThat(send(port, "GET", "/actuator/circuitbreakerevents/orders", "")).startsWith("HTTP/1.1 200");
	}

	private static List<String> meters(MeterRegistry registry) {
		return registry.getMeters()
			.stream()
			.map(Meter::getId)
			.filter((id) -> id.getName().startsWith("resilience4j"))
			.map(Meter.Id::toString)
			.sorted()
			.toList();
	}

	@Test
	void onlyProbesAndPrometheusAreAnsweredUnderAForeignName() throws Exception {
		for (int port : List.of(port(permissive, "local.management.port"), port(usual, "local.server.port"))) {
			assertThat(under("evil.example.org", port, "/actuator/health")).contains("\"components\"");
			for (String open : List.of("health/liveness", "prometheus")) {
				assertThat(under("evil.example.org", port, "/actuator/" + open)).as(open).startsWith("HTTP/1.1 200");
			}
			for (String guarded : List.of("", "/env", "/metrics", "/heapdump", "/healthy", "/health/../env",
					"/prometheus/..;/env", "/%68ealth/%2e%2e/env")) {
				assertThat(under("evil.example.org", port, "/actuator" + guarded)).as(guarded)
					.startsWith("HTTP/1.1 4")
					.doesNotContain("activeProfiles");
			}
			assertThat(under("evil.example.org", port, "/actuator/env")).startsWith("HTTP/1.1 403")
				.contains("host-not-allowed");
			assertThat(under("localhost", port, "/actuator/env")).startsWith("HTTP/1.1 200");
		}
	}

	private static List<WebOperationRequestPredicate> operations(ConfigurableApplicationContext context,
			boolean reads) {
		return context.getBean(WebEndpointsSupplier.class)
			.getEndpoints()
			.stream()
			.flatMap((endpoint) -> endpoint.getOperations().stream())
			.filter((operation) -> (operation.getType() == OperationType.READ) == reads)
			.map(WebOperation::getRequestPredicate)
			.toList();
	}

	private static String path(WebOperationRequestPredicate operation, String name) {
		return "/actuator/" + operation.getPath().replaceAll("\\{[^}]*}", name);
	}

	private static int port(ConfigurableApplicationContext context, String key) {
		return Integer.parseInt(Objects.requireNonNull(context.getEnvironment().getProperty(key)));
	}

	private static String under(String host, int port, String path) throws Exception {
		return exchange(port, "GET %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n".formatted(path, host));
	}

	private static String send(int port, String method, String path, String fields) throws Exception {
		String body = method.equals("POST") ? "{}" : "";
		return exchange(port,
				"%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: %d\r\n%s\r\n%s"
					.formatted(method, path, body.length(), fields, body));
	}

	private static String exchange(int port, String request) throws Exception {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
			socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
