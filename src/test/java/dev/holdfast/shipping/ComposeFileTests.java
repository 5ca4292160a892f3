package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the compose file promises.
 */
class ComposeFileTests {

	private static final List<String> ETCD = List.of("etcd-1", "etcd-2", "etcd-3");

	private static final List<String> BACKENDS = List.of("orders-1", "orders-2");

	private YamlNode services = new YamlNode(Map.of());

	@BeforeEach
	void read() throws IOException {
		this.services = YamlNode.read(Path.of("compose.yaml")).at("services");
	}

	@Test
	void clusterHasThreeMembersThatKnowEachOther() {
		String cluster = "etcd-1=http://etcd-1:2380,etcd-2=http://etcd-2:2380,etcd-3=http://etcd-3:2380";
		assertThat(ETCD).allSatisfy((member) -> {
			YamlNode environment = this.services.at(member, "environment");
			assertThat(environment.at("ETCD_NAME").text()).isEqualTo(member);
			assertThat(environment.at("ETCD_INITIAL_CLUSTER").text()).isEqualTo(cluster);
			assertThat(environment.at("ETCD_INITIAL_ADVERTISE_PEER_URLS").text())
				.isEqualTo("http://" + member + ":2380");
			assertThat(environment.at("ETCD_ADVERTISE_CLIENT_URLS").text()).isEqualTo("http://" + member + ":2379");
		});
	}

	@Test
	void imageOfTheMembersIsAnExactReleaseWithTheFixesOf3_5_33() {
		assertThat(ETCD).allSatisfy((member) -> {
			String image = this.services.at(member, "image").text();
			assertThat(image).matches("quay\\.io/coreos/etcd:v3\\.5\\.[0-9]+");
			assertThat(Integer.parseInt(image.substring(image.lastIndexOf('.') + 1))).isGreaterThanOrEqualTo(33);
		});
	}

	@Test
	void healthOfAMemberIsAskedWithoutAShell() {
		assertThat(ETCD)
			.allSatisfy((member) -> assertThat(this.services.at(member, "healthcheck", "test").value()).isEqualTo(List
				.of("CMD", "/usr/local/bin/etcdctl", "--endpoints=http://127.0.0.1:2379", "endpoint", "health")));
	}

	@ParameterizedTest
	@ValueSource(strings = { "gateway", "orders-1", "orders-2" })
	void serviceStartsOnlyAfterEveryMemberIsHealthy(String service) {
		YamlNode dependencies = this.services.at(service, "depends_on");
		assertThat(dependencies.map()).hasSize(ETCD.size());
		assertThat(ETCD).allSatisfy(
				(member) -> assertThat(dependencies.at(member, "condition").text()).isEqualTo("service_healthy"));
	}

	@Test
	void everyContainerHasItsLimitsAndComesBack() {
		assertThat(this.services.map().keySet().stream().map(Object::toString))
			.containsExactlyInAnyOrderElementsOf(
					Stream.of(ETCD, BACKENDS, List.of("gateway")).flatMap(List::stream).toList())
			.allSatisfy((service) -> {
				YamlNode limits = this.services.at(service, "deploy", "resources", "limits");
				assertThat(Double.parseDouble(limits.at("cpus").text())).isPositive();
				assertThat(limits.at("memory").text()).matches("[1-9][0-9]*M");
				assertThat(this.services.at(service, "restart").text()).isEqualTo("unless-stopped");
			});
	}

	@Test
	void gatewayAsksTheWholeCluster() {
		assertThat(this.services.at("gateway", "environment", "HOLDFAST_ETCD_ENDPOINTS").text())
			.isEqualTo("http://etcd-1:2379,http://etcd-2:2379,http://etcd-3:2379");
	}

	@ParameterizedTest
	@ValueSource(strings = { "gateway", "orders-1", "orders-2" })
	void containerCannotWriteItsRootOrGainPrivileges(String service) {
		assertThat(this.services.at(service, "read_only").value()).isEqualTo(true);
		assertThat(this.services.at(service, "cap_drop").value()).isEqualTo(List.of("ALL"));
		assertThat(this.services.at(service, "security_opt").value()).isEqualTo(List.of("no-new-privileges:true"));
	}

	@Test
	void gatewayMayLoadItsNativeTransportAndKeepsItsSnapshot() throws IOException {
		assertThat(this.services.at("gateway", "tmpfs", 0).text()).startsWith("/tmp:").contains("exec");
		assertThat(this.services.at("gateway", "volumes", 0).text())
			.isEqualTo("gateway-data:" + Dockerfile.read().the("VOLUME"));
	}

	@Test
	void adminPortIsPublishedOnThisMachineOnly() {
		assertThat(this.services.at("gateway", "ports").value()).isEqualTo(List.of("8080:8080", "127.0.0.1:8081:8081"));
	}

	@Test
	void dockerWaitsLongerThanTheGatewaysGrace() {
		assertThat(this.services.at("gateway", "stop_grace_period").text()).isEqualTo("30s");
	}

	@Test
	void backendsAreTwoInstancesThatRunOnTheImageTheGatewayIsBuiltOn() throws IOException {
		String image = Dockerfile.read().all("FROM").get(0).replaceAll("--platform=\\S+ | AS \\S+", "");
		assertThat(BACKENDS).allSatisfy((backend) -> {
			assertThat(this.services.at(backend, "image").text()).isEqualTo(image);
			assertThat(this.services.at(backend, "hostname").text()).isEqualTo(backend);
			assertThat(this.services.at(backend, "environment", "DEMO_INSTANCE").text()).isEqualTo(backend);
			List<YamlNode> command = this.services.at(backend, "command").items();
			Path source = Path.of(command.get(command.size() - 1).text());
			assertThat(Files.exists(Path.of("demo").resolve(source.getFileName()))).isTrue();
		});
	}

}
