package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import org.springframework.util.FileSystemUtils;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The real jar, taken apart by the Dockerfile's own command and put together by its
 * copies.
 */
class ImageLayersIT {

	private static final String COPY = "--from=build /build/extracted/";

	@TempDir
	Path folder;

	@Test
	void copiedLayersAreTheWholeApplication() throws IOException, InterruptedException {
		Dockerfile dockerfile = Dockerfile.read();
		Path extracted = this.folder.resolve("extracted");
		extract(dockerfile, extracted);
		Path image = Files.createDirectory(this.folder.resolve("image"));
		List<String> copied = dockerfile.runtime("COPY")
			.stream()
			.map((copy) -> copy.substring(COPY.length(), copy.lastIndexOf('/', copy.length() - 4)))
			.toList();
		for (String layer : copied) {
			FileSystemUtils.copyRecursively(extracted.resolve(layer), image);
		}
		assertThat(layersWithFiles(extracted)).isSubsetOf(copied).contains("dependencies", "application");
		List<String> entryPoint = Dockerfile.words(dockerfile.the("ENTRYPOINT"));
		try (JarFile application = new JarFile(image.resolve(entryPoint.get(2)).toFile())) {
			Attributes manifest = application.getManifest().getMainAttributes();
			assertThat(manifest.getValue("Enable-Native-Access")).isEqualTo("ALL-UNNAMED");
			assertThat(application.getEntry(manifest.getValue("Main-Class").replace('.', '/') + ".class")).isNotNull();
			assertThat(manifest.getValue("Class-Path").split(" ", -1)).isNotEmpty()
				.allSatisfy((library) -> assertThat(image.resolve(library)).isRegularFile());
		}
	}

	private static void extract(Dockerfile dockerfile, Path destination) throws IOException, InterruptedException {
		String run = dockerfile.all("RUN")
			.stream()
			.filter((command) -> command.contains("jarmode"))
			.findFirst()
			.orElseThrow();
		List<String> command = new ArrayList<>(Arrays.asList(run.split(" ", -1)));
		command.replaceAll((word) -> switch (word) {
			case "java" -> Path.of(System.getProperty("java.home"), "bin", "java").toString();
			case "target/holdfast.jar" -> System.getProperty("holdfast.jar", word);
			case "extracted" -> destination.toString();
			default -> word;
		});
		Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
		String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		assertThat(process.waitFor()).as(output).isZero();
	}

	private static List<String> layersWithFiles(Path extracted) throws IOException {
		List<String> layers = new ArrayList<>();
		try (Stream<Path> found = Files.list(extracted)) {
			for (Path layer : found.toList()) {
				try (Stream<Path> files = Files.walk(layer)) {
					if (files.anyMatch(Files::isRegularFile)) {
						layers.add(layer.getFileName().toString());
					}
				}
			}
		}
		return layers;
	}

}
