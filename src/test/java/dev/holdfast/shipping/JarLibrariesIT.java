package dev.holdfast.shipping;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What the jar has of what its tests have.
 */
class JarLibrariesIT {

	@Test
	void jarHasTheDocumentAndNothingOfWhatMadeIt() throws IOException {
		try (JarFile jar = new JarFile(Path.of(System.getProperty("holdfast.jar", "target/holdfast.jar")).toFile())) {
			List<String> entries = jar.stream().map(ZipEntry::getName).toList();
			assertThat(entries).contains("BOOT-INF/classes/dev/holdfast/admin/openapi.json")
				.anyMatch((entry) -> entry.startsWith("BOOT-INF/lib/nimbus-jose-jwt-"))
				.noneMatch((entry) -> entry.matches(
						"BOOT-INF/lib/(springdoc|swagger|json-schema-validator|jackson-dataformat|commons-lang3).*"));
		}
	}

}
