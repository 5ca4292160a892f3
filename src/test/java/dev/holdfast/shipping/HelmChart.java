package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

import com.marcnuri.helm.Helm;
import com.marcnuri.helm.TemplateCommand;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The chart, rendered by Helm's own code as the release {@code edge} in the namespace
 * {@code default}.
 */
final class HelmChart {

	static final Path SOURCE = Path.of("helm/holdfast");

	// Without a cluster to ask, Helm would assume a version from before the chart's own
	// minimum.
	static final String KUBERNETES = "1.32.0";

	private static final String LOOKUP = "lookup \"v1\" \"Secret\" $.Release.Namespace";

	private final Path folder;

	/**
	 * Creates a chart.
	 * @param folder where files may be written
	 */
	HelmChart(Path folder) {
		this.folder = folder;
	}

	/**
	 * Renders the chart as without a cluster, which knows no Secret.
	 * @param values the values in YAML
	 * @return the manifests
	 * @throws IOException if a file cannot be written
	 */
	List<YamlNode> render(String values) throws IOException {
		return render(values, Map.of());
	}

	/**
	 * Renders the chart as with a cluster that has these Secrets. The library would ask a
	 * real one, so what it would be asked for is written in the place of the question.
	 * @param values the values in YAML
	 * @param secrets the Secrets' resource versions by their names
	 * @return the manifests
	 * @throws IOException if a file cannot be written
	 */
	List<YamlNode> render(String values, Map<String, String> secrets) throws IOException {
		String found = secrets.entrySet()
			.stream()
			.map((secret) -> "\"%s\" (dict \"metadata\" (dict \"resourceVersion\" \"%s\"))".formatted(secret.getKey(),
					secret.getValue()))
			.collect(Collectors.joining(" ", "get (dict ", ")"));
		Path copy = copy("templates/_helpers.tpl", LOOKUP, found);
		Path file = Files.writeString(this.folder.resolve("values.yaml"), values);
		return YamlNode.readAll(helm(copy).withValuesFile(file).call());
	}

	/**
	 * Renders the pod of {@code helm test}. The library renders no hooks, so its
	 * annotation gets another name on the way and its own back.
	 * @return the pod
	 * @throws IOException if a file cannot be written
	 */
	YamlNode testPod() throws IOException {
		Path copy = copy("templates/tests/readiness.yaml", "helm.sh/hook", "not-yet/hook");
		return one(YamlNode.readAll(helm(copy).call().replace("not-yet/hook", "helm.sh/hook")), "Pod");
	}

	private Path copy(String template, String replaced, String replacement) throws IOException {
		Path copy = this.folder.resolve("chart");
		FileSystemUtils.deleteRecursively(copy);
		FileSystemUtils.copyRecursively(SOURCE, copy);
		Path file = copy.resolve(template);
		assertThat(file).content().contains(replaced);
		Files.writeString(file, Files.readString(file).replace(replaced, replacement));
		return copy;
	}

	private static TemplateCommand helm(Path chart) {
		return new Helm(chart).template().withName("edge").withNamespace("default").withKubeVersion(KUBERNETES);
	}

	static List<String> kinds(List<YamlNode> manifests) {
		return manifests.stream().map((manifest) -> manifest.at("kind").text()).toList();
	}

	static YamlNode one(List<YamlNode> manifests, String kind) {
		List<YamlNode> found = manifests.stream()
			.filter((manifest) -> manifest.at("kind").text().equals(kind))
			.toList();
		assertThat(found).as(kind).hasSize(1);
		return found.get(0);
	}

	static YamlNode service(List<YamlNode> manifests, String component) {
		return manifests.stream()
			.filter((manifest) -> manifest.at("kind").text().equals("Service"))
			.filter((manifest) -> manifest.at("metadata", "labels", "app.kubernetes.io/component")
				.text()
				.equals(component))
			.findFirst()
			.orElseThrow(() -> new AssertionError("no Service for " + component));
	}

	static YamlNode container(List<YamlNode> manifests) {
		return one(manifests, "Deployment").at("spec", "template", "spec", "containers", 0);
	}

}
