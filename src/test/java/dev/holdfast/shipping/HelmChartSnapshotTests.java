package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static dev.holdfast.shipping.HelmChart.kinds;
import static dev.holdfast.shipping.HelmChart.one;
import static dev.holdfast.shipping.HelmChart.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Where the chart lets gateways keep what they know.
 */
class HelmChartSnapshotTests {

	private static final String PERSISTENT = "snapshot: { persistence: { enabled: true, size: 2Gi, storageClass: fast } }";

	private final HelmChart chart;

	HelmChartSnapshotTests(@TempDir Path folder) {
		this.chart = new HelmChart(folder);
	}

	@Test
	void persistenceGivesEachReplicaAVolumeThatItFindsAgain() throws IOException {
		List<YamlNode> manifests = render(PERSISTENT);
		assertThat(kinds(manifests)).doesNotContain("Deployment");
		YamlNode spec = one(manifests, "StatefulSet").at("spec");
		YamlNode claim = spec.at("volumeClaimTemplates", 0);
		assertThat(claim.at("metadata", "name").text()).isEqualTo("snapshot");
		assertThat(claim.at("spec", "accessModes").value()).isEqualTo(List.of("ReadWriteOnce"));
		assertThat(claim.at("spec", "storageClassName").text()).isEqualTo("fast");
		assertThat(claim.at("spec", "resources", "requests", "storage").text()).isEqualTo("2Gi");
		YamlNode pod = spec.at("template", "spec");
		assertThat(pod.at("containers", 0, "volumeMounts").itemNamed("snapshot").at("mountPath").text())
			.isEqualTo("/data");
		assertThat(pod.at("securityContext", "fsGroup").number()).isEqualTo(10001);
		assertThat(pod.at("volumes").items()).noneMatch((volume) -> volume.at("name").text().equals("snapshot"));
	}

	@Test
	void volumeIsOfTheClustersDefaultClassUnlessOneIsNamed() throws IOException {
		YamlNode claim = one(render("snapshot: { persistence: { enabled: true } }"), "StatefulSet").at("spec",
				"volumeClaimTemplates", 0);
		assertThat(claim.at("spec").has("storageClassName")).isFalse();
	}

	@Test
	void podsOfAStatefulSetDoNotWaitForOneAnotherAndAreNamedByAHeadlessService() throws IOException {
		List<YamlNode> manifests = render(PERSISTENT);
		YamlNode statefulSet = one(manifests, "StatefulSet");
		YamlNode spec = statefulSet.at("spec");
		assertThat(spec.at("podManagementPolicy").text()).isEqualTo("Parallel");
		YamlNode headless = service(manifests, "pods");
		assertThat(spec.at("serviceName").text()).isEqualTo(headless.at("metadata", "name").text());
		assertThat(headless.at("spec", "clusterIP").text()).isEqualTo("None");
		assertThat(headless.at("spec", "ports").items()).extracting((port) -> port.at("targetPort").text())
			.containsExactly("traffic");
		Map<?, ?> labels = spec.at("template", "metadata", "labels").map();
		assertThat(List.of(spec.at("selector", "matchLabels"), headless.at("spec", "selector")))
			.allMatch((selector) -> labels.entrySet().containsAll(selector.map().entrySet()));
		// A label of its pods is the name, a dash and ten characters of a revision.
		assertThat(statefulSet.at("metadata", "name").text().length()).isLessThanOrEqualTo(63 - 11);
	}

	@Test
	void longestNameLeavesRoomForWhatIsPutBehindIt() throws IOException {
		List<YamlNode> manifests = render(PERSISTENT + "\nfullnameOverride: " + "n".repeat(63));
		assertThat(one(manifests, "StatefulSet").at("metadata", "name").text()).hasSize(63 - 11);
		assertThat(service(manifests, "admin").at("metadata", "name").text()).hasSizeLessThanOrEqualTo(63);
	}

	@ParameterizedTest
	@CsvSource({ "'', Retain, Retain", "'whenDeleted: Delete, whenScaled: Delete', Delete, Delete" })
	void volumesStayWithTheClusterUnlessTheyAreToGo(String retention, String whenDeleted, String whenScaled)
			throws IOException {
		YamlNode policy = one(render("snapshot: { persistence: { enabled: true, %s } }".formatted(retention)),
				"StatefulSet")
			.at("spec", "persistentVolumeClaimRetentionPolicy");
		assertThat(policy.value()).isEqualTo(Map.of("whenDeleted", whenDeleted, "whenScaled", whenScaled));
	}

	@Test
	void podIsTheSameInADeploymentButForTheVolume() throws IOException {
		YamlNode container = one(render(PERSISTENT), "StatefulSet").at("spec", "template", "spec", "containers", 0);
		List<YamlNode> deployed = render("");
		assertThat(container).isEqualTo(HelmChart.container(deployed));
		assertThat(one(deployed, "Deployment").at("spec", "template", "spec", "volumes")
			.itemNamed("snapshot")
			.at("emptyDir", "sizeLimit")
			.text()).isEqualTo("256Mi");
		assertThat(kinds(deployed)).doesNotContain("StatefulSet");
	}

	@Test
	void snapshotOnAClaimIsNeverSharedByTwoPods() throws IOException {
		YamlNode deployment = one(render("""
				replicaCount: 1
				snapshot: { existingClaim: last-known }
				"""), "Deployment");
		assertThat(deployment.at("spec", "strategy", "type").text()).isEqualTo("Recreate");
		assertThat(deployment.at("spec", "template", "spec", "volumes")
			.itemNamed("snapshot")
			.at("persistentVolumeClaim", "claimName")
			.text()).isEqualTo("last-known");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|',
			textBlock = """
					snapshot: { existingClaim: last-known } | snapshot.existingClaim is set and replicaCount is 2
					{ replicaCount: 1, snapshot: { existingClaim: a, persistence: { enabled: true } } } | snapshot.existingClaim and snapshot.persistence.enabled are both set
					""")
	void placesThatContradictEachOtherAreRefused(String values, String message) {
		assertThatThrownBy(() -> render(values)).hasMessageContaining(message).hasMessageContaining("(expected: ");
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', textBlock = """
			snapshot: { persistence: { enabled: true, size: large } }       | size
			snapshot: { persistence: { enabled: true, whenScaled: Maybe } } | whenScaled
			""")
	void sizeAndRetentionAreOfTheShapeThatKubernetesKnows(String values, String key) {
		assertThatThrownBy(() -> render(values)).hasMessageContaining(key).hasMessageContaining("schema");
	}

	private List<YamlNode> render(String values) throws IOException {
		return this.chart.render(values);
	}

}
