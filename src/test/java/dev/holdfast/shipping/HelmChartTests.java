package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.LintResult;
import dev.holdfast.admin.AdminSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import static dev.holdfast.shipping.HelmChart.container;
import static dev.holdfast.shipping.HelmChart.kinds;
import static dev.holdfast.shipping.HelmChart.one;
import static dev.holdfast.shipping.HelmChart.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Helm's own code lints and renders the chart.
 */
class HelmChartTests {

	private final HelmChart chart;

	HelmChartTests(@TempDir Path folder) {
		this.chart = new HelmChart(folder);
	}

	@Test
	void lintFindsNothingWrongEvenWhenStrict() {
		LintResult result = new Helm(HelmChart.SOURCE).lint().strict().call();
		assertThat(result.isFailed()).as("%s", result.getMessages()).isFalse();
		assertThat(result.getMessages()).noneMatch((message) -> message.contains("[WARNING]"));
	}

	@Test
	void defaultValuesRenderADeploymentTwoServicesAnAccountAndABudget() throws IOException {
		assertThat(render("")).extracting((manifest) -> manifest.at("kind").text())
			.containsExactlyInAnyOrder("Deployment", "Service", "Service", "ServiceAccount", "PodDisruptionBudget");
	}

	@Test
	void chartNamesTheVersionThatTheBuildMakes() throws IOException {
		String version = Files.readString(Path.of("pom.xml"))
			.replaceAll("(?s).*?<artifactId>holdfast</artifactId>\\s*<version>([^<]+)</version>.*", "$1");
		assertThat(YamlNode.read(HelmChart.SOURCE.resolve("Chart.yaml")).at("appVersion").text())
			.isEqualTo(version.replace("-SNAPSHOT", ""));
	}

	@Test
	void probesAskTheAdminPortForWhatTheyDecideOn() throws IOException {
		YamlNode container = container(render(""));
		assertThat(container.at("ports").itemNamed("admin").at("containerPort").number()).isEqualTo(8081);
		Map<String, String> paths = Map.of("startupProbe", "/actuator/health/liveness", "livenessProbe",
				"/actuator/health/liveness", "readinessProbe", "/actuator/health/readiness");
		paths.forEach((probe, path) -> {
			assertThat(container.at(probe, "httpGet", "port").text()).isEqualTo("admin");
			assertThat(container.at(probe, "httpGet", "path").text()).isEqualTo(path);
		});
	}

	@Test
	void bothPodsMeetTheRestrictedPodSecurityStandard() throws IOException {
		List<YamlNode> manifests = render("");
		List<YamlNode> pods = List.of(one(manifests, "Deployment").at("spec", "template", "spec"),
				this.chart.testPod().at("spec"));
		assertThat(pods).allSatisfy((pod) -> {
			assertThat(pod.at("automountServiceAccountToken").value()).isEqualTo(false);
			assertThat(pod.at("securityContext", "runAsNonRoot").value()).isEqualTo(true);
			assertThat(pod.at("securityContext", "runAsUser").number()).isEqualTo(10001);
			assertThat(pod.at("securityContext", "seccompProfile", "type").text()).isEqualTo("RuntimeDefault");
			YamlNode security = pod.at("containers", 0, "securityContext");
			assertThat(security.at("readOnlyRootFilesystem").value()).isEqualTo(true);
			assertThat(security.at("allowPrivilegeEscalation").value()).isEqualTo(false);
			assertThat(security.at("capabilities", "drop").value()).isEqualTo(List.of("ALL"));
			assertThat(pod.at("containers", 0, "resources", "limits").map().keySet().stream().map(Object::toString))
				.containsExactlyInAnyOrder("cpu", "memory");
		});
		assertThat(one(manifests, "ServiceAccount").at("automountServiceAccountToken").value()).isEqualTo(false);
	}

	@Test
	void servicesReachTheGatewayAndNotTheTestPod() throws IOException {
		List<YamlNode> manifests = render("serviceMonitor: { enabled: true }");
		Map<?, ?> podLabels = one(manifests, "Deployment").at("spec", "template", "metadata", "labels").map();
		Map<?, ?> testLabels = this.chart.testPod().at("metadata", "labels").map();
		List<Map<?, ?>> selectors = List.of(one(manifests, "Deployment").at("spec", "selector", "matchLabels").map(),
				service(manifests, "traffic").at("spec", "selector").map(),
				service(manifests, "admin").at("spec", "selector").map(),
				one(manifests, "PodDisruptionBudget").at("spec", "selector", "matchLabels").map());
		assertThat(selectors).allSatisfy((selector) -> {
			assertThat(selector).hasSize(2);
			assertThat(podLabels.entrySet().containsAll(selector.entrySet())).as("%s", podLabels).isTrue();
			assertThat(testLabels.entrySet().containsAll(selector.entrySet())).as("%s", testLabels).isFalse();
		});
	}

	@Test
	void operatorsStayAtOneGateway() throws IOException {
		List<YamlNode> manifests = render("");
		assertThat(service(manifests, "admin").at("spec", "sessionAffinity").text()).isEqualTo("ClientIP");
	}

	@ParameterizedTest
	@CsvSource({ "traffic, 8080, traffic", "admin, 8081, admin" })
	void servicePortHitsTheContainersPort(String component, int port, String name) throws IOException {
		List<YamlNode> manifests = render("");
		YamlNode servicePort = service(manifests, component).at("spec", "ports", 0);
		assertThat(servicePort.at("port").number()).isEqualTo(port);
		assertThat(servicePort.at("targetPort").text()).isEqualTo(name);
		assertThat(container(manifests).at("ports").itemNamed(name).at("containerPort").number()).isEqualTo(port);
	}

	@Test
	void alertsAreOfMetersThatTheGatewayHasAndKeepTheTemplatesOfPrometheus() throws IOException {
		YamlNode rule = one(render(
				"prometheusRule: { enabled: true, labels: { release: prometheus }, certificateExpiry: { days: 7 } }"),
				"PrometheusRule");
		assertThat(rule.at("metadata", "labels", "release").text()).isEqualTo("prometheus");
		YamlNode dropped = rule.at("spec", "groups", 0, "rules", 0);
		assertThat(dropped.at("expr").text()).contains("gateway_access_log_dropped_lines_total");
		assertThat(dropped.at("annotations", "summary").text()).contains("{{ $labels.instance }}");
		YamlNode expires = rule.at("spec", "groups", 0, "rules", 1);
		assertThat(expires.at("expr").text()).isEqualTo("ssl_chain_expiry_seconds < 604800");
	}

	@Test
	void serviceMonitorIsRenderedOnlyWhenAskedForAndSelectsTheAdminService() throws IOException {
		assertThat(kinds(render(""))).doesNotContain("ServiceMonitor", "PrometheusRule");
		List<YamlNode> manifests = render("serviceMonitor: { enabled: true, labels: { release: prometheus } }");
		YamlNode monitor = one(manifests, "ServiceMonitor");
		YamlNode admin = service(manifests, "admin");
		Map<?, ?> selector = monitor.at("spec", "selector", "matchLabels").map();
		assertThat(admin.at("metadata", "labels").map().entrySet().containsAll(selector.entrySet())).isTrue();
		assertThat(service(manifests, "traffic").at("metadata", "labels").map().entrySet()).isNotEmpty()
			.matches((labels) -> !labels.containsAll(selector.entrySet()));
		assertThat(monitor.at("spec", "endpoints", 0, "port").text())
			.isEqualTo(admin.at("spec", "ports", 0, "name").text());
		assertThat(monitor.at("spec", "endpoints", 0, "path").text()).isEqualTo("/actuator/prometheus");
		assertThat(monitor.at("spec", "endpoints", 0, "honorLabels").value()).isEqualTo(true);
		assertThat(monitor.at("metadata", "labels", "release").text()).isEqualTo("prometheus");
	}

	@ParameterizedTest
	@ValueSource(strings = { "fullnameOverride: %s--b", "fullnameOverride: %s---b", "fullnameOverride: %s-b" })
	void nameThatIsCutEndsInNoHyphen(String values) throws IOException {
		String name = "a".repeat(50);
		assertThat(one(render(values.formatted(name)), "Deployment").at("metadata", "name").text()).isIn(name,
				name + "-b");
	}

	@Test
	void namesOfTheAdminPortAreThoseThatTheGatewayTakes() throws IOException {
		Pattern pattern = Pattern.compile(YamlNode.read(HelmChart.SOURCE.resolve("values.schema.json"))
			.at("properties", "admin", "properties", "allowedHosts", "items", "pattern")
			.text());
		assertThat(List.of("gw", "gw.example.org", "gw.example.org.", "a-b.c", "gw:8081", "*.a", "a..b", "a.-b", "a-.b",
				".a", "-a", "a b", ""))
			.allSatisfy((name) -> assertThat(pattern.matcher(name).matches()).as(name)
				.isEqualTo(AdminSettings.isHostName(name)));
		assertThat(pattern.matcher("preview--123.xn--bcher-kva.example").matches()).isTrue();
	}

	@Test
	void labelsThatAreAddedStandBesideThoseOfTheChart() throws IOException {
		YamlNode pod = one(render("podLabels: { team: edge }"), "Deployment").at("spec", "template");
		assertThat(pod.at("metadata", "labels", "team").text()).isEqualTo("edge");
		assertThat(pod.at("metadata", "labels", "app.kubernetes.io/name").text()).isEqualTo("holdfast");
	}

	@ParameterizedTest
	@CsvSource({ "1, '', false", "2, '', true", "2, 'enabled: false', false" })
	void budgetIsRenderedFromTheSecondReplicaOnUnlessTurnedOff(int replicas, String budget, boolean rendered)
			throws IOException {
		List<YamlNode> manifests = render("replicaCount: %d\npodDisruptionBudget: {%s}".formatted(replicas, budget));
		assertThat(kinds(manifests).contains("PodDisruptionBudget")).isEqualTo(rendered);
	}

	@ParameterizedTest
	@CsvSource({ "'', maxUnavailable, 1", "'minAvailable: 1', minAvailable, 1",
			"'minAvailable: 50%', minAvailable, 50%", "'maxUnavailable: 0', maxUnavailable, 0" })
	void budgetTakesTheOneNumberThatIsGiven(String value, String key, String expected) throws IOException {
		YamlNode spec = one(render("podDisruptionBudget: {%s}".formatted(value)), "PodDisruptionBudget").at("spec");
		assertThat(spec.map()).hasSize(2);
		assertThat(spec.at(key).text()).isEqualTo(expected);
	}

	@Test
	void podOutlivesTheSleepAndTheGraceTogether() throws IOException {
		YamlNode pod = one(render("shutdown: { preStopSeconds: 7, graceSeconds: 45 }"), "Deployment").at("spec",
				"template", "spec");
		assertThat(pod.at("terminationGracePeriodSeconds").number()).isGreaterThan(7 + 45);
		assertThat(pod.at("containers", 0, "lifecycle", "preStop", "exec", "command").value())
			.isEqualTo(List.of("sleep", "7"));
		assertThat(pod.at("containers", 0, "env").itemNamed("HOLDFAST_SERVER_SHUTDOWN_GRACE").at("value").text())
			.isEqualTo("45s");
	}

	@Test
	void gatewayLearnsEveryEtcdMember() throws IOException {
		YamlNode env = container(render("etcd: { endpoints: [http://etcd-0.etcd:2379, http://etcd-1.etcd:2379] }"))
			.at("env");
		assertThat(env.itemNamed("HOLDFAST_ETCD_ENDPOINTS").at("value").text())
			.isEqualTo("http://etcd-0.etcd:2379,http://etcd-1.etcd:2379");
	}

	@Test
	void secretMakesTheTrafficPortSpeakTlsWhileProbesStayInTheClear() throws IOException {
		List<YamlNode> manifests = render("tls: { existingSecret: edge-tls, clientAuth: want }");
		YamlNode container = container(manifests);
		YamlNode env = container.at("env");
		String folder = "file:" + container.at("volumeMounts").itemNamed("tls").at("mountPath").text();
		String bundle = "SPRING_SSL_BUNDLE_PEM_TRAFFIC_";
		assertThat(env.itemNamed("HOLDFAST_SERVER_SSLBUNDLE").at("value").text()).isEqualTo("traffic");
		assertThat(env.itemNamed("HOLDFAST_SERVER_CLIENTAUTH").at("value").text()).isEqualTo("want");
		assertThat(env.itemNamed(bundle + "RELOADONUPDATE").at("value").text()).isEqualTo("true");
		assertThat(env.itemNamed(bundle + "KEYSTORE_CERTIFICATE").at("value").text()).isEqualTo(folder + "/tls.crt");
		assertThat(env.itemNamed(bundle + "KEYSTORE_PRIVATEKEY").at("value").text()).isEqualTo(folder + "/tls.key");
		assertThat(env.itemNamed(bundle + "TRUSTSTORE_CERTIFICATE").at("value").text()).isEqualTo(folder + "/ca.crt");
		assertThat(one(manifests, "Deployment").at("spec", "template", "spec", "volumes")
			.itemNamed("tls")
			.at("secret", "secretName")
			.text()).isEqualTo("edge-tls");
		assertThat(service(manifests, "traffic").at("spec", "ports", 0, "name").text()).isEqualTo("https");
		assertThat(container.at("readinessProbe", "httpGet", "port").text()).isEqualTo("admin");
		assertThat(container.at("readinessProbe", "httpGet").has("scheme")).isFalse();
	}

	@Test
	void serviceNamesDoNotBecomeConfigurationKeys() throws IOException {
		YamlNode pod = one(render(""), "Deployment").at("spec", "template", "spec");
		assertThat(pod.at("enableServiceLinks").value()).isEqualTo(false);
	}

	@Test
	void digestWinsOverTheTag() throws IOException {
		String digest = "sha256:" + "a".repeat(64);
		assertThat(container(
				render("image: { repository: registry.example/holdfast, tag: '1', digest: '%s' }".formatted(digest)))
			.at("image")
			.text()).isEqualTo("registry.example/holdfast@" + digest);
	}

	@ParameterizedTest
	@ValueSource(strings = { "replicas: 3", "etcd: { endpoint: http://etcd:2379 }", "image: { name: holdfast }",
			"podDisruptionBudget: { min: 1 }", "service: { ports: 80 }" })
	void valueThatNothingReadsIsRejected(String values) {
		assertThatThrownBy(() -> render(values)).hasMessageContaining("dditional propert")
			.hasMessageContaining("not allowed");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			etcd: { endpoints: ['etcd:2379'] }  | etcd
			replicaCount: two                   | replicaCount
			image: { pullPolicy: Sometimes }    | image
			service: { port: 70000 }            | service
			shutdown: { graceSeconds: 0 }       | shutdown
			tls: { clientAuth: maybe }          | tls
			admin: { allowedHosts: ['a,b'] }    | admin
			clusterDomain: 'a b'                | clusterDomain
			""")
	void valueOfTheWrongShapeIsRejectedByItsName(String values, String key) {
		assertThatThrownBy(() -> render(values)).hasMessageContaining(key).hasMessageContaining("schema");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					etcd: { endpoints: [] } | etcd.endpoints is empty
					podDisruptionBudget: { minAvailable: 1, maxUnavailable: 1 } | minAvailable and podDisruptionBudget.maxUnavailable are both set
					podDisruptionBudget: { minAvailable: 0, maxUnavailable: 0 } | are both set
					{ replicaCount: 3, podDisruptionBudget: { minAvailable: 3 } } | minAvailable is 3 and replicaCount is 3
					podLabels: { app.kubernetes.io/name: mine } | podLabels.app.kubernetes.io/name is set
					serviceMonitor: { enabled: true, labels: { app.kubernetes.io/instance: a } } | serviceMonitor.labels.app.kubernetes.io/instance is set
					podAnnotations: { checksum/config: a } | podAnnotations.checksum/config is set
					tls: { clientAuth: need } | tls.clientAuth is need and tls.existingSecret is not set
					""")
	void valuesThatContradictEachOtherAreRejectedWithTheReason(String values, String message) {
		assertThatThrownBy(() -> render(values)).hasMessageContaining(message).hasMessageContaining("(expected: ");
	}

	@EnabledOnOs({ OS.LINUX, OS.MAC })
	@ParameterizedTest
	@CsvSource({ "200, 0", "503, 1" })
	void helmTestPassesOnlyWhenTheGatewayIsReady(int status, int exit) throws IOException, InterruptedException {
		YamlNode pod = this.chart.testPod();
		assertThat(pod.at("metadata", "annotations", "helm.sh/hook").text()).isEqualTo("test");
		YamlNode container = pod.at("spec", "containers", 0);
		assertThat(container.at("env").itemNamed("HOST").at("value").text()).isEqualTo("edge-holdfast-admin");
		assertThat(container.at("env").itemNamed("PORT").at("value").text()).isEqualTo("8081");
		List<String> command = container.at("command").items().stream().map(YamlNode::text).toList();
		try (HealthEndpoint gateway = new HealthEndpoint("/actuator/health/readiness", status)) {
			Map<String, String> environment = Map.of("HOST", "127.0.0.1", "PORT", String.valueOf(gateway.port()));
			assertThat(gateway.ask(command, environment)).isEqualTo(exit);
		}
	}

	private List<YamlNode> render(String values) throws IOException {
		return this.chart.render(values);
	}

}
