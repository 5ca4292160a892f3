package dev.holdfast.shipping;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.marcnuri.helm.Helm;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the image promises, read from its instructions and, where they are commands, run.
 */
class DockerfileTests {

	private static final String HEALTH_CHECK = "--interval=30s --timeout=10s --retries=3 ";

	private Dockerfile dockerfile = new Dockerfile(List.of());

	@BeforeEach
	void read() throws IOException {
		this.dockerfile = Dockerfile.read();
	}

	@Test
	void bothStagesStandOnPinnedImagesOfTheSameJava() {
		List<String> images = this.dockerfile.all("FROM")
			.stream()
			.map((stage) -> stage.replaceAll("--platform=\\S+ | AS \\S+", ""))
			.toList();
		assertThat(images).hasSize(2);
		assertThat(images.get(0)).matches("eclipse-temurin:25(\\.[0-9]+){2,3}_[0-9]+-jdk-noble");
		assertThat(images.get(1)).isEqualTo(images.get(0).replace("-jdk-", "-jre-"));
	}

	@Test
	void layersAreCopiedFromTheOneThatChangesLeastToTheOneThatChangesMost() {
		assertThat(this.dockerfile.runtime("COPY")).containsExactly("--from=build /build/extracted/dependencies/ ./",
				"--from=build /build/extracted/snapshot-dependencies/ ./",
				"--from=build /build/extracted/application/ ./");
	}

	@Test
	void buildCopiesOnlyWhatReachesTheBuilder() throws IOException {
		List<String> allowed = Files.readAllLines(Path.of(".dockerignore"))
			.stream()
			.filter((line) -> line.startsWith("!"))
			.map((line) -> line.substring(1))
			.toList();
		assertThat(this.dockerfile.all("COPY").stream().filter((copy) -> !copy.startsWith("--from")))
			.flatExtracting((copy) -> Arrays.asList(copy.substring(0, copy.lastIndexOf(' ')).split(" ", -1)))
			.isNotEmpty()
			.allSatisfy((source) -> {
				assertThat(Path.of(source)).exists();
				assertThat(allowed).anyMatch((entry) -> Path.of(source).startsWith(entry));
			});
	}

	@Test
	void processIsTheJvmItselfAndRunsAsANumberThatIsNotRoot() throws IOException {
		assertThat(Dockerfile.words(this.dockerfile.the("ENTRYPOINT"))).startsWith("java", "-jar");
		assertThat(this.dockerfile.the("USER")).matches("[1-9][0-9]*:[1-9][0-9]*");
	}

	@Test
	void snapshotLiesOnAVolumeThatTheUserOwns() {
		String volume = this.dockerfile.the("VOLUME");
		String[] user = this.dockerfile.the("USER").split(":", -1);
		assertThat(Path.of(this.dockerfile.environment("HOLDFAST_REGISTRY_SNAPSHOT_PATH")))
			.hasParentRaw(Path.of(volume));
		assertThat(Path.of(this.dockerfile.environment("HOLDFAST_ADMIN_OVERRIDES_PATH"))).hasParentRaw(Path.of(volume));
		assertThat(Path.of(this.dockerfile.environment("HOLDFAST_ROUTING_SNAPSHOT_PATH")))
			.hasParentRaw(Path.of(volume));
		assertThat(this.dockerfile.runtime("RUN"))
			.contains("install -d -o %s -g %s -m 0750 %s".formatted(user[0], user[1], volume));
	}

	@Test
	@EnabledForJreRange(minVersion = 25)
	void javaAcceptsTheOptionsThatTheImageSets() throws IOException, InterruptedException {
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-version");
		builder.environment().put("JDK_JAVA_OPTIONS", this.dockerfile.environment("JDK_JAVA_OPTIONS"));
		Process process = builder.redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
		assertThat(output).contains("MaxRAMPercentage");
	}

	@EnabledOnOs({ OS.LINUX, OS.MAC })
	@ParameterizedTest
	@CsvSource({ "200, 0", "503, 1", "404, 1" })
	void healthCheckPassesOnlyWhenLivenessAnswers200(int status, int exit) throws IOException, InterruptedException {
		try (HealthEndpoint gateway = new HealthEndpoint("/actuator/health/liveness", status)) {
			assertThat(gateway.ask(healthCheck(), Map.of("SERVER_PORT", String.valueOf(gateway.port()))))
				.isEqualTo(exit);
		}
	}

	@Test
	@EnabledOnOs({ OS.LINUX, OS.MAC })
	void healthCheckFailsWhenNobodyListens() throws IOException, InterruptedException {
		int closed;
		try (ServerSocket socket = new ServerSocket(0)) {
			closed = socket.getLocalPort();
		}
		try (HealthEndpoint elsewhere = new HealthEndpoint("/", 200)) {
			assertThat(elsewhere.ask(healthCheck(), Map.of("SERVER_PORT", String.valueOf(closed)))).isNotZero();
		}
	}

	@Test
	void chartAgreesWithTheImageOnUserPortsAndTheSnapshotsPlace() {
		YamlNode pod = YamlNode.readAll(new Helm(Path.of("helm/holdfast")).template().withKubeVersion("1.32.0").call())
			.stream()
			.filter((manifest) -> manifest.at("kind").text().equals("Deployment"))
			.findFirst()
			.orElseThrow()
			.at("spec", "template", "spec");
		YamlNode container = pod.at("containers", 0);
		YamlNode security = pod.at("securityContext");
		assertThat(security.at("runAsUser").text() + ":" + security.at("runAsGroup").text())
			.isEqualTo(this.dockerfile.the("USER"));
		assertThat(container.at("ports").items()).extracting((port) -> port.at("containerPort").text())
			.containsExactly(this.dockerfile.the("EXPOSE").split(" ", -1));
		assertThat(container.at("volumeMounts").itemNamed("snapshot").at("mountPath").text())
			.isEqualTo(this.dockerfile.the("VOLUME"));
	}

	private List<String> healthCheck() throws IOException {
		String healthCheck = this.dockerfile.the("HEALTHCHECK");
		assertThat(healthCheck).startsWith(HEALTH_CHECK);
		return Dockerfile.words(healthCheck.substring(healthCheck.indexOf("CMD ") + 4));
	}

}
