package dev.holdfast.configuration;

import java.util.Map;
import java.util.Set;

import dev.holdfast.testing.CapturedLog;
import io.github.resilience4j.common.circuitbreaker.configuration.CommonCircuitBreakerConfigurationProperties.InstanceProperties;
import io.github.resilience4j.springboot3.circuitbreaker.autoconfigure.CircuitBreakerProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static org.assertj.core.api.Assertions.assertThat;

class EnvironmentVariablesTests {

	@ParameterizedTest
	@CsvSource({ "HOLDFAST_ETCD_ENDPOINT, HOLDFAST_ETCD_ENDPOINTS",
			"HOLDFAST_SERVER_SHUTDOWN_GRAZE, HOLDFAST_SERVER_SHUTDOWN_GRACE",
			"HOLDFAST_SERVER_SHUTDOWNGRAZE, HOLDFAST_SERVER_SHUTDOWNGRACE", "HOLDFAST_SEVER_PORT, HOLDFAST_SERVER_PORT",
			"HOLDFAST_ROUTES_12_PATHS, HOLDFAST_ROUTES_12_PATH",
			"HOLDFAST_REGISTRY_SOURCES_1_PREFIKS, HOLDFAST_REGISTRY_SOURCES_1_PREFIX",
			"HOLDFAST_REQUEST_TIMEOUT, HOLDFAST_UPSTREAM_REQUEST_TIMEOUT",
			"RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_SLIDINGWINDOWSIZ, RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_SLIDINGWINDOWSIZE",
			"RESILIENCE4J_CIRCUITBREAKER_INSTANCES_ORDERS_SLIDING_WINDOW_SIZ, RESILIENCE4J_CIRCUITBREAKER_INSTANCES_ORDERS_SLIDINGWINDOWSIZE",
			"RESILIENCE4J_CIRCUITBREAKER_CONFIG_DEFAULT_BASECONFIG, RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_BASECONFIG",
			"RESILIENCE4J_CIRCUIT_BREAKER_CONFIGS_DEFAULT_BASECONFIG, RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_BASECONFIG" })
	void misspeltVariableIsNamedWithTheNearestAndWithoutItsValue(String variable, String meant, CapturedLog output) {
		warn(Map.of(variable, "hunter2"));
		assertThat(output.toString().lines()).singleElement()
			.asString()
			.contains("WARN", "Nobody reads the environment variable %s: ".formatted(variable),
					"did you mean %s?".formatted(meant))
			.doesNotContain("hunter2");
	}

	@Test
	void variableThatIsLikeNoneIsNamedAlone(CapturedLog output) {
		warn(Map.of("HOLDFAST_ZOOKEEPER_QUORUM", "a"));
		assertThat(output).contains("Nobody reads the environment variable HOLDFAST_ZOOKEEPER_QUORUM: ")
			.doesNotContain("did you mean");
	}

	@ParameterizedTest
	@ValueSource(strings = { "HOLDFAST_ETCD_ENDPOINTS", "HOLDFAST_ETCD_ENDPOINTS_0", "HOLDFAST_SERVER_SHUTDOWNGRACE",
			"HOLDFAST_SERVER_SHUTDOWN_GRACE", "HOLDFAST_REGISTRY_SOURCES_0_PREFIX", "HOLDFAST_ROUTES_0_METHODS_1",
			"HOLDFAST_ROUTES_0_HEADERS_BETA", "holdfast_admin_token", "HOLDFASTER_ETCD", "PATH" })
	void variablesThatAreReadOrNoneOfOursAreNotWarnedOf(String variable, CapturedLog output) {
		warn(Map.of(variable, "a"));
		assertThat(output).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_SLIDINGWINDOWSIZE",
			"RESILIENCE4J_CIRCUITBREAKER_CONFIGS_DEFAULT_SLIDING_WINDOW_SIZE" })
	void variableOfCircuitBreakersThatIsReadIsNotWarnedOf(String variable, CapturedLog output) {
		Map<String, Object> variables = Map.of(variable, "7");
		PropertySource<?> source = new SystemEnvironmentPropertySource("systemEnvironment", variables);
		CircuitBreakerProperties read = new Binder(ConfigurationPropertySources.from(source))
			.bind("resilience4j.circuitbreaker", CircuitBreakerProperties.class)
			.get();
		assertThat(read.getConfigs()).extractingByKey("default")
			.extracting(InstanceProperties::getSlidingWindowSize)
			.isEqualTo(7);
		warn(variables);
		assertThat(output).isEmpty();
	}

	@Test
	void variablesOfKubernetesServicesAreNotWarnedOf(CapturedLog output) {
		for (String service : new String[] { "HOLDFAST", "HOLDFAST_ADMIN", "HOLDFAST_2" }) {
			warn(Map.of(service + "_SERVICE_HOST", "10.96.0.1", service + "_SERVICE_PORT", "8080",
					service + "_SERVICE_PORT_HTTP", "8080", service + "_PORT", "tcp://10.96.0.1:8080",
					service + "_PORT_8080_TCP", "tcp://10.96.0.1:8080", service + "_PORT_8080_TCP_PROTO", "tcp",
					service + "_PORT_8080_TCP_PORT", "8080", service + "_PORT_8080_TCP_ADDR", "10.96.0.1"));
		}
		assertThat(output).isEmpty();
	}

	@Test
	void headerNameWithUnderscoreIsSaidToStandForDots(CapturedLog output) {
		warn(Map.of("HOLDFAST_ROUTES_0_HEADERS_X_BETA", "1"));
		assertThat(output).contains("HOLDFAST_ROUTES_0_HEADERS_X_BETA stands for the name \"x.beta\"",
				"SPRING_APPLICATION_JSON");
	}

	@Test
	void gatewayWarnsAtItsStart(CapturedLog output) {
		new ApplicationContextRunner().withUserConfiguration(PropertiesConfiguration.class)
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace("systemEnvironment",
						new SystemEnvironmentPropertySource("systemEnvironment",
								Map.of("HOLDFAST_ETCD_ENDPOINT", "http://etcd:2379"))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).containsOnlyOnce("Nobody reads the environment variable HOLDFAST_ETCD_ENDPOINT: ");
	}

	@Test
	void variableThatAValueRefersToIsNotWarnedOf(CapturedLog output) {
		new ApplicationContextRunner().withUserConfiguration(PropertiesConfiguration.class)
			.withPropertyValues("spring.ssl.bundle.jks.etcd.keystore.password=${HOLDFAST_KEYSTORE_PASSWORD:}",
					"other=HOLDFAST_TRUSTSTORE_PASSWORD")
			.withInitializer((context) -> context.getEnvironment()
				.getPropertySources()
				.replace("systemEnvironment",
						new SystemEnvironmentPropertySource("systemEnvironment",
								Map.of("HOLDFAST_KEYSTORE_PASSWORD", "a", "HOLDFAST_TRUSTSTORE_PASSWORD", "b"))))
			.run((context) -> assertThat(context).hasNotFailed());
		assertThat(output).contains("HOLDFAST_TRUSTSTORE_PASSWORD: ").doesNotContain("HOLDFAST_KEYSTORE_PASSWORD");
	}

	private static void warn(Map<String, Object> variables) {
		new EnvironmentVariables(variables, Set.of()).warn();
	}

}
