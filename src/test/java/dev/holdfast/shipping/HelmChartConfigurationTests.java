package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import dev.holdfast.configuration.HoldfastProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

import static dev.holdfast.shipping.HelmChart.container;
import static dev.holdfast.shipping.HelmChart.one;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * How the chart hands configuration and secrets to the gateway, and what it refuses to
 * hand on.
 */
class HelmChartConfigurationTests {

	private final HelmChart chart;

	HelmChartConfigurationTests(@TempDir Path folder) {
		this.chart = new HelmChart(folder);
	}

	@Test
	void secretsAreReadFromWhereTheyAreKept() throws IOException {
		YamlNode env = container(render("""
				admin: { existingSecret: operators, existingSecretKey: write-token }
				etcd: { existingSecret: etcd-user }
				""")).at("env");
		assertThat(env.itemNamed("HOLDFAST_ADMIN_TOKEN").at("valueFrom", "secretKeyRef").value())
			.isEqualTo(Map.of("name", "operators", "key", "write-token"));
		assertThat(env.itemNamed("HOLDFAST_ETCD_USERNAME").at("valueFrom", "secretKeyRef").value())
			.isEqualTo(Map.of("name", "etcd-user", "key", "username"));
		assertThat(env.itemNamed("HOLDFAST_ETCD_PASSWORD").at("valueFrom", "secretKeyRef").value())
			.isEqualTo(Map.of("name", "etcd-user", "key", "password"));
	}

	@Test
	void configurationIsMountedWhereTheGatewayReadsIt() throws IOException {
		List<YamlNode> manifests = render("""
				config:
				  holdfast:
				    routes:
				      - { id: users, path: /users/**, service: user-api }
				""");
		YamlNode config = one(manifests, "ConfigMap");
		YamlNode written = YamlNode.readAll(config.at("data", "application.yaml").text()).get(0);
		assertThat(written.at("holdfast", "routes", 0, "path").text()).isEqualTo("/users/**");
		YamlNode container = container(manifests);
		String location = container.at("env").itemNamed("SPRING_CONFIG_ADDITIONAL_LOCATION").at("value").text();
		assertThat(location)
			.isEqualTo("file:" + container.at("volumeMounts").itemNamed("config").at("mountPath").text() + "/");
		assertThat(one(manifests, "Deployment").at("spec", "template", "spec", "volumes")
			.itemNamed("config")
			.at("configMap", "name")
			.text()).isEqualTo(config.at("metadata", "name").text());
	}

	@Test
	void changedConfigurationRollsThePods() throws IOException {
		String before = checksum("config: { logging: { level: { root: info } } }");
		String after = checksum("config: { logging: { level: { root: debug } } }");
		assertThat(before).hasSize(64).isNotEqualTo(after);
	}

	@Test
	void extraVariablesAndVolumesReachTheContainer() throws IOException {
		List<YamlNode> manifests = render("""
				extraEnv: [ { name: JDK_JAVA_OPTIONS, value: -Xmx64m } ]
				extraVolumes: [ { name: certificates, secret: { secretName: etcd-tls } } ]
				extraVolumeMounts: [ { name: certificates, mountPath: /certificates } ]
				""");
		YamlNode container = container(manifests);
		assertThat(container.at("env").itemNamed("JDK_JAVA_OPTIONS").at("value").text()).isEqualTo("-Xmx64m");
		assertThat(container.at("volumeMounts").itemNamed("certificates").at("mountPath").text())
			.isEqualTo("/certificates");
		assertThat(one(manifests, "Deployment").at("spec", "template", "spec", "volumes")
			.itemNamed("certificates")
			.has("secret")).isTrue();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					config: { server: { port: 9000 } } | config.server.port is set
					config: { server.port: 9000 } | config.server.port is set
					config: { server: { port: 0 } } | config.server.port is set
					config: { server.servlet: { contextPath: /gateway } } | config.server.servlet.contextPath is set
					config: { server: { ssl: { bundle: admin } } } | config.server.ssl.bundle is set
					config: { server: { address: 127.0.0.1 } } | config.server.address is set
					config: { spring: { mvc.servlet.path: /gateway } } | config.spring.mvc.servlet.path is set
					config: { management: { server: { port: 9000 } } } | config.management.server.port is set
					config: { management.server.base-path: /m } | config.management.server.base-path is set
					config: { management: { endpoints: { web: { basePath: / } } } } | config.management.endpoints.web.basePath is set
					config: { management.endpoints.web.exposure.include: [info] } | config.management.endpoints.web.exposure.include[0] is set
					config: { management.endpoint.health.probes.enabled: false } | config.management.endpoint.health.probes.enabled is set
					config: { holdfast: { server: { port: 80 } } } | config.holdfast.server.port is set
					config: { holdfast: { server: { address: 127.0.0.1 } } } | config.holdfast.server.address is set
					config: { holdfast: { server: { ssl-bundle: mine } } } | config.holdfast.server.ssl-bundle is set
					config: { holdfast: { server: { shutdown-grace: 60s } } } | set shutdown.graceSeconds
					config: { holdfast: { etcd: { endpoints: [ 'http://e:1' ] } } } | config.holdfast.etcd.endpoints[0] is set
					config: { holdfast.admin.allowed-hosts: [ops.example.org] } | set admin.allowedHosts
					{ tls: { existingSecret: edge }, config: { spring.ssl.bundle.pem.traffic.reload-on-update: false } } | tls.existingSecret sets it
					extraEnv: [ { name: SERVER_PORT, value: '9000' } ] | extraEnv.SERVER_PORT is set
					extraEnv: [ { name: MANAGEMENT_SERVER_PORT, value: '9000' } ] | extraEnv.MANAGEMENT_SERVER_PORT is set
					extraEnv: [ { name: HOLDFAST_ETCD_ENDPOINTS, value: 'http://e:1' } ] | set etcd.endpoints
					extraEnv: [ { name: SERVER_SSL_BUNDLE, value: a } ] | extraEnv.SERVER_SSL_BUNDLE is set
					extraEnv: [ { name: MANAGEMENT_ENDPOINTS_WEB_PATH_MAPPING_HEALTH, value: a } ] | extraEnv.MANAGEMENT_ENDPOINTS_WEB_PATH_MAPPING_HEALTH is set
					extraEnv: [ { name: SPRING_CONFIG_LOCATION, value: 'file:/x/' } ] | extraEnv.SPRING_CONFIG_LOCATION is set
					extraEnv: [ { name: SPRING_CONFIG_NAME, value: x } ] | extraEnv.SPRING_CONFIG_NAME is set
					config: { management.endpoints.access.default: none } | config.management.endpoints.access.default is set
					config: { management.endpoints.access.max-permitted: none } | config.management.endpoints.access.max-permitted is none
					extraEnv: [ { name: MANAGEMENT_ENDPOINTS_ACCESS_MAXPERMITTED, value: NONE } ] | extraEnv.MANAGEMENT_ENDPOINTS_ACCESS_MAXPERMITTED is none
					{ serviceMonitor: { enabled: true }, config: { management.endpoint.prometheus.access: none } } | the ServiceMonitor asks for it
					{ serviceMonitor: { enabled: true }, config: { management.endpoint.prometheus.enabled: false } } | the ServiceMonitor asks for it
					{ serviceMonitor: { enabled: true }, config: { management.prometheus.metrics.export.enabled: false } } | the ServiceMonitor asks for the meters
					{ serviceMonitor: { enabled: true }, config: { management.defaults.metrics.export.enabled: false } } | the ServiceMonitor asks for the meters
					{ tls: { existingSecret: edge }, extraEnv: [ { name: SPRING_SSL_BUNDLE_PEM_TRAFFIC_KEYSTORE_CERTIFICATE, value: a } ] } | tls.existingSecret sets it
					""")
	void keyThatTheChartSetsOrReliesOnIsRefusedAndTheMessageSaysWhatToDo(String values, String message) {
		assertThatThrownBy(() -> render(values)).hasMessageContaining(message).hasMessageContaining("(expected: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "holdfast: { etcd: { password: x } }", "holdfast.etcd.password: x",
			"holdfast.etcd: { password: x }", "holdfast: { etcd.password: x }", "holdfast: { etcd: { passWord: x } }",
			"Holdfast: { ETCD: { pass-word: x } }", "holdfast.etcd.passWord: x", "HOLDFAST_ETCD_PASSWORD: x",
			"holdfast: { etcd_password: x }", "holdfast: { admin: { token: x } }", "holdfast.admin: { to-ken: x }",
			"HOLDFAST_ADMIN_TOKEN: x", "spring.ssl.bundle.jks.etcd.keystore.password: x",
			"spring: { ssl: { bundle: { jks: { etcd: { key: { password: x } } } } } }",
			"spring: { ssl.bundle.pem.etcd: { keystore: { private-key-password: x } } }",
			"spring.ssl.bundle.pem.etcd.keystore.private-key: '-----BEGIN PRIVATE KEY----- MC4C'",
			"spring: { ssl: { bundle: { jks: { etcd: { keystore: { password: '${UNSET:x}' } } } } } }" })
	void secretIsRefusedInTheConfigMapHoweverItsKeyIsWritten(String config) {
		assertThatThrownBy(() -> render("config: { %s }".formatted(config)))
			.hasMessageContaining("a ConfigMap is no place for it");
	}

	@ParameterizedTest
	@ValueSource(strings = { "spring.ssl.bundle.jks.etcd.keystore.password: '${KEYSTORE_PASSWORD}'",
			"spring.ssl.bundle.pem.etcd.keystore.private-key: /certificates/tls.key",
			"holdfast: { server: { max-connections: 5 } }",
			"management: { endpoint: { health: { show-details: never } } }",
			"server: { tomcat: { threads: { max: 5 } } }", "management.endpoints.web.cors.allow-credentials: true",
			"management.endpoints.access.max-permitted: unrestricted",
			"management.endpoints.access.max-permitted: read-only",
			"holdfast.routes: [ { id: a, service: a, headers: { X-Auth-Token: a } } ]",
			"holdfast: { routes: [ { id: a, service: a, headers: { '[X-Api-Key]': a, '[XApi-Key]': b } } ] }",
			"spring.ssl.bundle.pem.api.reload-on-update: true" })
	void keyThatNobodyElseSetsReachesTheGateway(String config) {
		assertThatCode(() -> render("config: { %s }".formatted(config))).doesNotThrowAnyException();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					config: { logging.level.root: info, logging: { level: { root: debug } } } | config.logging.level.root and config.logging.level.root
					config: { holdfast: { routing: { by-path: true, byPath: false } } } | are both set
					config: { holdfast: { routes: [ { id: a, headers: { X-A: 1, XA: 2 } } ] } } | are both set
					config: { holdfast: { routes: [ { id: a, headers: { '[X-A]': 1, '[x-a]': 2 } } ] } } | are both set
					{ config: { holdfast.routing.by-path: true }, extraEnv: [ { name: HOLDFAST_ROUTING_BYPATH, value: 'false' } ] } | extraEnv.HOLDFAST_ROUTING_BYPATH and config.holdfast.routing.by-path are both set
					extraEnv: [ { name: A_B, value: '1' }, { name: A_B, value: '2' } ] | extraEnv.A_B and extraEnv.A_B are both set
					{ config: { a: 1 }, extraEnv: [ { name: SPRING_CONFIG_ADDITIONAL_LOCATION, value: /x/ } ] } | config is read from there
					extraVolumes: [ { name: tmp, emptyDir: {} } ] | extraVolumes.tmp is set
					extraVolumeMounts: [ { name: mine, mountPath: /data/ } ] | extraVolumeMounts.mine is at /data/
					""")
	void valueThatWouldSilentlyReplaceAnotherIsRefused(String values, String message) {
		assertThatThrownBy(() -> render(values)).hasMessageContaining(message).hasMessageContaining("(expected: ");
	}

	@ParameterizedTest
	@ValueSource(strings = { "config: { spring.ssl.bundle.pem.traffic-api.reload-on-update: true }",
			"config: { spring: { ssl: { bundle: { pem: { trafficApi: { reload-on-update: true } } } } } }",
			"extraEnv: [ { name: SPRING_SSL_BUNDLE_PEM_TRAFFICAPI_RELOADONUPDATE, value: 'true' } ]" })
	void bundleWhoseNameOnlyBeginsLikeTheChartsIsNotRefused(String values) {
		assertThatCode(() -> render("{ tls: { existingSecret: edge }, %s }".formatted(values)))
			.doesNotThrowAnyException();
	}

	@Test
	void variableThatOnlyBeginsLikeAnotherKeyReachesTheGateway() throws IOException {
		YamlNode env = container(render("extraEnv: [ { name: SERVER_PORTAL, value: a } ]")).at("env");
		assertThat(env.itemNamed("SERVER_PORTAL").at("value").text()).isEqualTo("a");
	}

	@Test
	void changedSecretRollsThePodsWhenHelmRunsAndWithoutAClusterNothingIsMadeUp() throws IOException {
		String values = "{ admin: { existingSecret: operators }, etcd: { existingSecret: etcd-user } }";
		Map<?, ?> alone = annotations(this.chart.render(values));
		Map<?, ?> before = annotations(this.chart.render(values, Map.of("operators", "41", "etcd-user", "7")));
		Map<?, ?> rotated = annotations(this.chart.render(values, Map.of("operators", "41", "etcd-user", "8")));
		assertThat(alone.containsKey("holdfast.dev/secrets")).isFalse();
		assertThat(before.get("holdfast.dev/secrets")).isEqualTo("operators=41,etcd-user=7");
		assertThat(rotated.get("holdfast.dev/secrets")).isEqualTo("operators=41,etcd-user=8");
	}

	@Test
	void secretThatNobodyReadsRollsNothing() throws IOException {
		assertThat(annotations(this.chart.render("", Map.of("operators", "41"))).containsKey("holdfast.dev/secrets"))
			.isFalse();
	}

	@Test
	void workloadCarriesWhatAControllerIsToldThatWatchesSecrets() throws IOException {
		YamlNode deployment = one(render("annotations: { secret.reloader.stakater.com/reload: operators }"),
				"Deployment");
		assertThat(deployment.at("metadata", "annotations").value())
			.isEqualTo(Map.of("secret.reloader.stakater.com/reload", "operators"));
	}

	@Test
	void adminPortIsAskedByItsServicesNamesAndThoseThatAreAdded() throws IOException {
		YamlNode env = container(render("{ clusterDomain: k8s.example, admin: { allowedHosts: [ops.example.org] } }"))
			.at("env");
		assertThat(env.itemNamed("HOLDFAST_ADMIN_ALLOWED_HOSTS").at("value").text().split(",", -1)).containsExactly(
				"edge-holdfast-admin", "edge-holdfast-admin.default", "edge-holdfast-admin.default.svc",
				"edge-holdfast-admin.default.svc.k8s.example", "ops.example.org");
	}

	@Test
	void variablesOfThePodAreReadByTheGateway() throws IOException {
		Map<String, Object> variables = container(render("{}")).at("env")
			.items()
			.stream()
			.map(YamlNode::map)
			.filter((variable) -> variable.containsKey("value"))
			.collect(
					Collectors.toMap((variable) -> (String) variable.get("name"), (variable) -> variable.get("value")));
		HoldfastProperties properties = new Binder(
				ConfigurationPropertySources.from(new SystemEnvironmentPropertySource(
						StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)))
			.bindOrCreate("holdfast", HoldfastProperties.class);
		assertThat(properties.admin().allowedHosts()).contains("edge-holdfast-admin.default.svc");
		assertThat(properties.etcd().endpoints()).hasToString("[http://etcd:2379]");
		assertThat(properties.server().shutdownGrace()).hasSeconds(20);
	}

	private static Map<?, ?> annotations(List<YamlNode> manifests) {
		return one(manifests, "Deployment").at("spec", "template", "metadata", "annotations").map();
	}

	private String checksum(String values) throws IOException {
		return one(render(values), "Deployment").at("spec", "template", "metadata", "annotations", "checksum/config")
			.text();
	}

	private List<YamlNode> render(String values) throws IOException {
		return this.chart.render(values);
	}

}
